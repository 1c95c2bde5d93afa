import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { repository } from '../fixtures/repository.ts';

/** Files that git knows of or would take, relative to the root of the repository. */
export const files: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'],
  { cwd: repository, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && exists(file));

function exists(file: string): boolean {
  try {
    readFileSync(join(repository, file));
    return true;
  } catch {
    // Deleted but not yet committed.
    return false;
  }
}

export function textOf(file: string): string {
  return readFileSync(join(repository, file), 'utf8');
}

export const sources = files.filter((file) => file.startsWith('src/') && file.endsWith('.ts'));

/** What the file imports or re-exports: paths within the repository, or names of packages. */
export function importsOf(file: string): string[] {
  const text = textOf(file).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const pattern =
    /(?:^|[;}\n])\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'|^import\s*'([^']+)'/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const target = match[1] ?? match[2] ?? match[3]!;
    return target.startsWith('.') ? normalize(join(dirname(file), target)).replaceAll('\\', '/') : target;
  });
}
