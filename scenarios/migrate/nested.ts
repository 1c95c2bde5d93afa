import { atRest, fail, hold, judge, noPartialMigration, scenario, type Body } from 'heddle';
import { openSqlite } from 'heddle/sqlite';
import { asDocumented, asFound, ours, type Migrating } from './specimens/adapter.ts';
import { FILE, SYNCHRONOUS, look, toVersion2, versions, type Journal } from './specimens/schema.ts';

/** The caller has something open on the connection that it gives to the migrator, and takes it back afterwards. */
async function callWithin({ sim, subject, workload: journal }: Body<Migrating, Journal>): Promise<void> {
  const disk = sim.disk('ssd', { files: { [FILE]: subject.version1[journal] } });
  const connection = openSqlite(disk, FILE, { journal, synchronous: SYNCHRONOUS[journal], latency: 0 });
  await connection.run('BEGIN IMMEDIATE');
  await connection.run("INSERT INTO jobs (name) VALUES ('draft')");
  await sim.attempt('migrate', { nested: true }, () => subject.migrate(connection, toVersion2));
  sim.tell('still open', connection.inTransaction);
  if (connection.inTransaction) await connection.run('ROLLBACK');
  look(sim, disk);
  await sim.attempt('migrate', { nested: false }, () => subject.migrate(connection, toVersion2));
  await connection.close();
  look(sim, disk);
}

export default scenario<Migrating, Journal>({
  name: 'migrate/nested',
  ids: ['C3'],
  about:
    'A migrator is called within a transaction of its caller, who then rolls back: the migration must be refused or undone ' +
    'with it, and nothing of the caller be committed.',
  subjects: {
    ours: hold(ours),
    'as-found': fail('noPartialMigration', asFound),
    'as-documented': judge(asDocumented),
  },
  every: ['delete', 'wal'],
  body: callWithin,
  invariants: [
    noPartialMigration({ versions }),
    atRest('callersTransactionStaysOpen', ({ history: { facts } }) =>
      facts.some(({ kind, data }) => kind === 'still open' && data === true),
    ),
    atRest('migratesAfterwards', ({ history: { operations } }) => operations.at(-1)?.outcome.kind === 'returned'),
  ],
});
