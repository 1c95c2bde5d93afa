import { assert, type Cell, type Machine, type Program } from '../machine.ts';

interface Device {
  readonly pendingIo: Cell<number>;
  readonly stoppingFlag: Cell<boolean>;
  readonly stoppingEvent: Cell<boolean>;
}

async function decrement({ pendingIo, stoppingEvent }: Device): Promise<void> {
  const left = await pendingIo.update((count) => count - 1);
  if (left === 0) await stoppingEvent.write(true);
}

/** Looks whether the driver is being stopped, then counts itself; false when it is. */
async function enter({ pendingIo, stoppingFlag }: Device): Promise<boolean> {
  if (await stoppingFlag.read()) return false;
  await pendingIo.update((count) => count + 1);
  return true;
}

/** Counts itself before it looks. */
async function enterInOrder({ pendingIo, stoppingFlag }: Device): Promise<boolean> {
  await pendingIo.update((count) => count + 1);
  return !(await stoppingFlag.read());
}

function withEntry(entry: (device: Device) => Promise<boolean>) {
  return (machine: Machine): void => {
    const device: Device = {
      pendingIo: machine.cell('pendingIo', 1),
      stoppingFlag: machine.cell('stoppingFlag', false),
      stoppingEvent: machine.cell('stoppingEvent', false),
    };
    const stopped = machine.cell('stopped', false);
    machine.task('add', async () => {
      if (await entry(device)) assert(!(await stopped.read()), 'works on a driver that has stopped');
      await decrement(device);
    });
    machine.task('stop', async () => {
      await device.stoppingFlag.write(true);
      await decrement(device);
      if (await device.stoppingEvent.read()) await stopped.write(true);
    });
  };
}

export const bluetoothDriver: Program = {
  name: 'bluetooth_driver',
  about: 'Add has seen that nobody stops the driver, and counts itself when Stop has counted already',
  bug: 'assertion',
  run: withEntry(enter),
  twin: withEntry(enterInOrder),
};
