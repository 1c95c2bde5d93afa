import { afterBody, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, service, trip, type Breaker } from './specimens/adapter.ts';

const options = { openMs: 100, probeTimeoutMs: 200 };

export default scenario<Breaker, { fallsSilent: boolean }[]>({
  name: 'breaker/silent-probe',
  ids: ['B5'],
  about:
    'A probe never reports. Whoever counts probes must not wait for it for ever. The specimens do not count them, so ' +
    'they cannot get stuck.',
  subjects: {
    ours: hold(() => ours(options)),
    'as-found': judge(() => asFound(options)),
    'as-documented': judge(() => asDocumented(options)),
  },
  workload: fc.array(fc.record({ fallsSilent: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    await trip(sim, subject);
    await sim.sleep(options.openMs + 1);
    for (const { fallsSilent } of workload) {
      const work = fallsSilent ? () => new Promise<void>(() => undefined) : service(sim, [1, 10]);
      const call = sim.op('call', { fallsSilent }, () => subject.call(work));
      if (!fallsSilent) await call;
      await sim.io('next caller', { latency: [0, 50] });
    }
    await sim.sleep(options.probeTimeoutMs + 1);
    // Two, because the document needs two where one should be enough.
    await sim.op('call', {}, () => subject.call(service(sim, [1, 10])));
    await sim.op('call', {}, () => subject.call(service(sim, [1, 10])));
  },
  invariants: [
    afterBody('neverStuck', ({ subject: { state } }) =>
      state === 'CLOSED' ? undefined : `the service is well and was called twice, the breaker is ${state}`,
    ),
    sometimes(
      'silentProbe',
      ({ subject: { state }, history: { operations } }) =>
        state !== 'CLOSED' && operations.some(({ outcome, invokedAt }) => outcome.kind === 'pending' && invokedAt > 0),
    ),
  ],
});
