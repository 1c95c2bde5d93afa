import { expect, it } from 'vitest';
import { Disk } from '../../../src/devices/disk/disk.ts';
import { openSqlite } from '../../../src/devices/sqlite/index.ts';
import { World } from '../../../src/kernel/world.ts';
import { idle } from '../../choosers.ts';
import { turnsOf } from '../../touches.ts';

it('the files of a disk are resources, and so is the list of them', () => {
  const world = new World({ chooser: idle });
  const touches: string[] = [];
  world.onTouch = (resource, writes) => touches.push(`${writes ? 'w' : 'r'} ${resource}`);
  const disk = new Disk('ssd', { world, work: () => undefined });
  const file = disk.create(world, 'a');
  disk.write(world, 'a', file, new Uint8Array(1), 0);
  disk.sync(world, 'a', file);
  disk.file('a');
  disk.file('b');
  disk.image();
  disk.syncDirectory(world);
  expect(touches).toEqual([
    'w ssd/a',
    'w ssd/.',
    'w ssd/a',
    'w ssd/a',
    'r ssd/a',
    'r ssd/b',
    'r ssd/.',
    'r ssd/a',
    'w ssd/.',
  ]);
  touches.length = 0;
  disk.onOperation = () => undefined;
  disk.delete(world, 'a');
  expect(touches).toEqual(['w ssd/a', 'w ssd/.', 'w ssd']);
});

it('a statement touches its database', async () => {
  const turns = await turnsOf(async (world) => {
    const database = openSqlite(new Disk('ssd', { world, work: () => undefined }), 'app.db');
    await database.run('CREATE TABLE t (n)');
    await database.close();
  });
  expect(turns.slice(1).map((turn) => turn.split(': ')[1])).toEqual(['w ssd/app.db', 'w ssd/app.db', 'w ssd/app.db']);
});
