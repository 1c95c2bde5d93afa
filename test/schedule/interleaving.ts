// A small program whose interleavings are known: what strategies make of it can be compared with what is promised.

import { fc, hold, scenario } from 'heddle';
import type { Campaign } from '../../src/check/campaign.ts';
import { explore, plans } from '../../src/check/explore.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { erased, withTrials } from '../fixtures/runs.ts';

/** Pauses of that length: whichever choice is made, all that is pending stays enabled. */
const wide = { latency: [0, 100_000] as const };

/**
 * Tasks `a`, `b` … that make so many steps each, in any order. A run calls `seen` with that order, a letter a step.
 */
export function interleaving(steps: readonly number[], seen: (order: string) => void): Scenario {
  return erased(
    scenario<null, null>({
      name: 'program/interleaving',
      subjects: { it: hold(() => null) },
      workload: fc.constant(null),
      body: async ({ sim }) => {
        let order = '';
        const tasks = steps.map((count, i) => {
          const letter = String.fromCharCode(97 + i);
          return sim.client(letter, async () => {
            for (let step = 0; step < count; step += 1) {
              await sim.io(letter, wide);
              order += letter;
            }
          });
        });
        await Promise.all(tasks);
        seen(order);
      },
    }),
  );
}

/** The orders of the runs of a campaign, in run order. */
export async function ordersOf(
  steps: readonly number[],
  { strategy, runs, knowledge, seed = '7' }: { strategy: string; runs: number; knowledge: unknown; seed?: string },
): Promise<string[]> {
  const orders: string[] = [];
  const program = interleaving(steps, (order) => orders.push(order));
  const campaign: Campaign = { scenario: program.name, subject: 'it', seed, strategy, runs };
  await explore(program, { campaign, from: 0, to: runs, knowledge, samples: [] }, { cells: null });
  return orders;
}

/** How many choices with an alternative the longest of some runs makes. */
export async function choicesOf(steps: readonly number[], strategy: string, knowledge: unknown): Promise<number> {
  const program = interleaving(steps, () => undefined);
  const campaign: Campaign = { scenario: program.name, subject: 'it', seed: '7', strategy, runs: 50 };
  const planOf = plans(program, campaign);
  return withTrials({ scenario: program, subject: 'it' }, (trials) => {
    const counts = Array.from({ length: 50 }, (_, i) => {
      const { choices } = trials.with(null, planOf(i, knowledge).chooser);
      return choices.filter(({ kind }) => kind === 'order').length;
    });
    return Math.max(...counts);
  });
}

/** Maximal stretches of one letter: `aabba` has three. */
export function stretches(order: string): number {
  return order.replace(/(.)\1*/g, '$1').length;
}
