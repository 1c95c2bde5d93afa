import { assert, locked, type Machine, type Program } from '../machine.ts';

/** Writers write data1, then data2; `nested`: without letting go of the first mutex. */
export function twostageOf(writers: number, readers: number, nested: boolean) {
  return (machine: Machine): void => {
    const lock1 = machine.mutex('lock1');
    const lock2 = machine.mutex('lock2');
    const data1 = machine.cell('data1', 0);
    const data2 = machine.cell('data2', 0);
    const second = (): Promise<void> => locked(lock2, async () => data2.write((await data1.read()) + 1));
    const write = async (): Promise<void> => {
      await locked(lock1, async () => {
        await data1.write(1);
        if (nested) await second();
      });
      if (!nested) await second();
    };
    const read = async (): Promise<void> => {
      let one = 0;
      let two = 0;
      await locked(lock1, async () => {
        if ((await data1.read()) !== 0) one = await data1.read();
      });
      if (one === 0) return;
      await locked(lock2, async () => {
        two = await data2.read();
      });
      assert(two === one + 1, `data1 was ${one}, data2 is ${two}`);
    };
    for (let i = 1; i <= writers; i += 1) machine.task(`writer${i}`, write);
    for (let i = 1; i <= readers; i += 1) machine.task(`reader${i}`, read);
  };
}

function program(name: string, writers: number, readers: number): Program {
  return {
    name,
    about: `${writers} write data1 and then data2, each under its mutex; ${readers} read in between`,
    bug: 'assertion',
    run: twostageOf(writers, readers, false),
    twin: twostageOf(writers, readers, true),
  };
}

export const twostage: readonly Program[] = [
  program('twostage', 1, 1),
  program('twostage_20', 10, 10),
  program('twostage_50', 25, 25),
  program('twostage_100', 99, 1),
  // The size that the published figures of twostage_50 rest on.
  program('twostage_50_40x10', 40, 10),
];
