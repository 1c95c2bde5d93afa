import { afterBody, fc, hold, scenario, sometimes, type Disk } from 'heddle';
import { inspectSqlite, openSqlite } from 'heddle/sqlite';
import { sqliteDatabase, SqlTaskRepository } from 'heddle/systems';
import { Rows } from './specimens/database.ts';
import { delegateAll, inDependencyOrder, type Jobs } from './specimens/jobs.ts';
import { ours, Receiver, serverProcess } from './specimens/servers.ts';

interface OnDisk extends Jobs {
  readonly disk: Disk;
}

const file = 'tasks.db';

/** A job is given by the numbers of those that it depends on, from 0. */
export interface Workload {
  readonly jobs: readonly (readonly number[])[];
  readonly crashes: number;
}

export default scenario<OnDisk, Workload>({
  name: 'task/crashes-in-order',
  ids: ['W2', 'W8'],
  about:
    'the process crashes between two turns or inside a statement: a task is lost, starves or takes effect too early',
  subjects: {
    ours: hold((sim) => ({ server: ours, rows: new Rows(), receiver: new Receiver(), disk: sim.disk('ssd') })),
  },
  workload: fc.record<Workload>({
    jobs: fc.constantFrom([[], [0]], [[], [0], [0, 1]], [[], [], [0, 1], [1]], [[], [0], [1], [2, 0]]),
    crashes: fc.integer({ min: 1, max: 2 }),
  }),
  body: async ({ sim, subject, workload: { jobs, crashes } }) => {
    const { disk, receiver, rows, server } = subject;
    const process = sim.process('server', { crashes, restartAfter: [5, 50] });
    const open = (): Promise<SqlTaskRepository> =>
      SqlTaskRepository.open(sqliteDatabase(openSqlite(disk, file, { journal: 'wal', latency: [0, 1] })));
    const parts = { rows, receiver: sim.device('receiver', receiver, { latency: [0, 3] }), open };
    await delegateAll(sim, serverProcess({ sim, server, parts }, process), jobs);
    const left = (): number => {
      const [row] = inspectSqlite(disk, file, "SELECT count(*) AS n FROM task WHERE status != 'completed'");
      return Number(row!['n']);
    };
    const until = sim.now + 5_000;
    while (left() > 0 && sim.now < until) await sim.sleep(50);
    sim.tell('at the end', { jobs: jobs.length, left: left() });
  },
  invariants: [
    afterBody('noneLostOrStarved', ({ history: { facts }, subject: { receiver } }) => {
      const { jobs, left } = facts.find(({ kind }) => kind === 'at the end')!.data as { jobs: number; left: number };
      if (left > 0) return `${left} of ${jobs} have not completed`;
      return receiver.effects.length === jobs || `${receiver.effects.length} effects of ${jobs} jobs`;
    }),
    inDependencyOrder,
    sometimes('performedAgain', ({ subject: { receiver } }) => receiver.deliveries.length > receiver.effects.length),
  ],
  // A hundred statements and more in each.
  runs: 100,
  maxTurns: 20_000,
});
