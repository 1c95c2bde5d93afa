import { atRest, fail, fc, hold, judge, noPartialMigration, scenario, sometimes, type Body, type Disk } from 'heddle';
import { openSqlite } from 'heddle/sqlite';
import { asDocumented, asFound, ours, type Migrating } from './specimens/adapter.ts';
import { FirstError, failing } from './specimens/failing.ts';
import { FILE, SYNCHRONOUS, look, toVersion2, versions, type Journal } from './specimens/schema.ts';

interface Work {
  readonly journal: Journal;
  /** Which statement on the connection fails, counted from 1; 0 for none. */
  readonly statement: number;
}

/** A fault of each kind may strike once, in the first try or in later ones. */
const TRIES = 3;
/** More than any of the subjects has. */
const STATEMENTS = 14;

const shared = {
  ids: ['C3'],
  subjects: {
    ours: hold(ours),
    'as-found': fail('noPartialMigration', asFound),
    'as-documented': judge(asDocumented),
  },
  invariants: [
    noPartialMigration({ versions }),
    atRest<Migrating>('retrySucceeds', ({ history: { operations } }) => {
      const last = operations.at(-1)!.outcome;
      return last.kind === 'returned' || `the last try failed, too: ${last.kind === 'threw' ? String(last.error) : ''}`;
    }),
  ],
};

/** Migrates, looks, and tries again if that failed. */
async function untilMigrated({ sim, subject, workload }: Body<Migrating, Work>, disk: Disk): Promise<void> {
  const { journal, statement } = workload;
  const { busyTimeout } = subject;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const connection = openSqlite(disk, FILE, { journal, synchronous: SYNCHRONOUS[journal], busyTimeout, latency: 0 });
    const first = new FirstError();
    const seen = first.watching(failing(connection, attempt === 1 ? statement : 0));
    const migrated = await sim.attempt('migrate', { attempt }, () => subject.migrate(seen, toVersion2));
    if (!migrated.ok) sim.tell('failed', { first: first.message, reported: String(migrated.error) });
    await connection.close().catch(() => undefined);
    look(sim, disk);
    if (migrated.ok) return;
  }
}

export default [
  scenario<Migrating, Work>({
    ...shared,
    name: 'migrate/failed-statement',
    about: 'Each statement of a migration fails in turn: the schema must be of one version, and the next try succeed.',
    // Every statement, the transaction's own among them, in both journal modes.
    every: (['delete', 'wal'] as const).flatMap((journal) =>
      Array.from({ length: STATEMENTS + 1 }, (_, statement) => ({ journal, statement })),
    ),
    body: (run) =>
      untilMigrated(run, run.sim.disk('ssd', { files: { [FILE]: run.subject.version1[run.workload.journal] } })),
    invariants: [
      ...shared.invariants,
      sometimes<Migrating>('failed', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'failed')),
    ],
  }),
  scenario<Migrating, Work>({
    ...shared,
    name: 'migrate/first-error',
    about:
      'The disk is full, or an operation on it fails, in the middle of a migration: SQLite then rolls back by itself, and ' +
      'the error that is reported must be the disk, not that there is nothing left to roll back.',
    workload: fc.record({ journal: fc.constantFrom<Journal>('delete', 'wal'), statement: fc.constant(0) }),
    runs: 300,
    body: (run) => {
      const files = { [FILE]: run.subject.version1[run.workload.journal] };
      return untilMigrated(run, run.sim.disk('ssd', { faults: ['disk full', 'io error'], files }));
    },
    invariants: [
      {
        name: 'firstErrorReported',
        watch: () => ({
          told: ({ kind, data }) => {
            if (kind !== 'failed') return undefined;
            const { first, reported } = data as { first: string | null; reported: string };
            if (first === null || reported.includes(first)) return undefined;
            return `the first error was ${JSON.stringify(first)}, reported was ${JSON.stringify(reported)}`;
          },
        }),
      },
      ...shared.invariants,
      sometimes<Migrating>('failed', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'failed')),
    ],
  }),
];
