import { assert, locked, type Machine, type Program } from '../machine.ts';

function withBound(bound: number) {
  return (machine: Machine): void => {
    const m = machine.mutex('m');
    const data = machine.cell('data', 0);
    machine.task('t1', () => locked(m, async () => data.write((await data.read()) + 1)));
    machine.task('t2', () => locked(m, async () => data.write((await data.read()) + 2)));
    machine.task('t3', () =>
      locked(m, async () => {
        const seen = await data.read();
        assert(seen < bound, `data is ${seen}`);
      }),
    );
  };
}

export const lazy01: Program = {
  name: 'lazy01',
  about: 'two add up to 3 before a third looks, who takes 3 for too much',
  bug: 'assertion',
  run: withBound(3),
  twin: withBound(4),
};
