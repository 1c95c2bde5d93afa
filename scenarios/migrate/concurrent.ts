import { atRest, fail, fc, hold, judge, noPartialMigration, scenario, sometimes, type Body, type Disk } from 'heddle';
import { openSqlite } from 'heddle/sqlite';
import { asDocumented, asFound, ours, type Migrating } from './specimens/adapter.ts';
import { FILE, SYNCHRONOUS, look, shortVersions, toShortVersion2, type Journal } from './specimens/schema.ts';

interface Work {
  readonly journal: Journal;
  readonly migrators: number;
  /** Longest time of a statement, ms. Default 10: long enough for who waits to ask again in between. */
  readonly longest?: number;
  /** Is given the disk: for who wants to know in which states the schedules meet again. */
  readonly watch?: (disk: Disk) => void;
}

/** Several programs, each with a connection of its own, want the newest schema at the same time. */
async function startTogether({ sim, subject, workload }: Body<Migrating, Work>): Promise<void> {
  const { journal, migrators, longest = 10 } = workload;
  const disk = sim.disk('ssd', { files: { [FILE]: subject.version1[journal] } });
  workload.watch?.(disk);
  const { busyTimeout } = subject;
  const connections = Array.from({ length: migrators }, () =>
    openSqlite(disk, FILE, { journal, synchronous: SYNCHRONOUS[journal], busyTimeout, latency: [0, longest] }),
  );
  // Opening is over when the race begins, and closing comes after it: what is explored is the migrators' own orders.
  for (const connection of connections) await connection.all('SELECT 1');
  await sim.clients(connections, (connection) =>
    sim.attempt('migrate', {}, () => subject.migrate(connection, toShortVersion2)),
  );
  for (const connection of connections) await connection.close();
  look(sim, disk);
}

export default scenario<Migrating, Work>({
  name: 'migrate/concurrent',
  ids: ['C3'],
  about: 'Two or three migrators start at once: one must migrate, the others must find it done.',
  subjects: {
    ours: hold(ours),
    'as-found': fail('exactlyOneMigrates', asFound),
    'as-documented': judge(asDocumented),
  },
  restsOn: {
    'as-found': 'the caller, who reads the version before the transaction',
    'as-documented': 'the caller, who reads the version before the transaction',
  },
  workload: fc.record({
    journal: fc.constantFrom<Journal>('delete', 'wal'),
    migrators: fc.integer({ min: 2, max: 3 }),
  }),
  runs: 300,
  body: startTogether,
  invariants: [
    atRest('exactlyOneMigrates', ({ history: { operations } }) => {
      const answers = operations.map(({ outcome }) =>
        outcome.kind === 'returned'
          ? outcome.value === true
            ? 'migrated'
            : 'found it done'
          : String(outcome.kind === 'threw' ? outcome.error : 'pending'),
      );
      const others = answers.filter((answer) => answer !== 'migrated');
      return (
        (answers.length - others.length === 1 && others.every((answer) => answer === 'found it done')) ||
        answers.join(', ')
      );
    }),
    noPartialMigration({ versions: shortVersions }),
    sometimes('waited', ({ history: { operations } }) => {
      const [a, b] = operations;
      return a !== undefined && b !== undefined && b.invokedTurn < a.endedTurn && a.invokedTurn < b.endedTurn;
    }),
  ],
});
