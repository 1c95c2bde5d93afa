import { describe, expect, it } from 'vitest';
import { belongs, operationsPath } from '../../src/check/workload-passes.ts';
import type { Shrunk } from '../../src/check/counterexample.ts';
import { isFailure, sameFailure } from '../../src/check/verdict.ts';
import { shrunkFailure, withTrials, type Hunting } from '../fixtures/runs.ts';
import { specimens } from '../fixtures/toys/index.ts';
import { caughtSpecimens } from './caught-specimens.ts';

/** The workload without each of its operations, where the scenario could have generated it. */
function smallerWorkloads({ scenario }: Hunting, workload: unknown): unknown[] {
  const path = operationsPath(workload);
  if (path === null) return [];
  const key = path[0];
  const list = (key === undefined ? workload : (workload as Record<string, unknown>)[key]) as unknown[];
  const put = (items: unknown[]): unknown => (key === undefined ? items : { ...(workload as object), [key]: items });
  return list.map((_, i) => put(list.toSpliced(i, 1))).filter((each) => belongs(scenario.workload, each));
}

/** What can be taken away from a counterexample so that it still fails in the same way: nothing, if it is minimal. */
function needless(hunting: Hunting, { workload, schedule, verdict }: Shrunk): Promise<string[]> {
  return withTrials(hunting, (trials) => {
    const again = trials.follow(workload, schedule);
    expect(again.outcome.verdict).toEqual(verdict);
    const removals = schedule.map((deviation, i) => ({
      what: JSON.stringify(deviation),
      run: () => trials.follow(workload, schedule.toSpliced(i, 1)),
    }));
    const smaller = smallerWorkloads(hunting, workload).map((less) => ({
      what: `an operation: ${JSON.stringify(less)} does`,
      run: () => trials.follow(less, schedule),
    }));
    return [...removals, ...smaller]
      .filter(({ run }) => sameFailure(run().outcome.verdict, verdict))
      .map(({ what }) => what);
  });
}

/** The counterexample as text, to tell whether two are the same. */
function textOf({ workload, schedule, hash }: Shrunk): string {
  return JSON.stringify({ workload, schedule, hash });
}

const seeds = Array.from({ length: 30 }, (_, i) => String(i + 1));

/** Those that fail for more causes than one, or whose cause lies in random values: they have several minimal forms. */
const SEVERAL_FORMS = ['heartbeats', 'dice'];

describe.each(Object.entries(specimens))('a counterexample of %s', (name, hunting) => {
  it(`is minimal from each of thirty seeds${SEVERAL_FORMS.includes(name) ? '' : ', and the same from nine in ten'}`, async () => {
    const forms = new Map<string, number>();
    for (const seed of seeds) {
      const shrunk = await shrunkFailure({ ...hunting, seed });
      expect(await needless(hunting, shrunk)).toEqual([]);
      forms.set(textOf(shrunk), (forms.get(textOf(shrunk)) ?? 0) + 1);
    }
    if (SEVERAL_FORMS.includes(name)) return;
    const told = [...forms].map(([form, count]) => `${String(count)} × ${form}`).join('\n');
    expect(Math.max(...forms.values()), told).toBeGreaterThanOrEqual(27);
  });

  it('is not larger than it was found, and explained truly', async () => {
    const shrunk = await shrunkFailure(hunting);
    const { before, operations, choices, explanation, schedule, workload, verdict } = shrunk;
    expect(operations).toBeLessThanOrEqual(before.operations);
    expect(choices).toBeLessThanOrEqual(before.choices);
    expect(explanation.choices).toHaveLength(schedule.length);
    await withTrials(hunting, (trials) => {
      for (const [i, { without }] of explanation.choices.entries()) {
        const { outcome } = trials.follow(workload, schedule.toSpliced(i, 1));
        expect(without).not.toBe('fails in the same way');
        expect(without === 'holds').toBe(!isFailure(outcome.verdict));
      }
      const near = explanation.nearestPassing!;
      expect(isFailure(trials.follow(workload, near.schedule).outcome.verdict)).toBe(false);
      expect(Math.abs(near.schedule.length - schedule.length)).toBe(1);
      expect(isFailure(verdict)).toBe(true);
    });
  });
});

describe('a counterexample of the systems’ specimens', async () => {
  it.each(await caughtSpecimens())('$name is minimal', async ({ hunting, invariant }) => {
    const shrunk = await shrunkFailure({ ...hunting, seed: '7' });
    expect(shrunk.verdict.invariant).toBe(invariant);
    expect(await needless(hunting, shrunk)).toEqual([]);
  });
});
