import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HeddleError } from '../kernel/errors.ts';

/**
 * Makes sure that counterexamples can be written to `folder`, before anything is run.
 *
 * @throws HeddleError with code `UNWRITABLE_OUT`.
 */
export async function assertWritable(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new HeddleError(
      {
        code: 'UNWRITABLE_OUT',
        expected: 'a folder that can be written to',
        received: JSON.stringify(folder),
        next: 'Pass another with --out.',
      },
      { cause },
    );
  }
}

/**
 * Makes sure that the results can be written to `file`, before anything is run.
 *
 * @throws HeddleError with code `UNWRITABLE_JSON`.
 */
export async function assertWritableFile(file: string): Promise<void> {
  let cause: unknown;
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true) {
      await makeFolder(dirname(file));
      return;
    }
  } catch (error) {
    cause = error;
  }
  throw new HeddleError(
    {
      code: 'UNWRITABLE_JSON',
      expected: 'a file that can be written to',
      received: JSON.stringify(file),
      next: 'Pass another with --json, or - for standard output.',
    },
    { cause },
  );
}

async function makeFolder(folder: string): Promise<void> {
  let nearest = resolve(folder);
  while (!existsSync(nearest)) nearest = dirname(nearest);
  // Root passes every access check, and a recursive mkdir never returns on /proc: only a small write tells.
  await rmdir(await mkdtemp(join(nearest, '.heddle-')));
  await mkdir(folder, { recursive: true });
}
