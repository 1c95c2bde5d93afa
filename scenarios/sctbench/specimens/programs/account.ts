import { assert, locked, type Machine, type Program } from '../machine.ts';

/** Deposits 2 and withdraws 4 of 1; a checker that comes last compares with what `expected` says. */
function withChecker(expected: number) {
  return (machine: Machine): void => {
    const m = machine.mutex('m');
    const balance = machine.cell('balance', 1);
    const deposited = machine.cell('depositDone', false);
    const withdrawn = machine.cell('withdrawDone', false);
    machine.task('check', () =>
      locked(m, async () => {
        if (!(await deposited.read()) || !(await withdrawn.read())) return;
        const seen = await balance.read();
        assert(seen === expected, `the balance is ${seen}, not ${expected}`);
      }),
    );
    machine.task('deposit', () =>
      locked(m, async () => {
        await balance.write((await balance.read()) + 2);
        await deposited.write(true);
      }),
    );
    machine.task('withdraw', () =>
      locked(m, async () => {
        await balance.write((await balance.read()) - 4);
        await withdrawn.write(true);
      }),
    );
  };
}

export const account: Program = {
  name: 'account',
  about: 'the checker subtracts the deposit: it is wrong whenever it comes last',
  bug: 'assertion',
  run: withChecker(1 - 2 - 4),
  twin: withChecker(1 + 2 - 4),
};
