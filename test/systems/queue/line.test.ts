import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PLACES_PER_PRIORITY } from '../../../src/systems/queue/index.ts';
import { completing, withQueue } from './opened.ts';

interface Job {
  readonly priority: number;
  readonly needs: readonly number[];
}

/** The order in which a queue that does one thing at a time should submit them. */
function expected(jobs: readonly Job[]): number[] {
  const order: number[] = [];
  const place = (i: number): number => i - jobs[i]!.priority * PLACES_PER_PRIORITY;
  while (order.length < jobs.length) {
    const ready = jobs.flatMap(({ needs }, i) => {
      const waits = needs.some((each) => each < i && !order.includes(each));
      return waits || order.includes(i) ? [] : [i];
    });
    order.push(ready.reduce((a, b) => (place(b) < place(a) ? b : a)));
  }
  return order;
}

const job = fc.record({ priority: fc.integer({ min: -2, max: 2 }), needs: fc.array(fc.nat(15), { maxLength: 3 }) });

it('jobs are submitted when what they need is done, by their place in the line, each once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 16 }), async (jobs) => {
      const keys = await withQueue(
        async ({ queue, sim }) => {
          const receiver = completing();
          await queue.enqueueAll(
            jobs.map(({ priority, needs }, i) => ({
              id: String(i),
              priority,
              dependsOn: needs.filter((each) => each < i).map(String),
            })),
          );
          queue.start(receiver.submit);
          await sim.sleep(1000);
          return receiver.keys;
        },
        { concurrency: 1 },
      );
      expect(keys.map(Number)).toEqual(expected(jobs));
    }),
    { numRuns: 40 },
  );
});

it('a job of low priority is overtaken by so many others, and then has its turn', async () => {
  const steps = 3;
  const keys = await withQueue(
    async ({ queue, sim }) => {
      const receiver = completing();
      let urgent = 0;
      // Whenever one is done there is another urgent one.
      queue.on('changed', ({ status }) => {
        if (status !== 'completed' || urgent > 100) return;
        urgent += 1;
        void queue.enqueue({ id: `urgent ${urgent}`, priority: steps });
      });
      await queue.enqueueAll([
        { id: 'first', priority: steps },
        { id: 'low', priority: 0 },
        { id: 'second', priority: steps },
      ]);
      queue.start(receiver.submit);
      await sim.sleep(2000);
      return receiver.keys;
    },
    { concurrency: 1 },
  );
  expect(keys.length).toBeGreaterThan(100);
  const overtaken = keys.indexOf('low') - 1;
  expect(overtaken).toBeGreaterThan(steps);
  expect(overtaken).toBeLessThanOrEqual(steps * PLACES_PER_PRIORITY);
});

it('setPriority moves a job that waits, and says when it is too late', async () => {
  const seen = await withQueue(
    async ({ queue, sim }) => {
      const { keys, submit } = completing();
      await queue.enqueueAll([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
      const moved = await queue.setPriority('c', 1);
      queue.start(submit);
      await sim.sleep(100);
      return { keys, answers: [moved, await queue.setPriority('c', 0), await queue.setPriority('nobody', 0)] };
    },
    { concurrency: 1 },
  );
  expect(seen).toEqual({ keys: ['c', 'a', 'b'], answers: [true, false, false] });
});
