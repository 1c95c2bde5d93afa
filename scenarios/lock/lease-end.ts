import { fail, fc, hold, scenario, sometimes } from 'heddle';
import { heldMeansHeld } from './specimens/invariants.ts';
import { DRIFT, ours, trustsItsClock, type RemoteLocks } from './specimens/remote-locks.ts';

export default scenario<RemoteLocks, { look: 'clock' | 'signal'; after: number[] }>({
  name: 'lock/lease-end',
  ids: ['B6'],
  about: 'a lease that cannot be renewed ends at the holder before it ends at the manager, whose clock runs faster',
  subjects: { ours: hold(ours), 'trusts-its-clock': fail('heldMeansHeld', trustsItsClock) },
  workload: fc.record({
    look: fc.constantFrom<('clock' | 'signal')[]>('clock', 'signal'),
    after: fc.array(fc.integer({ min: 50, max: 62 }), { minLength: 1, maxLength: 10 }),
  }),
  body: async ({ sim, subject, workload: { look, after } }) => {
    const leaseMs = 60;
    const process = sim.process('far', { clockRates: [1 - DRIFT, 1 + DRIFT] });
    const work = async (): Promise<void> => {
      const client = subject.client('far');
      const acquire = (): ReturnType<typeof client.acquire> => client.acquire('r', { waitMs: 0, leaseMs });
      const got = await sim.attempt('acquire', { resource: 'r', leaseMs }, acquire);
      if (!got.ok) return;
      subject.cut = true;
      const lease = got.value;
      const looks = after.map(async (ms) => {
        await sim.io('look', { latency: ms });
        const held = look === 'signal' ? !lease.isLost() : lease.isHeld();
        sim.tell(held ? 'believes' : 'knows', { token: lease.token });
      });
      await Promise.all(looks);
    };
    await sim.client('far', work, { in: process });
  },
  invariants: [
    heldMeansHeld,
    sometimes('knew', ({ history }) => history.facts.some(({ kind }) => kind === 'knows')),
    sometimes('believed', ({ history }) => history.facts.some(({ kind }) => kind === 'believes')),
  ],
});
