import { fail, fc, hold, judge, scenario, sometimes, type Invariant, type Sim } from 'heddle';
import { BreakerError, BreakerService, MemoryBreakerStore } from 'heddle/systems';
import * as documented from './specimens/service-as-documented.ts';
import * as found from './specimens/service-as-found.ts';

/** A backend that is installed, or not, or is installed while the service starts. */
class Backend extends MemoryBreakerStore implements found.Fuse {
  isThere = false;

  #require(): void {
    if (!this.isThere) throw new Error('no such backend');
  }

  async ensureAllStarted(): Promise<void> {
    this.#require();
    await Promise.resolve();
  }

  override read(...args: Parameters<MemoryBreakerStore['read']>): ReturnType<MemoryBreakerStore['read']> {
    this.#require();
    return super.read(...args);
  }
}

interface Subject {
  readonly backend: Backend;
  /** Resolves with whether the service is up; a refusal must say what is missing. */
  start(): Promise<'up' | 'refused'>;
}

const specimen =
  (init: (fuse: found.Fuse) => Promise<found.Init>) =>
  (sim: Sim): Subject => {
    const backend = new Backend();
    const fuse = sim.device('fuse', backend, { latency: [0, 5] });
    return { backend, start: async () => ('ok' in (await init(fuse)) ? 'up' : 'refused') };
  };

function ours(sim: Sim): Subject {
  const backend = new Backend();
  const store = sim.device('store', backend, { latency: [0, 5] });
  const start = async (): Promise<'up' | 'refused'> => {
    try {
      return (await BreakerService.start({ backend: () => store })).status === 'up' ? 'up' : 'refused';
    } catch (error) {
      if (error instanceof BreakerError && error.code === 'BACKEND_MISSING') return 'refused';
      throw error;
    }
  };
  return { backend, start };
}

/** Who says that it is up has had its backend at some moment of its start. */
const neverUpWithoutBackend: Invariant<Subject> = {
  name: 'neverUpWithoutBackend',
  watch: ({ history: { facts } }) => ({
    ended: ({ outcome }) => {
      const there = facts.some(({ kind }) => kind === 'there');
      return outcome.kind === 'returned' && outcome.value === 'up' && !there
        ? 'the service is up, and its backend was never there'
        : undefined;
    },
  }),
};

export default scenario<Subject, { thereAfter: number }>({
  name: 'breaker/service-start',
  ids: ['F8'],
  about:
    'The breaker service starts, and what it stands on is missing. As found it warns and is up all the same; as ' +
    'documented it stops with the reason, and holds.',
  restsOn: { 'as-found': 'that the start goes on after the warning, which is described in words' },
  subjects: {
    ours: hold(ours),
    'as-found': fail('neverUpWithoutBackend', specimen(found.init)),
    'as-documented': judge(specimen(documented.init)),
  },
  workload: fc.record({ thereAfter: fc.constantFrom(0, 5, 1_000) }),
  runs: 300,
  body: async ({ sim, subject, workload: { thereAfter } }) => {
    const installed = sim.client('operator', async () => {
      if (thereAfter > 0) await sim.sleep(thereAfter);
      subject.backend.isThere = true;
      sim.tell('there', {});
    });
    await sim.op('start', { thereAfter }, () => subject.start());
    await installed;
  },
  invariants: [
    neverUpWithoutBackend,
    ...(['up', 'refused'] as const).map((end) =>
      sometimes<Subject>(end, ({ history: { operations } }) =>
        operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === end),
      ),
    ),
  ],
});
