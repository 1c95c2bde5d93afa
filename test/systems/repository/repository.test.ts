import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Repository, RepositoryError, type Query } from '../../../src/systems/repository/index.ts';

interface Row {
  id: number;
  kind: string;
  size: number | undefined;
}

const rowOf = fc.record({
  id: fc.nat(12),
  kind: fc.constantFrom('a', 'b', 'c'),
  size: fc.oneof(fc.integer({ min: -1, max: 3 }), fc.constantFrom(NaN, undefined, -0)),
});
const change = fc.oneof(fc.record({ put: rowOf }), fc.record({ delete: fc.nat(12) }));
const same = (a: unknown, b: unknown): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

const filter = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('eq' as const, 'neq' as const),
      rowOf.map(({ kind }) => kind),
    )
    .map(([how, kind]) => ({
      add: (query: Query<Row>) => query.where('kind', how, kind),
      accepts: (row: Row) => (row.kind === kind) === (how === 'eq'),
    })),
  rowOf.map(({ size }) => ({
    add: (query: Query<Row>) => query.where('size', 'eq', size),
    accepts: (row: Row) => same(row.size, size),
  })),
  fc
    .tuple(
      fc.constantFrom('lt' as const, 'lte' as const, 'gt' as const, 'gte' as const),
      fc.integer({ max: 3, min: 0 }),
    )
    .map(([how, size]) => ({
      add: (query: Query<Row>) => query.where('size', how, size),
      accepts: (row: Row) => {
        const own = row.size ?? NaN;
        return { lt: own < size, lte: own <= size, gt: own > size, gte: own >= size }[how];
      },
    })),
  fc.array(fc.nat(12), { maxLength: 4 }).map((ids) => ({
    add: (query: Query<Row>) => query.where('id', 'in', ids),
    accepts: (row: Row) => ids.includes(row.id),
  })),
  fc.constant({
    add: (query: Query<Row>) => query.filter(({ id }) => id % 2 === 0),
    accepts: (row: Row) => row.id % 2 === 0,
  }),
);

it('answers as a scan does, in the same order, and copies what it answers and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 40 }),
      fc.array(filter, { maxLength: 3 }),
      fc.record({
        indexes: fc.subarray<keyof Row>(['kind', 'size']),
        orderBy: fc.option(fc.constantFrom('asc' as const, 'desc' as const)),
        limit: fc.option(fc.nat(5)),
      }),
      (changes, filters, { indexes, orderBy, limit }) => {
        let copied = 0;
        const copy = (row: Row): Row => {
          copied += 1;
          return { ...row };
        };
        const rows = new Repository<Row>('id', { indexes, copy });
        const table = new Map<number, Row>();
        for (const each of changes) {
          if ('put' in each) {
            rows.put(each.put);
            table.set(each.put.id, each.put);
          } else {
            expect(rows.delete(each.delete)).toBe(table.delete(each.delete));
          }
        }
        let query = rows.query();
        for (const { add } of filters) query = add(query);
        if (orderBy !== null) query = query.orderBy('kind', orderBy);
        if (limit !== null) query = query.limit(limit);
        let expected = [...table.values()].filter((row) => filters.every(({ accepts }) => accepts(row)));
        if (orderBy !== null) {
          const sign = orderBy === 'asc' ? 1 : -1;
          expected.sort((a, b) => sign * (a.kind < b.kind ? -1 : Number(a.kind > b.kind)));
        }
        expected = expected.slice(0, limit ?? Infinity);
        copied = 0;
        expect(query.count()).toBe(expected.length);
        expect(copied).toBe(0);
        expect(query.all()).toEqual(expected);
        expect(copied).toBe(expected.length);
        expect(query.first()).toEqual(expected[0]);
        expect(rows.size).toBe(table.size);
      },
    ),
    { numRuns: 500 },
  );
});

describe('a repository', () => {
  it('keeps its rows to itself: what goes in and what comes out are copies', () => {
    const rows = new Repository<{ id: string; tags: string[] }>('id');
    const row = { id: 'a', tags: ['x'] };
    rows.put(row);
    row.tags.push('y');
    rows.get('a')?.tags.push('z');
    rows.query().first()?.tags.push('z');
    expect(rows.get('a')).toEqual({ id: 'a', tags: ['x'] });
    expect(rows.get('b')).toBe(undefined);
  });

  it('looks an equality up in the index: other rows are not even looked at', () => {
    const rows = new Repository<Row>('id', { indexes: ['kind', 'size'] });
    for (let id = 0; id < 100; id += 1) rows.put({ id, kind: id % 10 === 0 ? 'a' : 'b', size: id });
    const looked = (query: Query<Row>): number => {
      let count = 0;
      query.filter(() => (count += 1) > 0).all();
      return count;
    };
    expect(looked(rows.query().where('kind', 'eq', 'a'))).toBe(10);
    expect(looked(rows.query().where('kind', 'eq', 'b').where('size', 'eq', 7))).toBe(1);
    expect(looked(rows.query().where('kind', 'eq', 'nothing'))).toBe(0);
  });

  it('leaves a query as it is when another is made of it', () => {
    const rows = new Repository<Row>('id');
    rows.put({ id: 1, kind: 'a', size: 1 });
    const all = rows.query();
    expect([all.where('kind', 'eq', 'b').count(), all.limit(0).count(), all.count()]).toEqual([0, 0, 1]);
  });

  it('refuses nonsense', () => {
    const query = new Repository<Row>('id').query();
    expect(() => query.limit(-1)).toThrow(RepositoryError);
    expect(() => query.limit(NaN)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(() => query.where('kind', 'toString' as 'eq', 'a')).toThrow('one of the comparisons');
    expect(() => query.where('kind', 'in', 'a' as never)).toThrow('an array of values');
    expect(() => new Repository<Row>('' as 'id')).toThrow(RepositoryError);
  });
});
