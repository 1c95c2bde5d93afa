// The facts of docs/event-loop.md are observed in fresh Node processes: there nobody has replaced a global, added a
// listener or started a hook, whichever configuration vitest itself runs under.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Observation {
  /** What the program answered: the JSON on its stdout, or undefined when it did not come to that. */
  readonly answer: unknown;
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Runs one program of a fixture file with the current Node, from macrotask level. */
export const observe = (fixture: URL, program: string, ...flags: readonly string[]): Promise<Observation> =>
  new Promise((resolve) => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = execFile(
      process.execPath,
      [...flags, fileURLToPath(fixture), program],
      { env, timeout: 100_000, killSignal: 'SIGKILL' },
      (_error, stdout, stderr) => {
        resolve({ answer: stdout === '' ? undefined : JSON.parse(stdout), exitCode: child.exitCode, stderr });
      },
    );
  });

/** What the program answers; a program that crashes fails the test with its stderr. */
export const answerOf = async (fixture: URL, program: string, ...flags: readonly string[]): Promise<unknown> => {
  const { answer, exitCode, stderr } = await observe(fixture, program, ...flags);
  if (exitCode !== 0) throw new Error(`${program} ended with exit code ${String(exitCode)}:\n${stderr}`);
  return answer;
};

export const nodeMajor = Number(process.versions.node.split('.')[0]);
