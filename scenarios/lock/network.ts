import {
  eventually,
  fail,
  fc,
  hold,
  noDoubleGrant,
  returnedObject,
  scenario,
  sometimes,
  type ProcessOptions,
} from 'heddle';
import { LockError } from 'heddle/systems';
import { heldMeansHeld } from './specimens/invariants.ts';
import { countsFromReply, DRIFT, ours, type RemoteLocks } from './specimens/remote-locks.ts';

const resource = 'r';
const leaseMs = 60;

const disturbances: ProcessOptions = {
  clockRates: [1 - DRIFT, 1 + DRIFT],
  clockSteps: [3_600_000, -3_600_000],
};

/** Not of those who trust the signal: they have said how late their timers may be. */
const pauses: ProcessOptions = { stalls: [80] };

interface Session {
  waitMs: number;
  steps: number;
  stepMs: number;
  /** How it looks before each write whether it still holds the lock. */
  look: 'clock' | 'signal' | 'never';
  /** Closes its client with the lock in its hands. */
  close: boolean;
}

export default scenario<RemoteLocks, Session[]>({
  name: 'lock/network',
  ids: ['B6'],
  about: 'holders crash, stall, drift and lose messages, and still no two believe in the lock, nor is it lost for ever',
  subjects: { ours: hold(ours), 'counts-from-reply': fail('heldMeansHeld', countsFromReply) },
  workload: fc.array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 200 }),
      steps: fc.integer({ min: 1, max: 4 }),
      // Just within the lease, or several steps to it.
      stepMs: fc.constantFrom(leaseMs - 1, 25, 5),
      look: fc.constantFrom<Session['look']>('clock', 'signal', 'never'),
      close: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  body: async ({ sim, subject, workload }) => {
    const sessions = workload.map(async ({ waitMs, steps, stepMs, look, close }, index) => {
      const name = `c${index + 1}`;
      const session = async (): Promise<void> => {
        const client = subject.client(name);
        const got = await sim.attempt('acquire', { resource, leaseMs }, () =>
          client.acquire(resource, { waitMs, leaseMs }),
        );
        if (got.ok) {
          const lease = got.value;
          for (let step = 0; step < steps; step += 1) {
            await sim.io('work', { latency: stepMs });
            const held = look === 'signal' ? !lease.isLost() : lease.isHeld();
            if (held) sim.tell('believes', { token: lease.token });
            else if (look !== 'never') break;
            await sim.attempt('write', { token: lease.token }, () => subject.store.write(lease.token, name));
          }
          // Closing gives back what is held, too.
          await sim.attempt('release', { resource }, async () => {
            if (close) client.close();
            else await lease.release();
          });
        }
        client.close();
      };
      // Who crashed comes back under the same name.
      for (let crashes = 1, crashed = true; crashed; crashes -= 1) {
        const process = sim.process(name, { ...disturbances, ...(look === 'signal' ? {} : pauses), crashes });
        const run = (): Promise<void> => sim.client(name, session, { in: process });
        const node = sim.device(name, { run }, { latency: 1, in: process });
        crashed = await node.run().then(
          () => false,
          () => true,
        );
      }
    });
    await Promise.all(sessions);
    // From here on no fault strikes.
    const probe = async (): Promise<void> => {
      const client = subject.client('probe');
      const lease = await client.acquire(resource, { waitMs: 1000, leaseMs });
      await lease.release();
      client.close();
      sim.tell('probed', { token: lease.token });
    };
    void sim.client('probe', probe);
  },
  shutdown: async ({ sim, subject }) => {
    await sim.client(
      'closing',
      () => {
        subject.manager.close();
      },
      { in: subject.host },
    );
  },
  invariants: [
    heldMeansHeld,
    noDoubleGrant({ maxDrift: DRIFT }),
    // A crashed holder's lease, the same again for each request that its crash left in the queue, and the way.
    eventually('acquirable', 4 * leaseMs + 150, ({ history }) => history.facts.some(({ kind }) => kind === 'probed')),
    sometimes('crashedHolding', ({ history: { operations } }) =>
      operations.some(({ name, abandoned }) => name === 'write' && abandoned),
    ),
    sometimes('heldByRenewal', ({ history: { operations, facts } }) =>
      facts.some(({ kind, data, at }) => {
        if (kind !== 'believes') return false;
        const { token } = data as { token: number };
        return operations.some((each) => at > each.endedAt + leaseMs && returnedObject(each)?.['token'] === token);
      }),
    ),
    sometimes('staleWriteRefused', ({ history }) =>
      history.operations.some(
        ({ name, outcome }) =>
          name === 'write' &&
          outcome.kind === 'threw' &&
          outcome.error instanceof LockError &&
          outcome.error.code === 'stale-token',
      ),
    ),
  ],
});
