import {
  atRest,
  fail,
  fc,
  hold,
  judge,
  noPartialMigration,
  scenario,
  sometimes,
  type Body,
  type DiskFault,
  type Invariant,
} from 'heddle';
import { openSqlite, type SqliteOptions } from 'heddle/sqlite';
import { asDocumented, asFound, ours, type Migrating } from './specimens/adapter.ts';
import { FILE, SYNCHRONOUS, look, toVersion2, versions, type Journal } from './specimens/schema.ts';

interface Work {
  readonly journal: Journal | 'memory';
  /** Default: what keeps acknowledged commits in that mode. */
  readonly synchronous?: SqliteOptions['synchronous'];
}

const notCorrupt: Invariant = {
  name: 'notCorrupt',
  watch: () => ({ told: ({ kind, data }) => (kind === 'corrupt' ? String(data) : undefined) }),
};

/** What was acknowledged is there for every later look. */
const acknowledgedSurvives: Invariant = {
  name: 'acknowledgedSurvives',
  watch: () => {
    let acknowledged = false;
    return {
      told: ({ kind, data }) => {
        if (kind === 'acknowledged') acknowledged = true;
        if (kind !== 'schema' || !acknowledged) return undefined;
        const { version } = data as { version: unknown };
        return version === 2 ? undefined : `the migration was acknowledged, the version is ${String(version)}`;
      },
    };
  },
};

/** Migrates in a process that crashes, restarts, looks at what is there and tries again. */
function body(faults: readonly DiskFault[], crashes: number) {
  return async ({ sim, subject, workload }: Body<Migrating, Work>): Promise<void> => {
    const { journal } = workload;
    const kept = journal === 'wal' ? 'wal' : 'delete';
    const { synchronous = SYNCHRONOUS[kept] } = workload;
    const disk = sim.disk('ssd', { faults, files: { [FILE]: subject.version1[kept] } });
    const app = sim.process('app', { crashes, restartAfter: [10, 10] });
    await new Promise<void>((done) => {
      app.start(async () => {
        look(sim, disk);
        const { busyTimeout } = subject;
        const connection = openSqlite(disk, FILE, { journal, synchronous, busyTimeout, latency: 0 });
        const { ok } = await sim.attempt('migrate', {}, () => subject.migrate(connection, toVersion2));
        if (ok) sim.tell('acknowledged', null);
        await connection.close();
        // A loss of power may be on its way.
        await sim.sleep(10);
        done();
      });
    });
    look(sim, disk);
  };
}

const workload = fc.record({ journal: fc.constantFrom<Journal>('delete', 'wal') });
/** Each run is some 20 statements of a real SQLite. */
const runs = 300;

const crash = {
  ids: ['C3'],
  subjects: {
    ours: hold(ours),
    'as-found': fail('noPartialMigration', asFound),
    'as-documented': judge(asDocumented),
  },
  invariants: [
    noPartialMigration({ versions }),
    notCorrupt,
    acknowledgedSurvives,
    atRest<Migrating>('retrySucceeds', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'acknowledged')),
    sometimes<Migrating>(
      'triedAgain',
      ({ history: { operations } }) =>
        operations[0]?.abandoned === true && operations.at(-1)?.outcome.kind === 'returned',
    ),
  ],
};

export default [
  scenario<Migrating, Work>({
    ...crash,
    name: 'migrate/process-crash',
    about:
      'The process crashes at any storage operation of a migration and starts again: the schema must be of one version.',
    every: [{ journal: 'delete' }, { journal: 'wal' }],
    body: body([], 1),
  }),
  scenario<Migrating, Work>({
    ...crash,
    name: 'migrate/power-loss',
    about:
      'The power fails at any storage operation of a migration, what was not synced is lost, kept or torn: the schema ' +
      'must be of one version, and stay migrated once that was acknowledged.',
    workload,
    body: body(['power loss'], 0),
    runs,
  }),
  scenario<Migrating, Work>({
    ...crash,
    name: 'migrate/crash-and-power-loss',
    about:
      'The process crashes, starts again, and then the power fails, or the other way round: what the second life trusts ' +
      'must be durable, too.',
    workload,
    body: body(['power loss'], 1),
    runs,
  }),
];
