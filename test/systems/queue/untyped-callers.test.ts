// What callers without types may do wrong: it costs them an error, and the queue nothing.

import { describe, expect, it } from 'vitest';
import type { JobQueueOptions, JobSpec, SubmitResult } from '../../../src/systems/queue/index.ts';
import { refusal, withQueue } from './opened.ts';

const unprintable: unknown = Object.create(null);

describe('callers without types', () => {
  it.each([undefined, null, 'a', 7])('enqueue %o', async (spec) => {
    const seen = await withQueue(async ({ queue }) => [
      await refusal(queue.enqueue(spec as unknown as JobSpec)),
      await refusal(queue.enqueueAll(spec as unknown as JobSpec[])),
    ]);
    expect(seen).toEqual(['invalid-argument', 'invalid-argument']);
  });

  it('give null for options', async () => {
    expect(await withQueue(({ another }) => refusal(another(null as unknown as JobQueueOptions)))).toBe(
      'invalid-argument',
    );
  });

  it.each([
    ['submitted', undefined],
    ['Completed', undefined],
    [undefined, undefined],
    ['failed', 7],
    ['failed', 'lone \ud800'],
  ])('report %o because of %o', async (status, reason) => {
    const seen = await withQueue(async ({ queue, sim }) => {
      await queue.enqueue({ id: 'a' });
      queue.start(() => Promise.resolve('submitted'));
      await sim.sleep(10);
      const code = await refusal(queue.report('a', status as 'failed', reason as string));
      return { code, status: (await queue.job('a'))?.status };
    });
    expect(seen).toEqual({ code: 'invalid-argument', status: 'submitted' });
  });

  it.each([
    ['reject with what cannot be made a string', () => Promise.reject(unprintable as Error)],
    ['reject with undefined', () => Promise.reject(undefined as unknown as Error)],
    ['reject with an error whose message is none', () => Promise.reject(Object.assign(new Error(), { message: {} }))],
    ['throw', () => unprintable as Promise<SubmitResult>],
    ['answer something else', () => Promise.resolve(unprintable as SubmitResult)],
  ] as const)('%s when they submit: that counts as no answer', async (_what, submit) => {
    const seen = await withQueue(
      async ({ queue, sim }) => {
        const failures: number[] = [];
        queue.on('attemptFailed', ({ attempt }) => failures.push(attempt));
        queue.start(submit);
        await queue.enqueue({ id: 'a' });
        await sim.sleep(1000);
        await queue.cancel('a');
        return { failures, job: await queue.job('a') };
      },
      { maxAttempts: 3, backoffMs: 10 },
    );
    expect(seen.failures).toEqual([1, 2, 3]);
    expect(seen.job).toMatchObject({ status: 'failed', attempts: 3 });
  });
});
