import { atRest, fail, fc, hold, judge, noPartialMigration, scenario, sometimes, type Body } from 'heddle';
import { openSqlite } from 'heddle/sqlite';
import { asDocumented, asFound, ours, type Migrating } from './specimens/adapter.ts';
import { FILE, SYNCHRONOUS, look, toVersion2, versions, type Journal } from './specimens/schema.ts';

interface Work {
  readonly journal: Journal;
  readonly migrators: number;
}

/** Several programs start at once, each with a connection of its own, and each wants the newest schema. */
async function startTogether({ sim, subject, workload }: Body<Migrating, Work>): Promise<void> {
  const { journal, migrators } = workload;
  const disk = sim.disk('ssd', { files: { [FILE]: subject.version1[journal] } });
  const names = Array.from({ length: migrators }, (_, i) => `m${String(i + 1)}`);
  await sim.clients(names, async () => {
    const { busyTimeout } = subject;
    const connection = openSqlite(disk, FILE, {
      journal,
      synchronous: SYNCHRONOUS[journal],
      busyTimeout,
      latency: [0, 2],
    });
    await sim.attempt('migrate', {}, () => subject.migrate(connection, toVersion2));
    await connection.close();
  });
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
    noPartialMigration({ versions }),
    sometimes('waited', ({ history: { operations } }) => {
      const [a, b] = operations;
      return a !== undefined && b !== undefined && b.invokedTurn < a.endedTurn && a.invokedTurn < b.endedTurn;
    }),
  ],
});
