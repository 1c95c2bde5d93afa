import { glob } from 'tinyglobby';

/** Where scenario files are looked for, relative to the current folder. */
const PLACES = ['scenarios/**/*.{ts,mts,cts,js,mjs,cjs}', '**/*.scenario.{ts,mts,cts,js,mjs,cjs}'];
const NEVER = ['**/node_modules/**', '**/dist/**', '**/specimens/**', '**/*.d.ts', '**/*.test.*'];

/** Paths of all scenario files under `folder`, sorted. */
export async function discover(folder: string): Promise<string[]> {
  const files = await glob(PLACES, { cwd: folder, ignore: NEVER });
  return files.sort((a, b) => (a < b ? -1 : 1));
}
