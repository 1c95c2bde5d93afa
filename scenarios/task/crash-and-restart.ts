import { always, afterBody, fc, hold, judge, scenario, sometimes, type Sim } from 'heddle';
import { Rows } from './specimens/database.ts';
import { inDependencyOrder, runJobs, type Jobs } from './specimens/jobs.ts';
import { asFound, ours, Receiver, type Server } from './specimens/servers.ts';

function jobs(server: Server): (sim: Sim) => Jobs {
  return () => ({ server, rows: new Rows(), receiver: new Receiver() });
}

export default scenario<Jobs, number[]>({
  name: 'task/crash-and-restart',
  ids: ['W2', 'W8'],
  about: 'the process crashes while tasks are delegated, started and completed: one is lost, or performed for nothing',
  restsOn: { 'as-found': 'that a repeated delegation writes the row anew' },
  subjects: { ours: hold(jobs(ours)), 'as-found': judge(jobs(asFound)) },
  workload: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    const process = sim.process('server', { crashes: 2, restartAfter: [5, 50] });
    await runJobs(
      sim,
      subject,
      process,
      workload.map((arrive) => ({ arrive, dependsOn: [] })),
    );
  },
  invariants: [
    afterBody('noneLost', ({ subject: { receiver }, history: { operations } }) => {
      const lost = operations.filter(
        ({ task, outcome }) => outcome.kind === 'returned' && !receiver.effects.includes(task),
      );
      return lost.length === 0 || `${lost.map(({ task }) => task).join(', ')} was acknowledged and never performed`;
    }),
    // Only a crash is a reason to repeat something: so many boots, so many deliveries at most.
    always('nothingForNothing', ({ subject: { receiver }, history: { facts } }) => {
      const boots = facts.filter(({ kind }) => kind === 'boots').length;
      const often = receiver.effects.find((id) => receiver.deliveries.filter((each) => each === id).length > boots);
      return often === undefined || `${often} was performed more often than the process has started`;
    }),
    always('finishedForGood', ({ subject: { rows } }) => {
      return rows.revived.length === 0 || `${rows.revived.join(', ')} had finished, and was stored as unfinished`;
    }),
    inDependencyOrder,
    sometimes('crashed', ({ history: { facts } }) => facts.filter(({ kind }) => kind === 'boots').length > 1),
  ],
  runs: 500,
});
