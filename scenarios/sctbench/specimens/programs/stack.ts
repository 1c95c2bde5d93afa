import { assert, locked, type Machine, type Program } from '../machine.ts';

/** Pushes `items` numbers, and pops as many; `looks`: the consumer looks whether there is one before it pops. */
export function stackOf(items: number, looks: boolean) {
  return (machine: Machine): void => {
    const m = machine.mutex('m');
    const flag = machine.cell('flag', false);
    const top = machine.cell('top', 0);
    const numbers = Array.from({ length: items }, (_, i) => machine.cell(`arr[${i}]`, 0));
    machine.task('producer', async () => {
      for (let i = 0; i < items; i += 1) {
        await locked(m, async () => {
          const at = await top.read();
          assert(at !== items, 'stack overflow');
          await numbers[at]!.write(i);
          await top.write(at + 1);
          await flag.write(true);
        });
      }
    });
    machine.task('consumer', async () => {
      for (let i = 0; i < items; i += 1) {
        await locked(m, async () => {
          if (!(await flag.read())) return;
          if (looks && (await top.read()) === 0) return;
          const at = await top.read();
          assert(at !== 0, 'stack underflow');
          await top.write(at - 1);
          await numbers[at - 1]!.read();
        });
      }
    });
  };
}

export const stack: Program = {
  name: 'stack',
  about: 'the flag says that something was pushed once, not that something is there',
  bug: 'assertion',
  run: stackOf(10, false),
  twin: stackOf(10, true),
};
