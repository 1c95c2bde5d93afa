import { atRest, hold, judge, scenario, type Body } from 'heddle';
import { openSqlite } from 'heddle/sqlite';
import { asDocumented, asFound, ours, type Migrating } from './specimens/adapter.ts';
import { FILE, toVersion2 } from './specimens/schema.ts';

/** What can have happened to the table of versions, in SQL that fits every subject's. */
const damages = {
  missing: 'DROP TABLE schema_version;',
  'no column of that name': 'ALTER TABLE schema_version RENAME COLUMN version TO number;',
  'no number':
    "CREATE TABLE v AS SELECT * FROM schema_version; DROP TABLE schema_version; UPDATE v SET version = 'one'; ALTER TABLE v RENAME TO schema_version;",
  negative: 'UPDATE schema_version SET version = -1;',
  'of a later program': 'UPDATE schema_version SET version = 7;',
} as const;

type Damage = keyof typeof damages;

async function migrateDamaged({ sim, subject, workload: damage }: Body<Migrating, Damage>): Promise<void> {
  const disk = sim.disk('ssd', { files: { [FILE]: subject.version1.delete } });
  const connection = openSqlite(disk, FILE, { latency: 0, busyTimeout: subject.busyTimeout });
  await connection.exec(damages[damage]);
  const { operations } = disk;
  await sim.attempt('migrate', { damage }, () => subject.migrate(connection, toVersion2));
  sim.tell('touched', disk.operations > operations);
  await connection.close();
}

export default scenario<Migrating, Damage>({
  name: 'migrate/version-table',
  ids: ['C3'],
  about: 'The table of versions is damaged: the migration must be refused, and nothing be done on a guess.',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  restsOn: {
    'as-found': 'the caller, who reads the version',
    'as-documented': 'the caller, who reads the version',
  },
  every: Object.keys(damages) as Damage[],
  body: migrateDamaged,
  invariants: [
    atRest('damageIsRefused', ({ history: { operations, facts } }) => {
      const [{ outcome, input }] = operations as [(typeof operations)[0]];
      const touched = facts.some(({ kind, data }) => kind === 'touched' && data === true);
      if (outcome.kind === 'threw' && !touched) return true;
      return `${JSON.stringify(input)}: ${outcome.kind}, the disk was ${touched ? 'written to' : 'left alone'}`;
    }),
  ],
});
