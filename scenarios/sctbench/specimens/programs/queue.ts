import { assert, locked, type Machine, type Program } from '../machine.ts';
import type { Counting } from './circular-buffer.ts';

/**
 * Enqueues `items` numbers and writes down which, while two flags say whose turn it is; the first is enqueued without
 * telling. The consumer compares with what was written down.
 */
export function queueOf(items: number, counting: Counting) {
  return (machine: Machine): void => {
    const m = machine.mutex('m');
    const enqueueFlag = machine.cell('enqueueFlag', true);
    const dequeueFlag = machine.cell('dequeueFlag', false);
    const head = machine.cell('head', 0);
    const tail = machine.cell('tail', 0);
    const amount = machine.cell('amount', 0);
    const elements = Array.from({ length: items }, (_, i) => machine.cell(`element[${i}]`, 0));
    const stored = Array.from({ length: items }, (_, i) => machine.cell(`stored[${i}]`, 0));
    const enqueue = async (item: number): Promise<void> => {
      const at = await tail.read();
      await elements[at]!.write(item);
      await amount.update((count) => count + 1);
      await tail.write(at + 1);
    };
    const dequeue = async (): Promise<number> => {
      const at = await head.read();
      const item = await elements[at]!.read();
      await amount.update((count) => count - 1);
      await head.write(at + 1);
      return item;
    };
    machine.task('producer', async () => {
      let value = 0;
      await locked(m, async () => {
        await enqueue(value);
        await stored[0]!.write(value);
        assert((await head.read()) !== (await tail.read()), 'the queue is empty');
      });
      for (let turn = 1; turn < items; turn += 1) {
        await locked(m, async () => {
          if (!(await enqueueFlag.read())) return;
          value += 1;
          await enqueue(value);
          await stored[counting === 'turns' ? turn : value]!.write(value);
          await enqueueFlag.write(false);
          await dequeueFlag.write(true);
        });
      }
    });
    machine.task('consumer', async () => {
      let received = 0;
      for (let turn = 0; turn < items; turn += 1) {
        await locked(m, async () => {
          if (!(await dequeueFlag.read())) return;
          const item = await dequeue();
          const expected = await stored[counting === 'turns' ? turn : received]!.read();
          assert(item === expected, `dequeued ${item}, not ${expected}`);
          received += 1;
          await dequeueFlag.write(false);
          await enqueueFlag.write(true);
        });
      }
    });
  };
}

export const queue: Program = {
  name: 'queue',
  about: 'the consumer takes the number of its turn for that of the item, and some turns find nothing to do',
  bug: 'assertion',
  run: queueOf(20, 'turns'),
  twin: queueOf(20, 'items'),
};
