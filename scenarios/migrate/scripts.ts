import { atRest, fail, hold, judge, noPartialMigration, scenario, type Body, type Fact } from 'heddle';
import { inspectSqlite, openSqlite } from 'heddle/sqlite';
import { asDocumented, asFound, ours, type Migrating } from './specimens/adapter.ts';
import { FILE, look, versions } from './specimens/schema.ts';

/** A migration that SQLite itself would accept, and what must be true of the database after it. */
interface Valid {
  readonly script: string;
  /** A question to the migrated database, and its answer. */
  readonly ask: string;
  readonly answer: string;
}

const valid: readonly Valid[] = [
  {
    script: `
      CREATE TABLE log (what TEXT);
      CREATE TRIGGER renamed AFTER UPDATE OF name ON jobs BEGIN
        INSERT INTO log VALUES (old.name || '; ' || new.name);
        INSERT INTO log VALUES (CASE WHEN new.id = 1 THEN 'first' ELSE 'other' END);
      END;
      UPDATE jobs SET name = 'phonons' WHERE id = 1;
    `,
    ask: 'SELECT group_concat(what) AS answer FROM log',
    answer: 'relax; phonons,first',
  },
  {
    script: "INSERT INTO jobs (name) VALUES ('it''s; done'), ('--'), ('/*');",
    ask: 'SELECT group_concat(name) AS answer FROM jobs WHERE id > 2',
    answer: "it's; done,--,/*",
  },
  {
    script: 'CREATE TABLE "odd;name" (`a;b` INTEGER, [c;d] INTEGER); INSERT INTO "odd;name" VALUES (1, 2);',
    ask: 'SELECT `a;b` + [c;d] AS answer FROM "odd;name"',
    answer: '3',
  },
  {
    script: `
      CREATE TABLE notes (text TEXT);
      /* Not yet:
      DROP TABLE jobs; */
      INSERT INTO notes VALUES ('kept');
    `,
    ask: "SELECT text || ' ' || (SELECT count(*) FROM jobs) AS answer FROM notes",
    answer: 'kept 2',
  },
];

/** Somebody has commented out a line of two statements. */
const commentedOut: Valid = {
  script: `
      CREATE TABLE notes (text TEXT);
      -- Not yet: DROP TABLE IF EXISTS old_jobs; DELETE FROM jobs;
      INSERT INTO notes VALUES ('kept') -- and that is all;
    `,
  ask: "SELECT text || ' ' || (SELECT count(*) FROM jobs) AS answer FROM notes",
  answer: 'kept 2',
};

interface Outcome {
  readonly error: string | null;
  readonly received: string | null;
  readonly expected: string;
}

/** What the scenario told in the end. */
function outcome(facts: readonly Fact[]): Outcome {
  return facts.find(({ kind }) => kind === 'outcome')!.data as Outcome;
}

const onlyDeclaredStatements = atRest<Migrating>('onlyDeclaredStatements', ({ history: { facts } }) => {
  const { received, expected } = outcome(facts);
  return received === null || received === expected || `the database answers ${received}, not ${expected}`;
});

const validMigrationSucceeds = atRest<Migrating>(
  'validMigrationSucceeds',
  ({ history: { facts } }) => outcome(facts).error ?? true,
);

async function migrateValid({ sim, subject, workload }: Body<Migrating, Valid>): Promise<void> {
  const disk = sim.disk('ssd', { files: { [FILE]: subject.version1.delete } });
  const connection = openSqlite(disk, FILE, { latency: 0, busyTimeout: subject.busyTimeout });
  const { script, ask, answer } = workload;
  const migrated = await sim.attempt('migrate', {}, () => subject.migrate(connection, { name: 'valid', script }));
  await connection.close();
  sim.tell('outcome', {
    error: migrated.ok ? null : String(migrated.error),
    received: migrated.ok ? String(inspectSqlite(disk, FILE, ask)[0]?.['answer']) : null,
    expected: answer,
  });
}

/** Scripts that would end the migrator's transaction, and fail after that. */
const breaking: readonly string[] = [
  'CREATE TABLE notes (text TEXT); COMMIT; INSERT INTO missing VALUES (1);',
  'CREATE TABLE notes (text TEXT); END TRANSACTION; INSERT INTO missing VALUES (1);',
  "UPDATE jobs SET name = 'x'; /* all at once */ COMMIT; BEGIN; INSERT INTO missing VALUES (1);",
  'SAVEPOINT half; CREATE TABLE notes (text TEXT); RELEASE half; ROLLBACK; CREATE INDEX late ON jobs (name); SELECT missing;',
];

const subjects = { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) };

export default [
  scenario<Migrating, Valid>({
    name: 'migrate/valid-scripts',
    ids: ['C3'],
    about: 'A valid migration has semicolons in a trigger, a string, a quoted name or a comment: it must succeed.',
    subjects,
    every: valid,
    body: migrateValid,
    invariants: [onlyDeclaredStatements, validMigrationSucceeds],
  }),
  scenario<Migrating, Valid>({
    name: 'migrate/commented-out',
    ids: ['C3'],
    about: 'A line with two statements was commented out: neither may run.',
    subjects,
    every: [commentedOut],
    body: migrateValid,
    invariants: [onlyDeclaredStatements, validMigrationSucceeds],
  }),
  scenario<Migrating, string>({
    name: 'migrate/commit-inside',
    ids: ['C3'],
    about: 'A migration has a COMMIT or a ROLLBACK in it and fails after that: none of it may stay.',
    subjects: { ...subjects, 'as-found': fail('noPartialMigration', asFound) },
    every: breaking,
    body: async ({ sim, subject, workload: script }) => {
      const disk = sim.disk('ssd', { files: { [FILE]: subject.version1.delete } });
      const connection = openSqlite(disk, FILE, { latency: 0, busyTimeout: subject.busyTimeout });
      await sim.attempt('migrate', {}, () => subject.migrate(connection, { name: 'breaking', script }));
      await connection.close();
      look(sim, disk);
    },
    invariants: [noPartialMigration({ versions })],
  }),
];
