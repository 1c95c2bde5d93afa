import { describe, expect, it } from 'vitest';
import { noPartialMigration } from '../../src/invariant/no-partial-migration.ts';
import { Timeline } from './timeline.ts';

const versions = { 0: [], 1: ['a'], 2: ['a', 'b'], 3: ['b', 'c', 'c'] };

function complaints(schema: readonly string[], version: unknown): readonly string[] {
  return new Timeline(noPartialMigration({ versions })).told('schema', { schema, version }).complaints;
}

describe('noPartialMigration sees', () => {
  it.each<[string, string[], unknown, string]>([
    ['a part too many', ['a', 'x'], 1, 'the schema is of no version: version 1 with x'],
    ['a part that is missing', ['c', 'c'], 3, 'the schema is of no version: version 3 without b'],
    ['both', ['a', 'c'], 2, 'the schema is of no version: version 1 with c'],
    [
      'a part that is there once instead of twice',
      ['b', 'c'],
      3,
      'the schema is of no version: version 3 with parts another number of times',
    ],
    ['a version row that was not written', ['a', 'b'], 1, 'the schema is of version 2, the version row says 1'],
    ['a version row that was written too early', ['a'], 2, 'the schema is of version 1, the version row says 2'],
    ['no version row', ['a'], null, 'the schema is of version 1, the version row says null'],
    ['a version row of another type', ['a'], '1', 'the schema is of version 1, the version row says "1"'],
  ])('%s', (_what, schema, version, message) => {
    expect(complaints(schema, version)).toEqual([message]);
  });

  it('each look, and only where it is told to', () => {
    const time = new Timeline(noPartialMigration({ versions, fact: 'looked' }));
    time.told('schema', { schema: ['x'], version: 1 }).told('looked', { schema: ['a'], version: 1 });
    expect(time.complaints).toEqual([]);
    expect(time.told('looked', { schema: ['a'], version: 2 }).complaints).toHaveLength(1);
  });
});

describe('noPartialMigration does not alarm at', () => {
  it.each<[string[], unknown]>([
    [[], 0],
    [['a'], 1],
    [['b', 'a'], 2],
    [['c', 'b', 'c'], 3],
  ])('%j as version %j, in any order of its parts', (schema, version) => {
    expect(complaints(schema, version)).toEqual([]);
  });

  it('versions that look the same', () => {
    const time = new Timeline(noPartialMigration({ versions: { 1: ['a'], 2: ['a'] } }));
    expect(time.told('schema', { schema: ['a'], version: 2 }).complaints).toEqual([]);
    expect(time.told('schema', { schema: ['a'], version: 1 }).complaints).toEqual([]);
    expect(time.told('schema', { schema: ['a'], version: 3 }).complaints).toEqual([
      'the schema is of version 1 or 2, the version row says 3',
    ]);
  });
});
