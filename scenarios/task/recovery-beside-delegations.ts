import { afterBody, fail, fc, hold, inputOf, scenario, sometimes, type Remote, type Sim } from 'heddle';
import { Rows } from './specimens/database.ts';
import { stored } from './specimens/invariants.ts';
import { asFound, ours, Receiver, type Server } from './specimens/servers.ts';

interface Setting {
  readonly server: Server;
  readonly rows: Rows;
  readonly receiver: Receiver;
  readonly remote: Remote<Receiver>;
}

function setting(server: Server): (sim: Sim) => Setting {
  return (sim) => {
    const receiver = new Receiver();
    return { server, rows: new Rows(), receiver, remote: sim.device('receiver', receiver, { latency: [0, 3] }) };
  };
}

export default scenario<Setting, { left: ('queued' | 'running')[]; fresh: number[] }>({
  name: 'task/recovery-beside-delegations',
  ids: ['W8'],
  about: 'recovery finds in the database what was delegated a moment ago: no longer in the queue, it is started twice',
  restsOn: { 'as-found': 'what recovery does besides asking the queue' },
  subjects: { ours: hold(setting(ours)), 'as-found': fail('performedOnce', setting(asFound)) },
  workload: fc.record({
    left: fc.array(fc.constantFrom('queued' as const, 'running' as const), { maxLength: 2 }),
    fresh: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 3 }),
  }),
  body: async ({ sim, subject: { server, rows, receiver, remote }, workload: { left, fresh } }) => {
    left.forEach((status, index) => {
      stored({ rows }, { id: `left${index + 1}`, status });
    });
    const { api, recover, close } = server.apart({ sim, rows, receiver: remote });
    const recovery = sim.client('recovery', async () => {
      await sim.io('begin', { latency: [0, 20] });
      await sim.op('recover', {}, recover);
    });
    const clients = sim.clients(fresh, async (arrive, id) => {
      await sim.io('arrive', { latency: arrive });
      await sim.op('delegate', { id }, () => api.delegate(id, []));
    });
    await Promise.all([recovery, clients]);
    for (
      let i = 0;
      i < 50 && (receiver.effects.length < left.length + fresh.length || rows.unfinished().length > 0);
      i += 1
    ) {
      await sim.sleep(10);
    }
    await close();
  },
  invariants: [
    // Nothing crashes here, so nothing needs to be repeated.
    afterBody('performedOnce', ({ subject: { receiver } }) => {
      const twice = receiver.deliveries.find((id, index) => receiver.deliveries.indexOf(id) !== index);
      return twice === undefined || `${twice} was performed twice`;
    }),
    afterBody('noneForgotten', ({ subject: { rows } }) => {
      return rows.unfinished().length === 0 || `${rows.unfinished().join(', ')} was never performed`;
    }),
    sometimes('delegatedMeanwhile', ({ history: { operations } }) => {
      const recovering = operations.find(({ name }) => name === 'recover');
      return operations.some((each) => {
        const during = recovering !== undefined && each.invokedTurn > recovering.invokedTurn;
        return inputOf(each)['id'] !== undefined && during && each.endedTurn < recovering.endedTurn;
      });
    }),
  ],
});
