import { assert, type Machine, type Program } from '../machine.ts';

/** Each step is atomic; `inTurn`: a step is left out when the one before it has not been. */
function passing(inTurn: boolean) {
  return (machine: Machine): void => {
    const x1 = machine.cell('x1', 1);
    const x2 = machine.cell('x2', 2);
    const x3 = machine.cell('x3', 1);
    const flag1 = machine.cell('flag1', false);
    const flag2 = machine.cell('flag2', false);
    const flag3 = machine.cell('flag3', false);
    machine.task('t1', () =>
      machine.atomic('x1 = (x3 + 1) % 4', { reads: [x3], writes: [x1, flag1] }, () => {
        x1.value = (x3.value + 1) % 4;
        flag1.value = true;
      }),
    );
    machine.task('t2', () =>
      machine.atomic('x2 = x1', { reads: inTurn ? [x1, flag1] : [x1], writes: [x2, flag2] }, () => {
        if (inTurn && !flag1.value) return;
        x2.value = x1.value;
        flag2.value = true;
      }),
    );
    machine.task('t3', () =>
      machine.atomic('x3 = x2', { reads: inTurn ? [x2, flag2] : [x2], writes: [x3, flag3] }, () => {
        if (inTurn && !flag2.value) return;
        x3.value = x2.value;
        flag3.value = true;
      }),
    );
    machine.task('t4', () =>
      machine.atomic('check', { reads: [x1, x2, x3, flag1, flag2, flag3] }, () => {
        if (!flag1.value || !flag2.value || !flag3.value) return;
        const equal = x1.value === x2.value && x2.value === x3.value;
        assert(equal, `x1, x2, x3 are ${x1.value}, ${x2.value}, ${x3.value}`);
      }),
    );
  };
}

export const tokenRing: Program = {
  name: 'token_ring',
  about: 'three pass a token on in any order, and a fourth looks whether all have the same',
  bug: 'assertion',
  run: passing(false),
  twin: passing(true),
};
