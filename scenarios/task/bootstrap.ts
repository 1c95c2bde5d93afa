import { eventually, fail, fc, hold, scenario, sometimes, type Invariant, type Remote, type Sim } from 'heddle';
import { Rows } from './specimens/database.ts';
import { stored } from './specimens/invariants.ts';
import { asFound, ours, Receiver, servesFirst, type Server } from './specimens/servers.ts';

interface Setting {
  readonly server: Pick<Server, 'start'>;
  readonly rows: Rows;
  readonly remote: Remote<Receiver>;
  serving: boolean;
}

function setting(server: Pick<Server, 'start'>): (sim: Sim) => Setting {
  return (sim) => {
    const remote = sim.device('receiver', new Receiver(), { latency: [0, 3] });
    return { server, rows: new Rows(), remote, serving: false };
  };
}

/** At the moment at which a server begins to serve, its start has read what the last process has left. */
const servesOnlyRecovered: Invariant<Setting> = {
  name: 'servesOnlyRecovered',
  watch: ({ history: { facts } }) => ({
    told: ({ kind }) => {
      if (kind !== 'serves') return undefined;
      const { kind: last } = facts.findLast((fact) => ['boots', 'listed', 'list refused'].includes(fact.kind))!;
      return last === 'listed' ? undefined : `it serves, and what it knows of the last process is: ${last}`;
    },
  }),
};

/** While it serves, nobody would start it again: what it does not see to at once is forgotten for as long. */
const seesToWhatWasLeft: Invariant<Setting> = eventually(
  'seesToWhatWasLeft',
  500,
  ({ subject: { serving, rows } }) => serving && rows.unfinished().length === 0,
);

export default scenario<Setting, { left: ('queued' | 'running')[]; failures: number }>({
  name: 'task/bootstrap',
  ids: ['W9'],
  about: 'recovery cannot read the database, and the server serves all the same: what was left is forgotten',
  restsOn: { 'as-found': 'the start that goes on after the failure, which is described in words' },
  subjects: {
    ours: hold(setting(ours)),
    'as-found': fail('servesOnlyRecovered', setting(asFound)),
    'serves-first': fail('servesOnlyRecovered', setting(servesFirst)),
  },
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
      sim.tell('boots', {});
      await sim.attempt('start', { unreadable }, () =>
        server.start({ sim, rows, receiver, connection }, () => {
          sim.tell('serves', {});
          subject.serving = true;
        }),
      );
    }
  },
  invariants: [
    servesOnlyRecovered,
    seesToWhatWasLeft,
    sometimes('recoveryFailed', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'list refused')),
  ],
  runs: 500,
});
