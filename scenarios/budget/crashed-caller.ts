import { eventually, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;
const reservationTtlMs = 1000;

export default scenario<Budget, { estimate: number }[]>({
  name: 'budget/crashed-caller',
  ids: ['B3'],
  about:
    'The process of the callers crashes while they hold reservations: no catch block runs. Without expiry the money ' +
    'is lost for ever.',
  subjects: {
    ours: hold((sim) => ours({ limit, reservationTtlMs, network: sim })),
    'as-found': fail('reservedIsFreed', (sim) => asFound({ limit, network: sim })),
    'as-documented': judge((sim) => asDocumented({ limit, network: sim })),
  },
  workload: fc.array(fc.record({ estimate: fc.integer({ min: 1, max: 5 }) }), { minLength: 1, maxLength: 3 }),
  body: async ({ sim, subject, workload }) => {
    const callers = sim.process('callers', { crashes: 1 });
    const running = workload.map(({ estimate }, index) => {
      const id = `c${index + 1}`;
      const perform = async (): Promise<number> => {
        await sim.io('work', { latency: [5, 50] });
        return estimate;
      };
      const run = (): Promise<unknown> =>
        sim.attempt('run', { id, estimate }, () => subject.run(id, estimate, perform));
      return sim.client(id, run, { in: callers });
    });
    await Promise.all(running);
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    eventually('reservedIsFreed', reservationTtlMs + 100, ({ subject }) => subject.reserved === 0),
    sometimes(
      'crashedWithReservation',
      ({ subject, history: { operations } }) => subject.reserved > 0 && operations.some(({ abandoned }) => abandoned),
    ),
  ],
});
