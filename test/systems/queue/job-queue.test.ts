import { describe, expect, it } from 'vitest';
import type { JobChange, JobQueueOptions, JobSpec } from '../../../src/systems/queue/index.ts';
import { completing, refusal, withQueue } from './opened.ts';

describe('enqueue', () => {
  it('adds a job once, however often it is asked to', async () => {
    const seen = await withQueue(async ({ queue }) => {
      const answers = [await queue.enqueue({ id: 'a', payload: 'x' }), await queue.enqueue({ id: 'a', payload: 'x' })];
      return { answers, counts: await queue.counts() };
    });
    expect(seen.answers).toEqual([true, false]);
    expect(seen.counts.pending).toBe(1);
  });

  it('keeps what it is given', async () => {
    const payload = '{"text":"naïve 😀 \\u0007 \' \\""}';
    const job = await withQueue(async ({ queue }) => {
      await queue.enqueueAll([{ id: 'é😀' }, { id: "b'; --", payload, dependsOn: ['é😀'], priority: -3 }]);
      return await queue.job("b'; --");
    });
    expect(job).toEqual({
      id: "b'; --",
      payload,
      status: 'pending',
      priority: -3,
      attempts: 0,
      waitsFor: ['é😀'],
      reason: null,
    });
  });

  it('refuses what can not be, and then adds nothing', async () => {
    const seen = await withQueue(async ({ queue }) => {
      await queue.enqueue({ id: 'there', payload: 'x' });
      await queue.enqueue({ id: 'gone' });
      await queue.cancel('gone');
      const batches: JobSpec[][] = [
        [{ id: 'new' }, { id: 'there', payload: 'y' }],
        [{ id: 'new' }, { id: 'new' }],
        [{ id: 'new', dependsOn: ['new'] }],
        [
          { id: 'new', dependsOn: ['other'] },
          { id: 'other', dependsOn: ['third'] },
          { id: 'third', dependsOn: ['new'] },
        ],
        [{ id: 'new' }, { id: 'other', dependsOn: ['nobody'] }],
        [{ id: 'new' }, { id: 'other', dependsOn: ['gone'] }],
      ];
      const codes: string[] = [];
      for (const batch of batches) codes.push(await refusal(queue.enqueueAll(batch)));
      return { codes, counts: await queue.counts() };
    });
    expect(seen.codes).toEqual(['id-taken', 'id-taken', 'cycle', 'cycle', 'unknown-dependency', 'dependency-ended']);
    expect(seen.counts).toMatchObject({ pending: 1, cancelled: 1 });
  });

  it('takes a chain of 5,000 jobs, in any order', async () => {
    const left = await withQueue(async ({ queue }) => {
      const chain = Array.from({ length: 5000 }, (_, i) => ({
        id: String(i),
        dependsOn: i === 0 ? [] : [String(i - 1)],
      }));
      await queue.enqueueAll(chain.reverse());
      await queue.cancel('0');
      return await queue.counts();
    });
    expect(left.cancelled).toBe(5000);
  });

  it.each([
    { id: '' },
    { id: 7 },
    { id: 'a\0b' },
    { id: '\ud800' },
    { id: 'a', payload: 5 },
    { id: 'a', payload: 'lone \udc00' },
    { id: 'a', priority: 1.5 },
    { id: 'a', priority: NaN },
    { id: 'a', priority: 1001 },
    { id: 'a', dependsOn: 'b' },
    { id: 'a', dependsOn: [''] },
  ])('refuses %o', async (spec) => {
    expect(await withQueue(({ queue }) => refusal(queue.enqueue(spec as unknown as JobSpec)))).toBe('invalid-argument');
  });
});

describe('options', () => {
  it.each([
    { concurrency: 0 },
    { maxAttempts: 1.5 },
    { submitTimeoutMs: 0 },
    { submitTimeoutMs: 2 ** 31 },
    { submitTimeoutMs: 100, leaseMs: 199 },
    { backoffMs: NaN },
    { backoffMs: 100, maxBackoffMs: 99 },
    { pollMs: Infinity },
  ])('%o are refused', async (options: JobQueueOptions) => {
    expect(await withQueue(({ another }) => refusal(another(options)))).toBe('invalid-argument');
  });
});

describe('addDependency', () => {
  it('refuses a cycle, also through others, an unknown job, and one that has started', async () => {
    const codes = await withQueue(async ({ queue, sim }) => {
      await queue.enqueueAll([{ id: 'a' }, { id: 'b', dependsOn: ['a'] }, { id: 'c', dependsOn: ['b'] }, { id: 'd' }]);
      await queue.addDependency('d', 'c');
      await queue.addDependency('d', 'c');
      const refused = [
        await refusal(queue.addDependency('a', 'a')),
        await refusal(queue.addDependency('a', 'd')),
        await refusal(queue.addDependency('a', 'nobody')),
        await refusal(queue.addDependency('nobody', 'a')),
      ];
      queue.start(completing().submit);
      await sim.sleep(100);
      return [...refused, await refusal(queue.addDependency('a', 'd'))];
    });
    expect(codes).toEqual(['cycle', 'cycle', 'unknown-dependency', 'unknown-job', 'already-started']);
  });

  it('is quick where there are many ways from job to job', async () => {
    const code = await withQueue(async ({ queue }) => {
      const layers = Array.from({ length: 40 }, (_, i) => [`a${i}`, `b${i}`, `c${i}`]);
      const specs = layers.flatMap((layer, i) => layer.map((id) => ({ id, dependsOn: i === 0 ? [] : layers[i - 1]! })));
      await queue.enqueueAll(specs);
      return await refusal(queue.addDependency('a0', 'c39'));
    });
    expect(code).toBe('cycle');
  });
});

describe('a job', () => {
  it('whose dependency fails or is cancelled is cancelled, and so are those behind it', async () => {
    const seen = await withQueue(async ({ queue, sim }) => {
      const changes: JobChange[] = [];
      queue.on('changed', (change) => changes.push(change));
      await queue.enqueueAll([
        { id: 'bad' },
        { id: 'next', dependsOn: ['bad'] },
        { id: 'last', dependsOn: ['next'] },
        { id: 'other' },
      ]);
      queue.start(({ key }) => Promise.resolve(key === 'bad' ? 'failed' : 'completed'));
      await sim.sleep(100);
      return { changes, reason: (await queue.job('last'))?.reason };
    });
    const ends = Object.fromEntries(seen.changes.map(({ id, status }) => [id, status]));
    expect(ends).toEqual({ bad: 'failed', next: 'cancelled', last: 'cancelled', other: 'completed' });
    expect(seen.reason).toBe('it depends on "bad", which has failed');
  });

  it('is submitted again after each back-off, under the same key, and fails after the last attempt', async () => {
    const options = { maxAttempts: 4, backoffMs: 100, maxBackoffMs: 250, pollMs: 1000 };
    const seen = await withQueue(async ({ queue, sim }) => {
      const attempts: unknown[] = [];
      queue.start(({ key, attempt }) => {
        attempts.push([key, attempt, sim.now]);
        throw new Error('no route');
      });
      await queue.enqueue({ id: 'a' });
      await sim.sleep(2000);
      return { attempts, job: await queue.job('a') };
    }, options);
    expect(seen.attempts).toEqual([
      ['a', 1, 0],
      ['a', 2, 100],
      ['a', 3, 300],
      ['a', 4, 550],
    ]);
    expect(seen.job).toMatchObject({ status: 'failed', attempts: 4, reason: 'no route' });
  });

  it('is submitted again when the receiver does not answer, and is told to stop', async () => {
    const seen = await withQueue(
      async ({ queue, sim }) => {
        const aborted: number[] = [];
        queue.start(({ attempt, signal }) => {
          if (attempt > 1) return Promise.resolve('submitted');
          signal.addEventListener('abort', () => aborted.push(sim.now));
          return new Promise(() => undefined);
        });
        await queue.enqueue({ id: 'a' });
        await sim.sleep(500);
        return { aborted, job: await queue.job('a') };
      },
      { submitTimeoutMs: 200, backoffMs: 50 },
    );
    expect(seen.aborted).toEqual([200]);
    expect(seen.job).toMatchObject({ status: 'submitted', attempts: 2 });
  });
});

describe('report', () => {
  it('ends a job that was submitted, once, and nothing else', async () => {
    const seen = await withQueue(async ({ queue, sim }) => {
      await queue.enqueueAll([{ id: 'a' }, { id: 'b', dependsOn: ['a'] }]);
      const early = await refusal(queue.report('a', 'completed'));
      queue.start(() => Promise.resolve('submitted'));
      await sim.sleep(10);
      const answers = [await queue.report('a', 'failed', 'disk full'), await queue.report('a', 'completed')];
      return { early, answers, nobody: await refusal(queue.report('x', 'completed')), a: await queue.job('a') };
    });
    expect(seen).toMatchObject({ early: 'not-submitted', answers: ['failed', 'failed'], nobody: 'unknown-job' });
    expect(seen.a).toMatchObject({ status: 'failed', reason: 'disk full' });
  });
});

describe('cancel', () => {
  const submitTimeoutMs = 200;

  it('says whether the receiver may have the job', async () => {
    const seen = await withQueue(
      async ({ queue, sim }) => {
        await queue.enqueueAll([{ id: 'waits', dependsOn: ['sent'] }, { id: 'sent' }, { id: 'lost' }, { id: 'slow' }]);
        queue.start(async ({ key }) => {
          await sim.sleep(50);
          if (key === 'lost') throw new Error('connection reset');
          return 'submitted';
        });
        await sim.sleep(60);
        const answers = [
          await queue.cancel('waits'),
          await queue.cancel('waits'),
          await queue.cancel('sent'),
          await queue.cancel('lost'),
        ];
        return { answers, nobody: await refusal(queue.cancel('x')), at: sim.now };
      },
      { submitTimeoutMs, backoffMs: 1000 },
    );
    expect(seen.answers).toEqual([
      { outcome: 'cancelled', reached: 'never' },
      { outcome: 'cancelled', reached: 'never' },
      { outcome: 'too-late', status: 'submitted' },
      { outcome: 'cancelled', reached: 'perhaps' },
    ]);
    expect(seen.nobody).toBe('unknown-job');
  });

  it('waits for a submission under way, whose end decides', async () => {
    const seen = await withQueue(
      async ({ queue, sim }) => {
        await queue.enqueueAll([{ id: 'accepted' }, { id: 'hangs' }]);
        queue.start(async ({ key }) => {
          await sim.sleep(key === 'hangs' ? 10_000 : 50);
          return 'submitted';
        });
        await sim.sleep(10);
        const answers = await Promise.all(
          ['accepted', 'hangs'].map(async (id) => ({ ...(await queue.cancel(id)), at: sim.now })),
        );
        await sim.sleep(2000);
        return { answers, hangs: await queue.job('hangs') };
      },
      { submitTimeoutMs },
    );
    expect(seen.answers).toEqual([
      { outcome: 'too-late', status: 'submitted', at: 50 },
      { outcome: 'cancelled', reached: 'perhaps', at: 200 },
    ]);
    expect(seen.hangs).toMatchObject({ status: 'cancelled', attempts: 1 });
  });

  it('ends with close', async () => {
    const code = await withQueue(async ({ queue, sim }) => {
      await queue.enqueue({ id: 'a' });
      queue.start(async () => {
        await sim.sleep(100);
        throw new Error('no route');
      });
      await sim.sleep(10);
      const cancelled = refusal(queue.cancel('a'));
      await sim.sleep(10);
      await Promise.all([queue.close(), cancelled]);
      return await cancelled;
    });
    expect(code).toBe('closed');
  });
});

describe('purge', () => {
  it('forgets what has ended for so long, and what waits goes on', async () => {
    const seen = await withQueue(async ({ queue, sim }) => {
      await queue.enqueueAll([{ id: 'a' }, { id: 'b', dependsOn: ['a'] }, { id: 'c', dependsOn: ['b'] }]);
      queue.start(() => Promise.resolve('submitted'));
      await sim.sleep(10);
      await queue.report('a', 'completed');
      await sim.sleep(1000);
      const purged = [await queue.purge(5000), await queue.purge(500), await queue.purge()];
      await sim.sleep(10);
      await queue.report('b', 'completed');
      await sim.sleep(10);
      const late = await refusal(queue.enqueue({ id: 'd', dependsOn: ['a'] }));
      return { purged, a: await queue.job('a'), c: (await queue.job('c'))?.status, late };
    });
    expect(seen).toEqual({ purged: [0, 1, 0], a: undefined, c: 'submitted', late: 'unknown-dependency' });
  });
});

describe('pause', () => {
  it('is durable, holds for all who work on the database, and waits for what is under way', async () => {
    const seen = await withQueue(async ({ queue, another, sim }) => {
      const { keys, submit } = completing();
      queue.start(async (submission) => {
        await sim.sleep(70);
        return await submit(submission);
      });
      await queue.enqueue({ id: 'a' });
      await sim.sleep(5);
      await queue.pause();
      const pausedAt = sim.now;
      const other = await another();
      other.start(submit);
      await other.enqueue({ id: 'b' });
      await sim.sleep(5000);
      const during = [...keys];
      const paused = await other.isPaused();
      await queue.resume();
      await sim.sleep(1000);
      return { pausedAt, paused, during, keys };
    });
    expect(seen).toEqual({ pausedAt: 70, paused: true, during: ['a'], keys: ['a', 'b'] });
  });
});

describe('close', () => {
  it('waits for what is under way, begins nothing, refuses everything, and may be called again', async () => {
    const seen = await withQueue(
      async ({ queue, sim }) => {
        const begun: string[] = [];
        queue.start(async ({ key }) => {
          begun.push(key);
          await sim.sleep(50);
          return 'completed';
        });
        await queue.enqueueAll([{ id: 'a' }, { id: 'b' }]);
        await sim.sleep(10);
        await Promise.all([queue.close(), queue.close()]);
        const closedAt = sim.now;
        await sim.sleep(5000);
        const codes = [await refusal(queue.enqueue({ id: 'c' })), await refusal(queue.pause())];
        return { begun, closedAt, codes };
      },
      { concurrency: 1 },
    );
    expect(seen).toEqual({ begun: ['a'], closedAt: 50, codes: ['closed', 'closed'] });
  });
});
