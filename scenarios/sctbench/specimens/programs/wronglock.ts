import { assert, locked, type Machine, type Program } from '../machine.ts';

/** One increments and looks whether it was alone; `others` increment, too, under the same mutex or the wrong one. */
export function wronglockOf(others: number, wrong: boolean) {
  return (machine: Machine): void => {
    const dataLock = machine.mutex('dataLock');
    const otherLock = wrong ? machine.mutex('thisLock') : dataLock;
    const data = machine.cell('data', 0);
    machine.task('a1', () =>
      locked(dataLock, async () => {
        const before = await data.read();
        await data.write((await data.read()) + 1);
        const after = await data.read();
        assert(after === before + 1, `data was ${before} and is ${after}`);
      }),
    );
    for (let i = 1; i <= others; i += 1) {
      machine.task(`b${i}`, () => locked(otherLock, async () => data.write((await data.read()) + 1)));
    }
  };
}

function program(name: string, others: number): Program {
  return {
    name,
    about: `1 increments under one mutex, ${others} under another`,
    bug: 'assertion',
    run: wronglockOf(others, true),
    twin: wronglockOf(others, false),
  };
}

export const wronglock: readonly Program[] = [program('wronglock', 7), program('wronglock_3', 3)];
