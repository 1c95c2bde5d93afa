import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiskFile } from '../../../src/devices/disk/disk-file.ts';
import { diskErrorCode } from '../../../src/devices/disk/disk-error.ts';
import type { Disk, DiskUser } from '../../../src/devices/disk/disk.ts';
import { LOSSES, SECTOR, type Loss } from '../../../src/devices/disk/survival.ts';
import { Strike } from '../../../src/schedule/strike.ts';
import { randomChooser } from '../../choosers.ts';
import { stored } from '../storage.ts';

const user: DiskUser = { process: { alive: true, mayCrash: null, kill: null } };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function textOn(disk: Disk): Record<string, string> {
  return Object.fromEntries([...disk.image()].map(([name, content]) => [name, new TextDecoder().decode(content)]));
}

class Writer {
  readonly #disk: Disk;
  readonly #files = new Map<string, DiskFile>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  create(name: string): void {
    this.#files.set(name, this.#disk.create(user, name));
  }

  write(name: string, text: string, offset = 0): void {
    this.#disk.write(user, name, this.#files.get(name)!, bytes(text), offset);
  }

  truncate(name: string, size: number): void {
    this.#disk.truncate(user, name, this.#files.get(name)!, size);
  }

  sync(name: string): void {
    this.#disk.sync(user, name, this.#files.get(name)!);
  }
}

/** What is left of what `work` did when the power fails in the end. */
async function left(
  loss: Loss,
  work: (writer: Writer, disk: Disk) => void,
  options: Parameters<typeof stored>[1] = {},
  seed = 0,
): Promise<Record<string, string>> {
  const chooser = randomChooser(seed, { faults: ['unsynced'] });
  const program = (_sim: unknown, disk: Disk): Promise<Record<string, string>> => {
    work(new Writer(disk), disk);
    disk.losePower(loss);
    return Promise.resolve(textOn(disk));
  };
  return (await stored(program, options, chooser)).result;
}

describe('a loss of power', () => {
  const program = (writer: Writer, disk: Disk): void => {
    writer.create('a');
    writer.write('a', 'hello');
    writer.sync('a');
    writer.write('a', 'J');
    writer.write('a', ' world', 5);
    writer.create('b');
    writer.write('b', 'new');
    disk.delete(user, 'old');
  };
  const options = { files: { old: bytes('old') } };

  it('keeps what was synced, and nothing else', async () => {
    expect(await left('unsynced lost', program, options)).toEqual({ a: 'hello', old: 'old' });
  });

  it('may keep everything', async () => {
    expect(await left('unsynced kept', program, options)).toEqual({ a: 'Jello world', b: 'new' });
  });

  it('may keep any part of it: names and bytes on their own', async () => {
    const images = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) {
      const mode = LOSSES[2 + (seed % 2)]!;
      images.add(JSON.stringify(await left(mode, program, options, seed)));
    }
    const expected = ['hello', 'Jello', 'hello world', 'Jello world'].flatMap((a) =>
      [undefined, '', 'new'].flatMap((b) =>
        [undefined, 'old'].map((old) =>
          JSON.stringify({ a, ...(b === undefined ? {} : { b }), ...(old === undefined ? {} : { old }) }),
        ),
      ),
    );
    expect([...images].sort()).toEqual(expected.sort());
  });

  it('loses a name that was not synced, although the bytes were, where the least of POSIX is all there is', async () => {
    const synced = (writer: Writer): void => {
      writer.create('a');
      writer.write('a', 'x');
      writer.sync('a');
    };
    expect(await left('unsynced lost', synced)).toEqual({ a: 'x' });
    expect(await left('unsynced lost', synced, { syncKeepsName: false })).toEqual({});
    const both = (writer: Writer, disk: Disk): void => {
      synced(writer);
      disk.syncDirectory(user);
    };
    expect(await left('unsynced lost', both, { syncKeepsName: false })).toEqual({ a: 'x' });
  });

  it('brings a deleted file back, unless the directory was synced', async () => {
    const deleted = (_writer: Writer, disk: Disk): void => {
      disk.delete(user, 'old');
    };
    const options = { files: { old: bytes('old') } };
    expect(await left('unsynced lost', deleted, options)).toEqual({ old: 'old' });
    const synced = (_writer: Writer, disk: Disk): void => {
      disk.delete(user, 'old');
      disk.syncDirectory(user);
    };
    expect(await left('unsynced lost', synced, options)).toEqual({});
  });

  it('tears a write between two sectors', async () => {
    const lengths = new Set<string>();
    for (let seed = 0; seed < 100; seed += 1) {
      const { a = '' } = await left(
        'some unsynced lost',
        (writer) => {
          writer.create('a');
          writer.sync('a');
          writer.write('a', 'x'.repeat(3 * SECTOR));
        },
        {},
        seed,
      );
      lengths.add(
        [...a.matchAll(/x+|\0+/g)]
          .map(([run]) => `${run[0] === 'x' ? 'x' : '0'}${String(run.length / SECTOR)}`)
          .join(' '),
      );
    }
    expect([...lengths].sort()).toEqual(['', '01 x2', '02 x1', 'x1', 'x2', 'x3']);
  });

  it('never changes what was synced, for any program', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), offset: fc.nat(2000), size: fc.integer({ min: 1, max: 2000 }) }),
      fc.record({ do: fc.constant('truncate' as const), offset: fc.nat(2000), size: fc.constant(0) }),
    );
    const property = async (
      synced: (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
      seed: number,
    ): Promise<void> => {
      const perform = (writer: Writer): void => {
        writer.create('a');
        synced.forEach((each, i) => {
          if (each.do === 'write') writer.write('a', String.fromCharCode(97 + (i % 26)).repeat(each.size), each.offset);
          else writer.truncate('a', each.offset);
        });
        writer.sync('a');
      };
      const kept = await left('unsynced lost', perform);
      expect(await left('unsynced kept', perform)).toEqual(kept);
      expect(await left('some unsynced kept', perform, {}, seed)).toEqual(kept);
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.nat(1000), property), { numRuns: 50 });
  });
});

describe('storage operations', () => {
  it('are numbered and told before they happen', async () => {
    const { result } = await stored((_sim, disk) => {
      const told: string[] = [];
      disk.onOperation = ({ number, kind, file, offset, bytes: size }) => {
        told.push([number, kind, file, offset, size].join(' ').trim());
      };
      const writer = new Writer(disk);
      writer.create('a');
      writer.write('a', 'xyz', 4);
      writer.truncate('a', 1);
      writer.sync('a');
      disk.delete(user, 'a');
      disk.syncDirectory(user);
      return Promise.resolve(told);
    });
    expect(result).toEqual([
      '1 create a',
      '2 write a 4 3',
      '3 truncate a',
      '4 sync a',
      '5 delete a',
      '6 sync directory .',
    ]);
  });

  it('of the dead have no effect', async () => {
    const { result } = await stored((_sim, disk) => {
      let code: unknown = null;
      try {
        disk.create({ process: { alive: false, mayCrash: null, kill: null } }, 'a');
      } catch (error) {
        code = diskErrorCode(error);
      }
      return Promise.resolve([code, disk.operations, disk.image().size]);
    });
    expect(result).toEqual(['ECRASHED', 0, 0]);
  });

  it.each([
    ['io error', 'EIO'],
    ['disk full', 'ENOSPC'],
  ] as const)('may fail with an %s, once, and have no effect then', async (fault, code) => {
    const chooser = new Strike({ kind: fault, at: 1 });
    const { result } = await stored(
      (_sim, disk) => {
        const codes: unknown[] = [];
        const file = { current: null as DiskFile | null };
        const attempt = (work: () => void): void => {
          try {
            work();
            codes.push('ok');
          } catch (error) {
            codes.push(diskErrorCode(error));
          }
        };
        attempt(() => {
          file.current = disk.create(user, 'a');
        });
        file.current ??= disk.create(user, 'a');
        attempt(() => {
          disk.write(user, 'a', file.current!, bytes('x'), 0);
        });
        codes.push(textOn(disk)['a']);
        attempt(() => {
          disk.write(user, 'a', file.current!, bytes('y'), 1);
        });
        return Promise.resolve(codes);
      },
      { faults: [fault] },
      chooser,
    );
    expect(result).toEqual(fault === 'io error' ? [code, 'ok', 'x', 'ok'] : ['ok', code, '', 'ok']);
  });
});
