import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';
import { nothingStaysReserved } from './specimens/invariants.ts';

const limit = 20;
/** Shorter than the longest work: with us, a second attempt may be approved while the first still works. */
const reservationTtlMs = 40;

export default scenario<Budget, { estimate: number }[]>({
  name: 'budget/one-reservation-per-id',
  ids: ['B1', 'B3'],
  about:
    'A client asks again for the same operation, with another estimate. The second approval overwrites the first: ' +
    'when both have reported, what is reserved is not zero.',
  restsOn: { 'as-found': 'the entry in the map by id', 'as-documented': 'the entry in the map by id' },
  subjects: {
    ours: hold(() => ours({ limit, reservationTtlMs })),
    'as-found': fail('nothingStaysReserved', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(fc.record({ estimate: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    const id = 'report';
    await sim.clients(workload, async ({ estimate }, _, index) => {
      await sim.sleep(index * 30);
      const answer = await sim.op('reserve', { id, estimate }, () => subject.reserve(id, estimate));
      if (!answer.approved) return;
      await sim.io('work', { latency: [5, 80] });
      await sim.op('spend', { id, cost: estimate }, () => subject.spend(id, estimate, answer));
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    nothingStaysReserved(),
    sometimes('twoAtWork', ({ history }) => {
      const done = history.operations.filter(({ outcome }) => outcome.kind === 'returned');
      const approved = done.filter(({ outcome }) => (outcome as { value: { approved?: true } }).value.approved);
      return approved.length - done.filter(({ name }) => name === 'spend').length > 1;
    }),
  ],
});
