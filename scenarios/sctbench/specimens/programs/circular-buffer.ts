import { assert, locked, type Machine, type Program } from '../machine.ts';

const BUFFER_SIZE = 10;
const ERROR = -1;

/** What both sides take for the number of an item: that of the loop's turn, or how many they had before. */
export type Counting = 'turns' | 'items';

/** Hands `items` numbers over, one by one, while two flags say whose turn it is. */
export function circularBufferOf(items: number, counting: Counting) {
  return (machine: Machine): void => {
    const m = machine.mutex('m');
    const send = machine.cell('send', true);
    const receive = machine.cell('receive', false);
    const first = machine.cell('first', 0);
    const next = machine.cell('next', 0);
    const buffer = Array.from({ length: BUFFER_SIZE }, (_, i) => machine.cell(`buffer[${i}]`, 0));
    const insert = async (item: number): Promise<void> => {
      const at = await next.read();
      if (at >= BUFFER_SIZE) return;
      await buffer[at]!.write(item);
      await next.write((at + 1) % BUFFER_SIZE);
    };
    const remove = async (): Promise<number> => {
      if ((await next.read()) === 0) return ERROR;
      const at = await first.read();
      if (at >= BUFFER_SIZE) return ERROR;
      await first.write(at + 1);
      return buffer[at]!.read();
    };
    machine.task('producer', async () => {
      let sent = 0;
      for (let turn = 0; turn < items; turn += 1) {
        await locked(m, async () => {
          if (!(await send.read())) return;
          await insert(counting === 'turns' ? turn : sent);
          sent += 1;
          await send.write(false);
          await receive.write(true);
        });
      }
    });
    machine.task('consumer', async () => {
      let received = 0;
      for (let turn = 0; turn < items; turn += 1) {
        await locked(m, async () => {
          if (!(await receive.read())) return;
          const item = await remove();
          const expected = counting === 'turns' ? turn : received;
          assert(item === expected, `received ${item}, not ${expected}`);
          received += 1;
          await receive.write(false);
          await send.write(true);
        });
      }
    });
  };
}

export const circularBuffer: Program = {
  name: 'circular_buffer',
  about: 'producer and consumer take the number of their turn for that of the item, and some turns find nothing to do',
  bug: 'assertion',
  run: circularBufferOf(7, 'turns'),
  twin: circularBufferOf(7, 'items'),
};
