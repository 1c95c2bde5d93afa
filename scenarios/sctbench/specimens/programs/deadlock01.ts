import { locked, type Machine, type Program } from '../machine.ts';

function inOrders(second: 'b then a' | 'a then b') {
  return (machine: Machine): void => {
    const a = machine.mutex('a');
    const b = machine.mutex('b');
    const counter = machine.cell('counter', 1);
    const [outer, inner] = second === 'b then a' ? [b, a] : [a, b];
    machine.task('t1', () => locked(a, () => locked(b, async () => counter.write((await counter.read()) + 1))));
    machine.task('t2', () => locked(outer, () => locked(inner, async () => counter.write((await counter.read()) - 1))));
  };
}

export const deadlock01: Program = {
  name: 'deadlock01',
  about: 'two mutexes, taken in two orders',
  bug: 'deadlock',
  run: inOrders('b then a'),
  twin: inOrders('a then b'),
};
