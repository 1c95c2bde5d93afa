// How small the counterexamples of SCTBench's programs get, beside the smallest that systematic searches find.

import { describe, expect, it } from 'vitest';
import { programs } from '../../scenarios/sctbench/specimens/programs/index.ts';
import { deviationsOf } from '../../src/schedule/deviation.ts';
import { hunted, shrunkFailure, withTrials } from '../fixtures/runs.ts';
import { scenarios } from './sctbench-own.ts';

/** Schedules of a systematic search: it ends earlier where it finds something, and the large programs are beyond it. */
const SEARCHED = 300;

/** Larger ones have so many alternatives at each step that neither search comes beyond its first. */
const small = programs.filter(({ name }) => !/_(10|20|50|100)/.test(name));

/** Choices in the first failing schedule of a systematic search; null where it found none. */
async function choicesFound(name: string, strategy: string): Promise<number | null> {
  const hunting = { scenario: scenarios.get(name)!, subject: 'bad', strategy, runs: SEARCHED };
  const { failure } = await hunted(hunting);
  if (failure === null) return null;
  const { choices } = await withTrials(hunting, (trials) => trials.repeat(null, failure.picks, failure.delays));
  return deviationsOf(choices).length;
}

describe('the shrunk counterexample', () => {
  it.each(small)('of $name has no more choices than the least that bounded searches find', async ({ name }) => {
    const shrunk = await shrunkFailure({
      scenario: scenarios.get(name)!,
      subject: 'bad',
      strategy: 'portfolio',
      runs: 10_000,
    });
    const contexts = await choicesFound(name, 'context-bounded');
    const delays = await choicesFound(name, 'delay-bounded');
    // All schedules with fewer preemptions, or with fewer delays, have been tried before these.
    const least = Math.min(contexts ?? Infinity, delays ?? Infinity);
    expect(least).toBeLessThan(Infinity);
    expect(shrunk.schedule.length).toBeLessThanOrEqual(least);
  });
});
