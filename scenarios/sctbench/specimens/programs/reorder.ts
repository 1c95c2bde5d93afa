import { assert, locked, type Machine, type Program } from '../machine.ts';

/** Setters write a, then b; checkers read as C evaluates the condition: each mention of a variable is a read. */
export function reorderOf(setters: number, checkers: number, safe: boolean) {
  return (machine: Machine): void => {
    const m = machine.mutex('m');
    const a = machine.cell('a', 0);
    const b = machine.cell('b', 0);
    const set = async (): Promise<void> => {
      await a.write(1);
      await b.write(-1);
    };
    const check = async (): Promise<void> => {
      const agree =
        ((await a.read()) === 0 && (await b.read()) === 0) || ((await a.read()) === 1 && (await b.read()) === -1);
      assert(agree, 'a and b do not belong together');
    };
    for (let i = 1; i <= setters; i += 1) machine.task(`setter${i}`, safe ? () => locked(m, set) : set);
    for (let i = 1; i <= checkers; i += 1) machine.task(`checker${i}`, safe ? () => locked(m, check) : check);
  };
}

function program(name: string, setters: number, checkers: number): Program {
  return {
    name,
    about: `${setters} write a and b, ${checkers} ${checkers === 1 ? 'looks' : 'look'} between the two writes`,
    bug: 'assertion',
    run: reorderOf(setters, checkers, false),
    twin: reorderOf(setters, checkers, true),
  };
}

export const reorder: readonly Program[] = [
  ...[3, 4, 5, 10, 20, 50, 100].map((tasks) => program(`reorder_${tasks}`, tasks - 1, 1)),
  // The sizes that the published figures of reorder_20 and reorder_50 rest on.
  program('reorder_20_10x10', 10, 10),
  program('reorder_50_40x10', 40, 10),
];
