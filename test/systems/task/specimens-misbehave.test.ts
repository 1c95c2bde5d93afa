import { describe, expect, it } from 'vitest';
import { TaskManager } from '../../../scenarios/task/specimens/as-documented.ts';
import { TaskQueue } from '../../../scenarios/task/specimens/document-model.ts';

/** What the documented `withTaskLock` does, as printed, on the real event loop. */

const manager = (): TaskManager => new TaskManager(new TaskQueue());
const turn = (): Promise<void> => new Promise(setImmediate);

describe('withTaskLock', () => {
  it('keeps two apart, and lets three overlap', async () => {
    for (const [callers, atOnce] of [
      [2, 1],
      [3, 2],
      [5, 4],
    ] as const) {
      const locks = manager();
      let inside = 0;
      let most = 0;
      await Promise.all(
        Array.from({ length: callers }, () =>
          locks.withTaskLock('t', async () => {
            most = Math.max(most, (inside += 1));
            await turn();
            inside -= 1;
          }),
        ),
      );
      expect(most).toBe(atOnce);
    }
  });

  it('gives a waiter the error of the one before, and never runs it', async () => {
    const locks = manager();
    let ran = false;
    const first = locks.withTaskLock('t', () => turn().then(() => Promise.reject(new Error('first'))));
    const second = locks.withTaskLock('t', () => Promise.resolve((ran = true)));
    await expect(first).rejects.toThrow('first');
    await expect(second).rejects.toThrow('first');
    expect(ran).toBe(false);
  });

  it('blocks the task for ever after an operation that throws before it returns a promise', async () => {
    const locks = manager();
    const failing = locks.withTaskLock('t', () => {
      throw new Error('first');
    });
    // Otherwise the process dies of it: nobody else looks at this promise.
    locks.taskLocks.get('t')!.catch(() => undefined);
    await expect(failing).rejects.toThrow('first');
    for (let i = 0; i < 3; i += 1) {
      await expect(locks.withTaskLock('t', () => Promise.resolve('fine'))).rejects.toThrow('first');
      await turn();
    }
    expect(locks.taskLocks.size).toBe(1);
  });

  it('deletes the lock of another: who comes then overlaps with it', async () => {
    const locks = manager();
    const log: string[] = [];
    const operation = (name: string, turns: number) => async () => {
      log.push(`${name} begins`);
      for (let i = 0; i < turns; i += 1) await turn();
      log.push(`${name} ends`);
    };
    const all = [
      locks.withTaskLock('t', operation('a', 1)),
      locks.withTaskLock('t', operation('b', 1)),
      locks.withTaskLock('t', operation('c', 9)),
    ];
    for (let i = 0; i < 4; i += 1) await turn();
    all.push(locks.withTaskLock('t', operation('d', 1)));
    await Promise.all(all);
    expect(log.indexOf('d begins')).toBeLessThan(log.indexOf('c ends'));
  });

  it('waits for itself when nested after an await, and unlocks when nested before one', async () => {
    const locks = manager();
    let nested = false;
    void locks.withTaskLock('t', async () => {
      await turn();
      await locks.withTaskLock('t', () => Promise.resolve((nested = true)));
    });
    for (let i = 0; i < 5; i += 1) await turn();
    expect(nested).toBe(false);

    const others = manager();
    const outer = others.withTaskLock('t', async () => {
      await others.withTaskLock('t', () => Promise.resolve());
      for (let i = 0; i < 5; i += 1) await turn();
    });
    await turn();
    expect(others.taskLocks.size).toBe(0);
    await outer;
  });
});
