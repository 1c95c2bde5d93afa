import { eventually, fail, fc, hold, scenario, sometimes, type Remote, type Sim } from 'heddle';
import { Rows } from './specimens/database.ts';
import { stored } from './specimens/invariants.ts';
import { asFound, ours, Receiver, type Server } from './specimens/servers.ts';

interface Setting {
  readonly server: Server;
  readonly rows: Rows;
  readonly remote: Remote<Receiver>;
  serving: boolean;
}

function setting(server: Server): (sim: Sim) => Setting {
  return (sim) => {
    const remote = sim.device('receiver', new Receiver(), { latency: [0, 3] });
    return { server, rows: new Rows(), remote, serving: false };
  };
}

export default scenario<Setting, { left: ('queued' | 'running')[]; failures: number }>({
  name: 'task/bootstrap',
  ids: ['W9'],
  about: 'recovery cannot read the database, and the server serves all the same: what was left is forgotten',
  subjects: { ours: hold(setting(ours)), 'as-found': fail('servesOnlyRecovered', setting(asFound)) },
  workload: fc.record({
    left: fc.array(fc.constantFrom('queued' as const, 'running' as const), { minLength: 1, maxLength: 3 }),
    failures: fc.nat(2),
  }),
  body: async ({ sim, subject, workload: { left, failures } }) => {
    const { server, rows, remote: receiver } = subject;
    left.forEach((status, index) => {
      stored({ rows }, { id: `left${index + 1}`, status });
    });
    // Whoever watches over the server starts it again when the start has failed.
    for (let unreadable = failures; !subject.serving; unreadable -= 1) {
      const connection = { unreadable: unreadable > 0 ? 1 : 0 };
      await sim.attempt('start', { unreadable }, () =>
        server.start({ sim, rows, receiver, connection }, () => {
          subject.serving = true;
        }),
      );
    }
  },
  invariants: [
    // While it serves, nobody would start it again: what it has not recovered by then is forgotten.
    eventually(
      'servesOnlyRecovered',
      10_000,
      ({ subject: { serving, rows } }) => serving && rows.unfinished().length === 0,
    ),
    sometimes('recoveryFailed', ({ history: { operations } }) =>
      operations.some(({ input }) => (input as { unreadable: number }).unreadable > 0),
    ),
  ],
  runs: 500,
});
