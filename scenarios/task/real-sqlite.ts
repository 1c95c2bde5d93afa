import { afterBody, fc, hold, scenario, sometimes, type Disk, type Sim } from 'heddle';
import { inspectSqlite, openSqlite } from 'heddle/sqlite';
import { sqliteDatabase, SqlTaskRepository } from 'heddle/systems';
import { Rows } from './specimens/database.ts';
import { inDependencyOrder, runJobs, type Job, type Jobs } from './specimens/jobs.ts';
import { ours, Receiver } from './specimens/servers.ts';

interface OnDisk extends Jobs {
  readonly disk: Disk;
}

const file = 'tasks.db';

function onDisk(sim: Sim): OnDisk {
  const disk = sim.disk('ssd', { faults: ['power loss', 'io error', 'disk full'], strikes: 2 });
  return { server: ours, rows: new Rows(), receiver: new Receiver(), disk };
}

export default scenario<OnDisk, Job[]>({
  name: 'task/real-sqlite',
  ids: ['W2', 'W8', 'W9'],
  about:
    'crash, power loss, I/O error or a full disk at any storage operation of a real SQLite: a task is lost or torn',
  subjects: { ours: hold(onDisk) },
  workload: fc.array(
    fc.record({ arrive: fc.integer({ min: 0, max: 20 }), dependsOn: fc.constantFrom<number[]>([], [0]) }),
    { minLength: 1, maxLength: 3 },
  ),
  body: async ({ sim, subject, workload }) => {
    const { disk } = subject;
    const process = sim.process('server', { crashes: 1, restartAfter: [5, 50] });
    const open = (): Promise<SqlTaskRepository> => {
      // EXTRA and not FULL for one moment: when the database is turned to WAL, by a transaction with a rollback journal.
      // With FULL its deletion may be undone by a power failure much later, and with it all that was committed since.
      const options = { journal: 'wal', synchronous: 'full', latency: [0, 1] } as const;
      return SqlTaskRepository.open(sqliteDatabase(openSqlite(disk, file, options)));
    };
    // The first depends on nothing.
    const jobs = workload.map(({ arrive, dependsOn }, index) => ({ arrive, dependsOn: index === 0 ? [] : dependsOn }));
    await runJobs(sim, subject, process, jobs, { open });
    // The end of the last one is stored after its effect.
    await sim.sleep(200);
    sim.tell('stored', inspectSqlite(disk, file, 'SELECT id, status FROM task ORDER BY id'));
  },
  invariants: [
    afterBody('noneLost', ({ history: { operations, facts } }) => {
      const stored = facts.find(({ kind }) => kind === 'stored')!.data as readonly { id: string; status: string }[];
      const names = new Set(operations.map(({ task }) => task));
      const open = [...names].filter((name) => !stored.some(({ id, status }) => id === name && status === 'completed'));
      return open.length === 0 || `${open.join(', ')} has not completed: stored is ${JSON.stringify(stored)}`;
    }),
    inDependencyOrder,
    sometimes('startedAgain', ({ history: { facts } }) => facts.filter(({ kind }) => kind === 'boots').length > 1),
    sometimes('startFailed', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'start failed')),
  ],
  // About a hundred statements a run.
  runs: 100,
  maxTurns: 5_000,
});
