import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchOperations, TaskSupervisor } from '../../../src/systems/supervise/index.ts';
import { resultOf } from '../../in-world.ts';
import { Peer } from './peer.ts';

const TIMEOUT_MS = 50;

interface Item {
  readonly ms: number;
  readonly fails: boolean;
  readonly deaf: boolean;
}

const items = fc.array(
  fc.record({
    ms: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 60, max: 90 })),
    fails: fc.boolean(),
    deaf: fc.boolean(),
  }),
  { maxLength: 12 },
);

/** Ends early when it is told to, unless it is deaf. */
async function work({ ms, fails, deaf }: Item, signal: AbortSignal): Promise<number> {
  await sleep(ms, undefined, deaf ? {} : { signal });
  if (fails) throw new Error('fails');
  return ms;
}

const statusOf = ({ ms, fails }: Item): string => (ms > TIMEOUT_MS ? 'timed-out' : fails ? 'failed' : 'done');

describe('parallelMap', () => {
  it('gives what one after the other would give, in order, and never runs more than it may', () =>
    fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 5 }), (list, maxConcurrency) =>
        resultOf(async () => {
          const tasks = new TaskSupervisor();
          let running = 0;
          let most = 0;
          const outcomes = await new BatchOperations(tasks).parallelMap(
            list,
            async (item, { signal }) => {
              running += 1;
              most = Math.max(most, running);
              try {
                return await work(item, signal);
              } finally {
                running -= 1;
              }
            },
            { maxConcurrency, timeoutMs: TIMEOUT_MS },
          );
          expect(outcomes.map(({ status }) => status)).toEqual(list.map(statusOf));
          for (const [index, outcome] of outcomes.entries()) {
            if (outcome.status === 'done') expect(outcome.value).toBe(list[index]!.ms);
          }
          expect(most).toBeLessThanOrEqual(maxConcurrency);
          expect([running, tasks.running]).toEqual([0, 0]);
        }),
      ),
      { numRuns: 60 },
    ));

  it.each(['signal', 'owner'] as const)('rejects after its children have ended when its caller is gone: %s', (kind) =>
    fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 0, max: 60 }), (list, after) =>
        resultOf(async () => {
          const tasks = new TaskSupervisor();
          const owner = new Peer();
          const abort = new AbortController();
          let begun = 0;
          const batch = new BatchOperations(tasks).parallelMap(
            list,
            (item, { signal }) => {
              begun += 1;
              return work(item, signal);
            },
            { maxConcurrency: 2, timeoutMs: TIMEOUT_MS, ...(kind === 'owner' ? { owner } : { signal: abort.signal }) },
          );
          const settled = Promise.allSettled([batch]);
          await sleep(after);
          if (kind === 'owner') owner.end();
          else abort.abort();
          const begunThen = begun;
          const [result] = await settled;
          expect([begun, tasks.running, owner.monitors.size]).toEqual([begunThen, 0, 0]);
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'caller-gone' });
          else expect(begun).toBe(list.length);
        }),
      ),
      { numRuns: 40 },
    ),
  );

  it('says of items that could not be started that they were refused, when all places are held by the deaf', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor({ shutdownMs: 10 });
      const batch = new BatchOperations(tasks);
      const never = (): Promise<never> => new Promise(() => undefined);
      const outcomes = await batch.parallelMap([1, 2, 3], never, { maxConcurrency: 2, timeoutMs: 5 });
      expect(outcomes.map(({ status }) => status)).toEqual(['timed-out', 'timed-out', 'refused']);
      expect(tasks.abandoned).toBe(2);
    }));

  it('rejects when the supervisor is closed, before it or meanwhile', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      const batch = new BatchOperations(tasks);
      const running = batch.parallelMap([1, 2], (ms, { signal }) => sleep(ms * 20, ms, { signal }));
      const settled = expect(running).rejects.toMatchObject({ code: 'closed' });
      await sleep(5);
      await tasks.close();
      await settled;
      await expect(batch.parallelMap([1], (item) => item)).rejects.toMatchObject({ code: 'closed' });
    }));

  it('of nothing is nothing; of a bad bound a typed error', () =>
    resultOf(async () => {
      const batch = new BatchOperations(new TaskSupervisor());
      expect(await batch.parallelMap([], (item) => item)).toEqual([]);
      for (const maxConcurrency of [0, -1, NaN]) {
        const bad = batch.parallelMap([1], (item) => item, { maxConcurrency });
        await expect(bad).rejects.toMatchObject({ code: 'invalid-argument' });
      }
    }));
});

describe('executeParallelUpdates', () => {
  it('reports each update once, in order, whatever became of it', () =>
    resultOf(async () => {
      const batch = new BatchOperations(new TaskSupervisor());
      const updates = [10, -1, 5, 200];
      const apply = (ms: number, { signal }: { signal: AbortSignal }): Promise<void> =>
        ms < 0 ? Promise.reject(new Error('refused')) : sleep(ms, undefined, { signal });
      const report = await batch.executeParallelUpdates(updates, apply, { timeoutMs: 50 });
      expect(report.succeeded).toEqual([10, 5]);
      expect(report.failed.map(({ update, outcome }) => [update, outcome.status])).toEqual([
        [-1, 'failed'],
        [200, 'timed-out'],
      ]);
    }));
});

describe('parallelIndexedQuery', () => {
  const index: Record<string, readonly string[]> = { red: ['a', 'b', 'c'], large: ['c', 'a'], round: ['c', 'd', 'a'] };
  const query = async (key: string): Promise<readonly string[]> => {
    await sleep(key.length);
    const found = index[key];
    if (found === undefined) throw new Error(`no index ${key}`);
    return found;
  };

  it('keeps what is in every answer, in the order of the first', () =>
    resultOf(async () => {
      const batch = new BatchOperations(new TaskSupervisor());
      expect(await batch.parallelIndexedQuery(['red', 'large', 'round'], query)).toEqual(['a', 'c']);
      expect(await batch.parallelIndexedQuery(['large'], query)).toEqual(['c', 'a']);
      expect(await batch.parallelIndexedQuery([], query)).toEqual([]);
      const keyOf = (match: string): string => (match === 'b' ? 'a' : match);
      expect(await batch.parallelIndexedQuery(['red', 'large'], query, { keyOf })).toEqual(['a', 'b', 'c']);
    }));

  it('is all or nothing: without one answer there is none, and the other queries are told to stop', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      let told = 0;
      const queries = new BatchOperations(tasks).parallelIndexedQuery(['slow', 'no'], async (key, { signal }) => {
        if (key === 'no') return query(key);
        signal.addEventListener('abort', () => {
          told += 1;
        });
        return sleep(1_000, [], { signal });
      });
      await expect(queries).rejects.toMatchObject({ code: 'item-failed', cause: new Error('no index no') });
      expect([told, tasks.running]).toEqual([1, 0]);
    }));
});
