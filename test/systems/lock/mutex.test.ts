import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedMutex, Mutex } from '../../../src/systems/lock/index.ts';
import { drain } from './settled.ts';

const implementations: [string, () => (task: () => unknown) => Promise<unknown>][] = [
  [
    'Mutex',
    () => {
      const mutex = new Mutex();
      return (task) => mutex.runExclusive(task);
    },
  ],
  [
    'KeyedMutex, one key',
    () => {
      const mutex = new KeyedMutex<string>();
      return (task) => mutex.runExclusive('key', task);
    },
  ],
];

describe.each(implementations)('%s', (_name, create) => {
  it('runs one task at a time, in order of arrival, whatever each of them does', async () => {
    const task = fc.record({ steps: fc.nat(4), ending: fc.constantFrom('return', 'throw', 'throw at once') });
    await fc.assert(
      fc.asyncProperty(fc.array(task, { maxLength: 20 }), async (tasks) => {
        const run = create();
        const order: number[] = [];
        let inside = 0;
        const results = await Promise.allSettled(
          tasks.map(({ steps, ending }, id) =>
            run(() => {
              order.push(id);
              if (ending === 'throw at once') throw new Error(ending);
              return (async () => {
                expect((inside += 1)).toBe(1);
                for (let i = 0; i < steps; i += 1) await drain();
                inside -= 1;
                if (ending === 'throw') throw new Error(ending);
                return id;
              })();
            }),
          ),
        );
        expect(order).toEqual(tasks.map((_, id) => id));
        expect(results.map((result) => result.status === 'fulfilled')).toEqual(
          tasks.map(({ ending }) => ending === 'return'),
        );
      }),
    );
  });

  it('does not let a newcomer in between a release and the next in line', async () => {
    const run = create();
    const order: string[] = [];
    const first = run(() => order.push('first')).then(() => run(() => order.push('newcomer')));
    const second = run(() => order.push('second'));
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second', 'newcomer']);
  });

  it('survives 100,000 in line', async () => {
    const run = create();
    let done = 0;
    await Promise.all(Array.from({ length: 100_000 }, () => run(() => (done += 1))));
    expect(done).toBe(100_000);
  });
});

describe('Mutex', () => {
  it('acquire gives a release that counts once', async () => {
    const mutex = new Mutex();
    const release = await mutex.acquire();
    const second = mutex.acquire();
    let third = false;
    release();
    void mutex.acquire().then(() => (third = true));
    release();
    const releaseSecond = await second;
    await drain();
    expect([third, mutex.locked]).toEqual([false, true]);
    releaseSecond();
    await drain();
    expect(third).toBe(true);
  });
});

describe('KeyedMutex', () => {
  it('lets different keys run at once and forgets a key that nobody uses', async () => {
    const mutex = new KeyedMutex<string>();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const blocked = mutex.runExclusive('a', () => gate);
    await mutex.runExclusive('b', () => undefined);
    expect([mutex.size, mutex.isLocked('a'), mutex.isLocked('b')]).toEqual([1, true, false]);
    open();
    await blocked;
    expect(mutex.size).toBe(0);
  });
});
