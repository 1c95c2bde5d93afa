import { always, fc, hold, scenario, sometimes } from 'heddle';
import { RateLimiter } from 'heddle/systems';

const LIMIT = 3;
const WINDOW = 100;

interface Asking {
  at: number;
  limiter: 'a' | 'b';
  does: 'ask' | 'clean' | 'configure';
}

export default scenario<RateLimiter, Asking[]>({
  name: 'service/rate-limit',
  ids: ['F7'],
  about: 'a cleanup, or a limiter that is configured again, forgets requests, and too many are allowed in one window',
  subjects: {
    ours: hold(() => {
      const limiter = new RateLimiter();
      for (const id of ['a', 'b']) limiter.configureLimiter(id, { limit: LIMIT, windowMs: WINDOW });
      return limiter;
    }),
  },
  workload: fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 3 * WINDOW }),
      limiter: fc.constantFrom('a', 'b'),
      does: fc.constantFrom('ask', 'ask', 'ask', 'clean', 'configure'),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ at, limiter, does }) => {
      await sim.io('later', { latency: at });
      await sim.op(does, { limiter }, () => {
        if (does === 'ask') return subject.checkRate(limiter, 'client').allowed;
        if (does === 'clean') return subject.cleanup(limiter);
        subject.configureLimiter(limiter, { limit: LIMIT, windowMs: WINDOW });
        return undefined;
      });
    });
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    always('withinTheLimit', ({ history: { operations } }) => {
      for (const limiter of ['a', 'b']) {
        const asked = operations.filter(({ name, input }) => name === 'ask' && (input as Asking).limiter === limiter);
        const allowed = asked.filter(({ outcome }) => outcome.kind === 'returned' && outcome.value === true);
        for (const { endedAt } of allowed) {
          const within = allowed.filter((other) => other.endedAt > endedAt - WINDOW && other.endedAt <= endedAt).length;
          if (within > LIMIT) return `${limiter} allowed ${within} within the ${WINDOW} ms before ${endedAt} ms`;
        }
        // And nobody is refused who need not be.
        for (const { endedAt, outcome, index } of asked) {
          if (outcome.kind !== 'returned' || outcome.value !== false) continue;
          const before = allowed.filter((other) => other.index < index && other.endedAt > endedAt - WINDOW).length;
          if (before < LIMIT) return `${limiter} refused at ${endedAt} ms, after ${before} within ${WINDOW} ms`;
        }
      }
      return true;
    }),
    sometimes('refused', ({ history }) =>
      history.operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === false),
    ),
  ],
});
