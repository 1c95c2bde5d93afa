// Runs programs on a simulated disk, with one fault at one place.

import fc from 'fast-check';
import type { Disk, DiskOptions } from '../../src/devices/disk/disk.ts';
import { execute, type RunOutcome } from '../../src/check/execute.ts';
import type { Chooser } from '../../src/kernel/choice.ts';
import { hold, scenario } from '../../src/scenario/scenario.ts';
import type { Sim } from '../../src/scenario/sim.ts';
import { Strike, type StrikeOptions } from '../../src/schedule/strike.ts';
import { idle } from '../choosers.ts';
import { atMacrotask } from '../in-world.ts';

export interface Stored<T> {
  readonly outcome: RunOutcome;
  readonly result: T;
}

export type Program<T> = (sim: Sim, disk: Disk) => Promise<T>;

/** What `program` returns; an error of the run is thrown. */
export async function stored<T>(
  program: Program<T>,
  options: DiskOptions = {},
  chooser: Chooser = idle,
): Promise<Stored<T>> {
  const results: T[] = [];
  const plan = scenario({
    name: 'test/storage',
    subjects: { disk: hold((sim) => sim.disk('ssd', options)) },
    workload: fc.constant(null),
    body: async ({ sim, subject }) => {
      results.push(await program(sim, subject));
    },
  });
  const outcome = await atMacrotask(() =>
    execute({ scenario: plan, subject: 'disk', workload: null, chooser, keys: true }),
  );
  if (results.length === 0) throw new Error(JSON.stringify(outcome.verdict));
  return { outcome, result: results[0]! };
}

/** The results of `program` with the fault at its first place, at its second, and so on up to the last. */
export async function atEveryPlace<T>(
  program: Program<T>,
  strike: Omit<StrikeOptions, 'at'>,
  options: DiskOptions = {},
): Promise<T[]> {
  const results: T[] = [];
  for (let at = 1; ; at += 1) {
    const chooser = new Strike({ ...strike, at });
    const { result } = await stored(program, options, chooser);
    if (!chooser.struck) return results;
    results.push(result);
  }
}

/** Runs `main` in a process that starts again after a crash, until one of its lives gets to the end. */
export function surviving(sim: Sim, main: () => Promise<void>, crashes = 1): Promise<void> {
  return new Promise((resolve) => {
    sim.process('app', { crashes, restartAfter: [10, 10] }).start(async () => {
      await main();
      resolve();
    });
  });
}
