import type { Machine, Program } from '../machine.ts';

function withConsumer(takes: boolean) {
  return (machine: Machine): void => {
    const m = machine.mutex('m');
    const empty = machine.condition('empty');
    const full = machine.condition('full');
    const num = machine.cell('num', 1);
    machine.task('producer', async () => {
      await m.lock();
      while ((await num.read()) > 0) await empty.wait(m);
      await num.write((await num.read()) + 1);
      await m.unlock();
      full.signal();
    });
    machine.task('consumer', async () => {
      await m.lock();
      while ((await num.read()) === 0) await full.wait(m);
      if (takes) await num.write((await num.read()) - 1);
      await m.unlock();
      empty.signal();
    });
  };
}

export const sync01: Program = {
  name: 'sync01',
  about: 'the count starts full and the consumer takes nothing: the producer waits for ever, in every schedule',
  bug: 'deadlock',
  run: withConsumer(false),
  twin: withConsumer(true),
};
