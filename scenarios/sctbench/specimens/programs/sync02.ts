import type { Machine, Program } from '../machine.ts';

const ROUNDS = 2;

function startingWith(count: number) {
  return (machine: Machine): void => {
    const m = machine.mutex('m');
    const empty = machine.condition('empty');
    const full = machine.condition('full');
    const num = machine.cell('num', count);
    machine.task('producer', async () => {
      for (let i = 0; i < ROUNDS; i += 1) {
        await m.lock();
        while ((await num.read()) > 0) await empty.wait(m);
        await num.write((await num.read()) + 1);
        await m.unlock();
        full.signal();
      }
    });
    machine.task('consumer', async () => {
      for (let i = 0; i < ROUNDS; i += 1) {
        await m.lock();
        while ((await num.read()) === 0) await full.wait(m);
        await num.write((await num.read()) - 1);
        await m.unlock();
        empty.signal();
      }
    });
  };
}

export const sync02: Program = {
  name: 'sync02',
  about: 'the count starts full, so the consumer has enough: the producer waits for ever, in every schedule',
  bug: 'deadlock',
  run: startingWith(2),
  twin: startingWith(0),
};
