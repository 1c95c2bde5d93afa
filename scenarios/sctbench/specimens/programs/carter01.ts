import type { Cell, Machine, Mutex, Program } from '../machine.ts';

/** The first of a class takes `l`, the last gives it back; the counter of the class is under `m`. */
async function visit(m: Mutex, l: Mutex, count: Cell<number>): Promise<void> {
  await m.lock();
  await count.write((await count.read()) + 1);
  if ((await count.read()) === 1) await l.lock();
  await m.unlock();
  await m.lock();
  await count.write((await count.read()) - 1);
  if ((await count.read()) === 0) await l.unlock();
  await m.unlock();
}

function withMutexes(mutexes: (machine: Machine) => readonly [Mutex, Mutex]) {
  return (machine: Machine): void => {
    const [forA, forB] = mutexes(machine);
    const l = machine.mutex('l');
    const a = machine.cell('A', 0);
    const b = machine.cell('B', 0);
    machine.task('t1', () => visit(forA, l, a));
    machine.task('t2', () => visit(forB, l, b));
  };
}

export const carter01: Program = {
  name: 'carter01',
  about: 'waits for l with m in its hands, which whoever has l needs to give it back',
  bug: 'deadlock',
  run: withMutexes((machine) => {
    const m = machine.mutex('m');
    return [m, m];
  }),
  // Each class has a mutex for its counter.
  twin: withMutexes((machine) => [machine.mutex('mA'), machine.mutex('mB')]),
};
