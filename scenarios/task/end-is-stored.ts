import { eventually, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { Rows } from './specimens/database.ts';
import { asDocumented, asFound, ours, Receiver, type Server } from './specimens/servers.ts';

interface Setting {
  readonly server: Pick<Server, 'apart'>;
  readonly rows: Rows;
  close: () => Promise<void>;
}

function setting(server: Pick<Server, 'apart'>): () => Setting {
  return () => ({ server, rows: new Rows(), close: () => Promise.resolve() });
}

export default scenario<Setting, { arrive: number[]; refused: number }>({
  name: 'task/end-is-stored',
  ids: ['W2'],
  about:
    'the work is done, and the database refuses to store that: the task runs for ever, by the cache or by the rows',
  restsOn: { 'as-documented': 'that nobody tries again to store the end' },
  subjects: {
    ours: hold(setting(ours)),
    'as-found': fail('endIsStored', setting(asFound)),
    // Rests on printed lines: the old state is cached, which is what the database has, and nobody tries again.
    'as-documented': judge(setting(asDocumented)),
  },
  workload: fc.record({
    arrive: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 }),
    refused: fc.nat(2),
  }),
  body: async ({ sim, subject, workload: { arrive, refused } }) => {
    const { server, rows } = subject;
    const receiver = sim.device('receiver', new Receiver(), { latency: [0, 3] });
    const { api, close } = server.apart({ sim, rows, receiver, connection: { endsRefused: refused } });
    subject.close = close;
    await sim.clients(arrive, async (ms, id) => {
      await sim.io('arrive', { latency: ms });
      await sim.op('delegate', { id }, () => api.delegate(id, []));
    });
  },
  invariants: [
    eventually('endIsStored', 10_000, ({ subject: { rows } }) => rows.unfinished().length === 0),
    sometimes('refused', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'end refused')),
  ],
  shutdown: ({ subject }) => subject.close(),
  runs: 500,
});
