import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SuperviseError, TaskSupervisor } from '../../../src/systems/supervise/index.ts';
import { resultOf } from '../../in-world.ts';
import { Peer } from './peer.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
const code = (name: string): unknown => expect.objectContaining({ code: name });

describe('a task', () => {
  it('returns its value, or its error, as data; also one that is thrown synchronously', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      const error = new Error('no');
      const done = tasks.start(() => sleep(5, 'value'));
      const failed = tasks.start(() => {
        throw error;
      });
      expect(tasks.running).toBe(2);
      expect(await failed.outcome).toEqual({ status: 'failed', error });
      expect(await done.outcome).toEqual({ status: 'done', value: 'value' });
      expect([done.hasEnded, tasks.running]).toEqual([true, 0]);
    }));

  it('is told to stop when its time is over; what it returns afterwards does not count', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      const task = tasks.start(
        async (signal) => {
          await sleep(30);
          return signal.aborted;
        },
        { timeoutMs: 10, name: 'slow' },
      );
      const outcome = await task.outcome;
      expect(performance.now()).toBeGreaterThanOrEqual(30);
      expect(outcome).toEqual({ status: 'timed-out', error: code('timed-out') });
      expect(outcome.status === 'timed-out' && outcome.error.message).toContain('slow');
    }));

  it('that does not obey is abandoned after its shutdown time, announced, and counted until it ends', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor({ shutdownMs: 50 });
      const events: string[] = [];
      tasks.on('abandoned', ({ name }) => events.push(`abandoned ${name}`));
      tasks.on('ended-late', ({ name }) => events.push(`ended-late ${name}`));
      const task = tasks.start(() => sleep(100, 'late'), { name: 'deaf' });
      const outcome = await task.stop('enough');
      expect(outcome).toMatchObject({ status: 'cancelled', error: { code: 'stopped', cause: 'enough' } });
      expect([task.hasEnded, tasks.running, tasks.abandoned]).toEqual([false, 1, 1]);
      await task.ended;
      expect([task.hasEnded, tasks.running, tasks.abandoned]).toEqual([true, 0, 0]);
      expect(events).toEqual(['abandoned deaf', 'ended-late deaf']);
    }));

  it.each(['signal', 'owner'] as const)('ends with its caller: %s', (kind) =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      const owner = new Peer();
      const abort = new AbortController();
      const task = tasks.start(untilAborted, kind === 'owner' ? { owner } : { signal: abort.signal });
      await sleep(5);
      if (kind === 'owner') owner.end('crash');
      else abort.abort('crash');
      expect(await task.outcome).toMatchObject({ status: 'cancelled', error: { code: 'caller-gone', cause: 'crash' } });
    }),
  );

  it('of a caller that is gone already never starts, and leaves no monitor', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      const dead = new Peer();
      dead.alive = false;
      let started = 0;
      const run = (): number => (started += 1);
      for (const caller of [{ owner: dead }, { signal: AbortSignal.abort() }]) {
        expect((await tasks.start(run, caller).outcome).status).toBe('cancelled');
      }
      expect([started, dead.monitors.size]).toEqual([0, 0]);
    }));

  it('that has ended keeps no monitor of its owner', () =>
    resultOf(async () => {
      const owner = new Peer();
      await new TaskSupervisor().start(() => sleep(1), { owner }).outcome;
      expect(owner.monitors.size).toBe(0);
    }));
});

describe('the bound on children', () => {
  it('lets the others wait in order, and a stopped one leave the queue without having run', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor({ maxChildren: 1 });
      const order: number[] = [];
      const run = (id: number) => async (): Promise<void> => {
        order.push(id);
        await sleep(5);
      };
      const [, second, third] = [1, 2, 3].map((id) => tasks.start(run(id)));
      expect([tasks.running, tasks.queued]).toEqual([1, 2]);
      expect((await second!.stop()).status).toBe('cancelled');
      await third!.outcome;
      expect(order).toEqual([1, 3]);
    }));

  it('counts time limits from the start of a task, not from its request', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor({ maxChildren: 1 });
      const all = [1, 2, 3].map(() => tasks.start(() => sleep(10, 'ok'), { timeoutMs: 15 }).outcome);
      expect((await Promise.all(all)).map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    }));

  it('sends those who wait away when every slot is held by a task that does not stop', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor({ maxChildren: 1, shutdownMs: 10 });
      const deaf = tasks.start(never);
      const waiting = tasks.start(() => 1);
      void deaf.stop();
      expect(await waiting.outcome).toEqual({ status: 'refused', error: code('slots-stuck') });
      expect((await tasks.start(() => 1).outcome).status).toBe('refused');
    }));
});

describe('a scope', () => {
  it('ends its tasks when its body fails, and settles after them', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      const error = new Error('body');
      let cleanedUp = 0;
      const scope = tasks.scope(async ({ start }) => {
        start(async (signal) => {
          await untilAborted(signal).catch(() => sleep(20));
          cleanedUp += 1;
        });
        await sleep(5);
        throw error;
      });
      await expect(scope).rejects.toBe(error);
      expect([cleanedUp, tasks.running]).toEqual([1, 0]);
    }));

  it('ends its tasks when its body returns, and starts no more', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      let late: (() => unknown) | undefined;
      const value = await tasks.scope(({ start, signal }) => {
        start(untilAborted);
        late = () => start(() => 1);
        return signal;
      });
      expect([value.aborted, tasks.running]).toEqual([true, 0]);
      expect(() => late?.()).toThrow(SuperviseError);
    }));

  it('ends when its caller is gone, though its body never does', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor();
      const owner = new Peer();
      const scope = tasks.scope(
        ({ start }) => {
          start(untilAborted);
          return never();
        },
        { owner },
      );
      await sleep(5);
      owner.end();
      await expect(scope).rejects.toMatchObject({ code: 'caller-gone' });
      expect([tasks.running, owner.monitors.size]).toEqual([0, 0]);
    }));
});

describe('close', () => {
  it('tells all to stop, starts no more, and resolves within the shutdown time', () =>
    resultOf(async () => {
      const tasks = new TaskSupervisor({ maxChildren: 2, shutdownMs: 50 });
      const kinds = [untilAborted, never, never].map((run) => tasks.start(run));
      const closing = tasks.close();
      expect(tasks.close()).toBe(closing);
      expect(() => tasks.start(() => 1)).toThrow(code('closed'));
      await expect(tasks.scope(() => 1)).rejects.toMatchObject({ code: 'closed' });
      await closing;
      expect(performance.now()).toBeLessThan(60);
      const outcomes = await Promise.all(kinds.map(({ outcome }) => outcome));
      expect(outcomes.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
      expect([tasks.queued, tasks.abandoned, tasks.closed]).toEqual([0, 1, true]);
    }));
});

it.each([
  [() => new TaskSupervisor({ maxChildren: 0 })],
  [() => new TaskSupervisor({ maxChildren: 1.5 })],
  [() => new TaskSupervisor({ shutdownMs: NaN })],
  [() => new TaskSupervisor({ shutdownMs: Infinity })],
  [() => new TaskSupervisor().start('x' as never)],
  [() => new TaskSupervisor().start(() => 1, { timeoutMs: -1 })],
  [() => new TaskSupervisor().start(() => 1, { shutdownMs: 2 ** 31 })],
])('bad input gets a typed error: %s', (act) => {
  expect(act).toThrow(expect.objectContaining({ name: 'SuperviseError', code: 'invalid-argument' }) as Error);
});
