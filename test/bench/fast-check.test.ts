import { afterAll, describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../src/bench/discovery/contestant.ts';
import { FastCheckThreads } from '../../src/bench/discovery/fast-check-thread.ts';

const folder = new URL('../fixtures/bench/scenarios/specimens/', import.meta.url);
const programs = fileURLToPath(new URL('programs/index.ts', folder));
const threads = new FastCheckThreads();

afterAll(() => threads.end());

const trial = (program: string, seed: number, cap = 500): Promise<Outcome> =>
  threads.do('trial', { file: programs, program, seed, cap });

/** In one thread, one after another. */
async function trials(program: string, seeds: readonly number[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const seed of seeds) outcomes.push(await trial(program, seed));
  return outcomes;
}

const SEEDS = Array.from({ length: 20 }, (_, i) => i);

describe("programs on fast-check's scheduler", () => {
  it.each(['lost-update', 'two-locks'])('%s is found to be wrong, as soon in every repetition', async (program) => {
    const outcomes = await trials(program, SEEDS);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['found']));
    const schedules = outcomes.map((outcome) => outcome.schedules);
    // It depends on the seed, and on nothing else.
    expect(new Set(schedules).size).toBeGreaterThan(1);
    const again = await trials(program, [...SEEDS].reverse());
    expect(again.reverse()).toEqual(outcomes);
  });

  it('what is sound is never found to be wrong: mutexes keep apart, conditions wake', async () => {
    expect(await trial('sound', 7, 300)).toEqual({ kind: 'never', schedules: 300 });
  });

  it('what fails in another way than it is known for is told', async () => {
    expect(await trial('blames-another', 7)).toEqual({ kind: 'other', schedules: 1, what: 'AssertionFailed' });
  });

  it('a cap ends the trial', async () => {
    const outcomes = await trials('two-locks', SEEDS);
    const late = outcomes.findIndex(({ schedules }) => schedules > 1);
    const { schedules } = outcomes[late]!;
    expect(await trial('two-locks', late, schedules)).toEqual({ kind: 'found', schedules });
    expect(await trial('two-locks', late, schedules - 1)).toEqual({ kind: 'never', schedules: schedules - 1 });
  });

  it('a module that does not load fails the trial', async () => {
    const ask = { file: `${programs}.absent`, program: 'x', seed: 1, cap: 1 };
    await expect(threads.do('trial', ask)).rejects.toThrow(/Cannot find module/);
  });
});
