import type { Machine, Program } from '../machine.ts';

function ending(releases: boolean) {
  return (machine: Machine): void => {
    const x = machine.mutex('x');
    const y = machine.mutex('y');
    const phases = async (): Promise<void> => {
      await x.lock();
      await x.unlock();
      await x.lock();
      if (releases) await x.unlock();
      await y.lock();
      await y.unlock();
      await y.lock();
      await y.unlock();
    };
    machine.task('t1', phases);
    machine.task('t2', phases);
  };
}

export const phase01: Program = {
  name: 'phase01',
  about: 'ends with x in its hands: the other waits for ever, in every schedule',
  bug: 'deadlock',
  run: ending(false),
  twin: ending(true),
};
