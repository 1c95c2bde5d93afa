import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import type { Invariant, ProcessOptions, Scenario } from 'heddle';
import { asDocumented, asFound, ours, service, type Breaker } from './specimens/adapter.ts';

const options = { failureThreshold: 2, successThreshold: 2, openMs: 50, probeTimeoutMs: 60 };

/** A breaker as one would describe it: one call at a time, told what time it is. */
class SequentialBreaker {
  state: Breaker['state'] = 'CLOSED';
  #period = 0;
  #count = 0;
  #openUntil = 0;
  /** Calls under way: in which period each was admitted, and until when it keeps others from being a probe. */
  readonly #underWay = new Map<number, { period: number; until: number }>();

  admits(call: number, now: number): boolean {
    if (this.state === 'OPEN' && now < this.#openUntil) return false;
    const probes = [...this.#underWay.values()].filter(({ period, until }) => period === this.#period && until > now);
    if (this.state === 'HALF_OPEN' && probes.length > 0) return false;
    if (this.state === 'OPEN') this.#become('HALF_OPEN');
    this.#underWay.set(call, { period: this.#period, until: now + options.probeTimeoutMs });
    return true;
  }

  ended(call: number, failed: boolean, now: number): void {
    const period = this.#underWay.get(call)?.period;
    this.#underWay.delete(call);
    // What began in an earlier period says nothing about this one.
    if (period !== this.#period) return;
    const probe = this.state === 'HALF_OPEN';
    this.#count = failed || probe ? this.#count + 1 : 0;
    if (failed && (probe || this.#count === options.failureThreshold)) {
      this.#become('OPEN');
      this.#openUntil = now + options.openMs;
    } else if (!failed && probe && this.#count === options.successThreshold) {
      this.#become('CLOSED');
    }
  }

  #become(state: Breaker['state']): void {
    this.state = state;
    this.#period += 1;
    this.#count = 0;
  }
}

const equalsSequentialBreaker: Invariant<Breaker> = {
  name: 'equalsSequentialBreaker',
  watch: ({ subject }) => {
    const model = new SequentialBreaker();
    const toRefuse = new Set<number>();
    return {
      invoked: ({ index }) => {
        if (!model.admits(index, subject.clock())) toRefuse.add(index);
        return undefined;
      },
      ended: ({ index, outcome }) => {
        const refused = outcome.kind === 'returned' && outcome.value === 'refused';
        if (!refused) model.ended(index, outcome.kind === 'threw', subject.clock());
        else if (!toRefuse.delete(index)) return 'a call was refused that a sequential breaker admits';
        return undefined;
      },
      afterTurn: () => {
        if (toRefuse.size > 0) return 'a call was admitted that a sequential breaker refuses';
        if (subject.state === model.state) return undefined;
        return `it is ${subject.state}, a sequential breaker would be ${model.state}`;
      },
    };
  },
};

type Calls = { arrives: number; takes: number; outcome: 'succeeds' | 'fails' | 'never ends' }[];

function inProcess(name: string, about: string, disturbances: ProcessOptions): Scenario<Breaker, Calls> {
  return scenario<Breaker, Calls>({
    name,
    ids: ['B5'],
    about,
    subjects: {
      ours: hold(() => ours(options)),
      'as-found': fail('equalsSequentialBreaker', () => asFound(options)),
      'as-documented': judge(() => asDocumented(options)),
    },
    workload: fc.array(
      fc.record({
        arrives: fc.integer({ min: 1, max: 300 }),
        takes: fc.integer({ min: 1, max: 150 }),
        outcome: fc.constantFrom('succeeds' as const, 'fails' as const, 'never ends' as const),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    body: async ({ sim, subject, workload }) => {
      const server = sim.process('server', disturbances);
      const clients = workload.map(({ arrives, takes, outcome }, index) => {
        const run = async (): Promise<void> => {
          await sim.sleep(arrives);
          const silent = outcome === 'never ends';
          const work = silent ? () => new Promise<void>(() => undefined) : service(sim, takes, outcome === 'fails');
          const call = sim.attempt('call', { outcome }, () => subject.call(work));
          if (!silent) await call;
        };
        return sim.client(`c${index + 1}`, run, { in: server });
      });
      await Promise.all(clients);
    },
    // Nothing to close: the breaker owns no timer.
    shutdown: () => undefined,
    invariants: [
      equalsSequentialBreaker,
      sometimes(
        'closedAgain',
        ({ subject: { state }, history: { operations } }) =>
          state === 'CLOSED' &&
          operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === 'refused'),
      ),
    ],
  });
}

export default [
  inProcess(
    'breaker/equals-sequential-breaker',
    'Calls of all kinds at all times: each is admitted or refused, and counted, as if they came one after the other.',
    {},
  ),
  inProcess(
    'breaker/equals-sequential-when-disturbed',
    'The same in a process that stalls, whose clock drifts and is set: it must go by the time that has passed for it.',
    { stalls: [200], clockSteps: [3_600_000, -3_600_000], clockRates: [0.9, 1.1], disturbances: 2 },
  ),
];
