import { describe, expect, it } from 'vitest';
import { APART, TOGETHER, transfersThat } from '../fixtures/shared/transfers.ts';
import workers from '../fixtures/shared/workers.ts';
import { erased, hunted, type Hunted } from '../fixtures/runs.ts';

const all = (scenario: object, subject: string, strategy: string): Promise<Hunted> =>
  hunted({ scenario: erased(scenario), subject, strategy, runs: 20_000 });

describe('what is shared', () => {
  it('is found to be raced for by runs that listen and by runs that do not', async () => {
    for (const strategy of ['random', 'pos', 'surw', 'reads-from']) {
      const scenario = erased(transfersThat('anything'));
      const { failure } = await hunted({ scenario, subject: 'hasty', strategy, runs: 300 });
      expect(failure?.verdict, strategy).toMatchObject({ kind: 'violation', invariant: 'nothingLost' });
      const { failure: none } = await hunted({ scenario, subject: 'careful', strategy, runs: 100 });
      expect(none, strategy).toBe(null);
    }
  });

  it('tells the exhaustive search which orders are the same: with nothing in common, one run stands for all', async () => {
    const one = await all(transfersThat('resources', [APART]), 'careful', 'exhaustive');
    expect([one.runs, one.exhausted]).toEqual([1, true]);
    const plain = await all(transfersThat('resources', [APART]), 'careful', 'enumerate');
    expect(plain.exhausted).toBe(true);
    expect(plain.runs).toBeGreaterThan(1);
  });

  it('makes it miss nothing where there is something in common', async () => {
    const held = await all(transfersThat('resources', [TOGETHER]), 'careful', 'exhaustive');
    const plain = await all(transfersThat('resources', [TOGETHER]), 'careful', 'enumerate');
    expect([held.failure, held.exhausted, plain.exhausted]).toEqual([null, true, true]);
    expect(held.runs * 10).toBeLessThan(plain.runs);
    const raced = await all(transfersThat('resources', [TOGETHER]), 'hasty', 'exhaustive');
    expect(raced.failure?.verdict).toMatchObject({ invariant: 'nothingLost', message: 'of 40 there are 41' });
  });

  it('may be a list that tasks take from', async () => {
    const { failure } = await all(workers, 'peeks', 'exhaustive');
    expect(failure?.verdict).toMatchObject({ kind: 'violation', invariant: 'eachOnce' });
    const held = await all(workers, 'takes', 'exhaustive');
    expect([held.failure, held.exhausted]).toEqual([null, true]);
  });
});
