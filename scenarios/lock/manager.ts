import {
  always,
  fc,
  hold,
  noDoubleGrant,
  returnedObject,
  scenario,
  sometimes,
  type Invariant,
  type Operation,
} from 'heddle';
import { LockError, LockManager } from 'heddle/systems';

interface Client {
  key: string;
  waitMs: number;
  leaseMs: number;
  busy: number;
  /** What it does when it has held the lock for `busy` ms. `abort`: it gives up waiting after `busy` ms. */
  then: 'release' | 'renew' | 'forget' | 'abort';
}

/** Alarms ring up to a millisecond late, and once more for one that rang early. */
const LAG = 3;

/** Every grant has a token greater than those before it. */
const tokensGrow: Invariant<LockManager> = {
  name: 'tokensGrow',
  watch: () => {
    let highest = 0;
    return {
      ended: ({ name, outcome }) => {
        if (name !== 'lease' || outcome.kind !== 'returned') return undefined;
        const token = outcome.value as number;
        if (token <= highest) return `token ${token} was given after ${highest}`;
        highest = token;
        return undefined;
      },
    };
  },
};

/** Nothing that a holder does after the end of its lease has an effect. */
const overIsOver: Invariant<LockManager> = {
  name: 'overIsOver',
  watch: () => {
    const leases = new Map<string, number>();
    return {
      ended: (operation) => {
        const { name, task, input, invokedAt, endedAt } = operation;
        const done = name === 'renew' || returnedObject(operation)?.['status'] === 'released';
        if (name === 'acquire' || operation.outcome.kind === 'threw' || (name === 'release' && !done)) return undefined;
        const end = leases.get(task) ?? Infinity;
        if (invokedAt >= end) return `${task} could ${name} at ${invokedAt} ms a lease that had ended at ${end} ms`;
        if (name !== 'release') leases.set(task, endedAt + (input as { leaseMs: number }).leaseMs);
        return undefined;
      },
    };
  },
};

const ended = ({ outcome }: Operation): string | undefined =>
  outcome.kind === 'threw' && outcome.error instanceof LockError ? outcome.error.code : undefined;

export default scenario<LockManager, { clients: Client[]; closeAt: number }>({
  name: 'lock/manager',
  ids: ['B6'],
  about: 'acquire, renew, release, abort and close in any order: two holders, a late grant, a forgotten waiter',
  subjects: { ours: hold(() => new LockManager()) },
  workload: fc.record({
    clients: fc.array(
      fc.record({
        key: fc.constantFrom('a', 'b'),
        waitMs: fc.integer({ min: 0, max: 30 }),
        leaseMs: fc.integer({ min: 1, max: 20 }),
        busy: fc.integer({ min: 0, max: 30 }),
        then: fc.constantFrom<Client['then']>('release', 'renew', 'forget', 'abort'),
      }),
      { minLength: 2, maxLength: 6 },
    ),
    closeAt: fc.constantFrom(1000, 10, 25),
  }),
  body: async ({ sim, subject, workload: { clients, closeAt } }) => {
    const closing = sim.io('close', { latency: closeAt }).then(() => {
      subject.close();
    });
    await sim.clients(clients, async ({ key: resource, waitMs, leaseMs, busy, then }, name) => {
      const impatience = new AbortController();
      if (then === 'abort') {
        void sim.io('give up', { latency: busy }).then(() => {
          impatience.abort();
        });
      }
      const got = await sim.attempt('acquire', { resource, waitMs }, () =>
        subject.acquire(resource, name, { waitMs, leaseMs, signal: impatience.signal }),
      );
      if (!got.ok) return;
      const grant = got.value;
      await sim.op('lease', { resource, leaseMs }, () => grant.token);
      await sim.io('critical section', { latency: [0, busy] });
      if (then === 'renew') {
        await sim.attempt('renew', { resource, leaseMs }, () => subject.renew(grant));
        await sim.io('critical section', { latency: [0, busy] });
      }
      if (then === 'release' || then === 'renew') {
        await sim.op('release', { resource }, () => subject.release(grant));
      }
    });
    await closing;
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    noDoubleGrant({ acquire: 'lease' }),
    tokensGrow,
    overIsOver,
    always('noGrantAfterTimeout', ({ history }) =>
      history.operations.every(
        ({ name, input, outcome, invokedAt, endedAt }) =>
          name !== 'acquire' ||
          outcome.kind !== 'returned' ||
          endedAt <= invokedAt + (input as { waitMs: number }).waitMs,
      ),
    ),
    always('deadlineKept', (run) =>
      run.history.operations.every(
        ({ name, input, invokedAt, endedAt }) =>
          name !== 'acquire' || Math.min(endedAt, run.now()) <= invokedAt + (input as { waitMs: number }).waitMs + LAG,
      ),
    ),
    always<LockManager>('noLostWakeup', ({ subject }) =>
      ['a', 'b'].every((key) => {
        const { holder, waiting } = subject.inspect(key);
        return waiting === 0 || (holder !== undefined && performance.now() <= holder.expiresAt + LAG);
      }),
    ),
    always<LockManager>('oneTimerWhileSomebodyWaits', (run) => {
      const waiting = run.subject.inspect('a').waiting + run.subject.inspect('b').waiting;
      return run.armedTimers().length <= (waiting === 0 ? 0 : 1);
    }),
    ...['acquire-timeout', 'aborted', 'closed'].map((code) =>
      sometimes(code, ({ history }) => history.operations.some((operation) => ended(operation) === code)),
    ),
    sometimes('grantedAtTheEndOfALease', ({ history: { operations } }) =>
      operations.some(
        ({ name, outcome, task, invokedTurn, endedTurn }) =>
          name === 'acquire' &&
          outcome.kind === 'returned' &&
          endedTurn > invokedTurn &&
          operations.every((other) => other.name !== 'release' || other.endedTurn !== endedTurn || other.task === task),
      ),
    ),
    sometimes('renewed', ({ history }) =>
      history.operations.some(({ name, outcome }) => name === 'renew' && outcome.kind === 'returned'),
    ),
  ],
});
