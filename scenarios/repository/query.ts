import { always, fail, fc, hold, judge, scenario, sometimes, type Operation } from 'heddle';
import { Repository, type Query } from 'heddle/systems';
import * as documented from './specimens/as-documented.ts';
import * as found from './specimens/as-found.ts';
import type { Filter, Row } from './specimens/as-found.ts';

interface Rows {
  put(row: Row): void;
  delete(id: string): void;
  all(filters: readonly Filter[]): Row[];
  /** Rows that were copied on their way out, so far. */
  readonly copied: number;
}

function ours(): Rows {
  let copied = 0;
  const copy = (row: Row): Row => {
    copied += 1;
    return { ...row };
  };
  const rows = new Repository<Row>('id', { indexes: ['kind'], copy });
  return {
    put: (row) => {
      rows.put(row);
    },
    delete: (id) => {
      rows.delete(id);
    },
    all: (filters) => {
      const narrow = (query: Query<Row>, filter: Filter): Query<Row> =>
        typeof filter === 'function' ? query.filter(filter) : query.where(filter.field, 'eq', filter.equals as string);
      return filters.reduce(narrow, rows.query()).all();
    },
    get copied() {
      return copied;
    },
  };
}

function specimen(all: typeof found.all): Rows {
  let copied = 0;
  const table = new found.Table((row) => {
    copied += 1;
    return { ...row };
  });
  return {
    put: (row) => {
      table.rows.set(row.id, { ...row });
    },
    delete: (id) => {
      table.rows.delete(id);
    },
    all: (filters) => all(table, filters),
    get copied() {
      return copied;
    },
  };
}

const FILTERS: Readonly<Record<string, readonly Filter[]>> = {
  everything: [],
  'kind = a': [{ field: 'kind', equals: 'a' }],
  'kind = a, size = 2': [
    { field: 'kind', equals: 'a' },
    { field: 'size', equals: 2 },
  ],
  'kind = a = b': [
    { field: 'kind', equals: 'a' },
    { field: 'kind', equals: 'b' },
  ],
  'size > 2': [({ size }) => size > 2],
  'kind = b, size > 2': [{ field: 'kind', equals: 'b' }, ({ size }) => size > 2],
};

type Step = { does: 'put'; row: Row } | { does: 'delete'; id: string } | { does: 'ask'; filter: string };

interface Answer {
  rows: Row[];
  expected: Row[];
  copied: number;
}

const answers = (operations: readonly Operation[]): Answer[] =>
  operations.flatMap(({ name, outcome }) =>
    name === 'ask' && outcome.kind === 'returned' ? [outcome.value as Answer] : [],
  );

const id = fc.constantFrom('1', '2', '3', '4', '5');

export default scenario<Rows, Step[]>({
  name: 'repository/query',
  ids: ['F10'],
  // On printed words: a complex filter "falls back to select-all".
  about: 'a query with a complex filter copies the whole table, or an index that was not kept up gives other answers',
  subjects: {
    ours: hold(ours),
    'as-found': fail('memoryBoundedByMatches', () => specimen(found.all)),
    'as-documented': judge(() => specimen(documented.all)),
  },
  workload: fc.array(
    fc.oneof(
      fc.record({
        does: fc.constant('put' as const),
        row: fc.record({ id, kind: fc.constantFrom('a', 'b'), size: fc.integer({ min: 1, max: 4 }) }),
      }),
      fc.record({ does: fc.constant('delete' as const), id }),
      fc.record({ does: fc.constant('ask' as const), filter: fc.constantFrom(...Object.keys(FILTERS)) }),
    ),
    { minLength: 1, maxLength: 14 },
  ),
  body: async ({ sim, subject, workload }) => {
    /** What a scan goes through. */
    const table = new Map<string, Row>();
    await sim.clients(workload, async (step) => {
      await sim.io('request');
      if (step.does === 'put') {
        subject.put(step.row);
        table.set(step.row.id, step.row);
      } else if (step.does === 'delete') {
        subject.delete(step.id);
        table.delete(step.id);
      } else {
        await sim.op('ask', step.filter, (): Answer => {
          const filters = FILTERS[step.filter]!;
          const expected = [...table.values()].filter((row) => filters.every((each) => found.accepts(each, row)));
          const before = subject.copied;
          const rows = subject.all(filters);
          return { rows, expected, copied: subject.copied - before };
        });
      }
    });
  },
  invariants: [
    always('answersAsAScan', ({ history }) => {
      const text = (rows: Row[]): string => rows.map((row) => `${row.id} ${row.kind} ${row.size}`).join('; ');
      const wrong = answers(history.operations).find(({ rows, expected }) => text(rows) !== text(expected));
      return wrong === undefined || `answered ${text(wrong.rows)}, a scan finds ${text(wrong.expected)}`;
    }),
    always('memoryBoundedByMatches', ({ history }) => {
      const wasteful = answers(history.operations).find(({ copied, expected }) => copied > expected.length);
      return wasteful === undefined || `${wasteful.copied} rows copied for ${wasteful.expected.length} matches`;
    }),
    sometimes('someMatchAndSomeDoNot', ({ history }) =>
      history.operations.some(
        ({ name, input, outcome }) =>
          name === 'ask' &&
          input === 'size > 2' &&
          outcome.kind === 'returned' &&
          (outcome.value as Answer).expected.length > 0,
      ),
    ),
  ],
});
