import { always, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, MINUTE, ours, type Services } from './specimens/adapter.ts';

interface Step {
  limiter: 'a' | 'b';
  does: 'configure' | 'clean';
  /** When, in minutes. */
  at: number;
}

export default scenario<Services, Step[]>({
  name: 'service/one-timer-each',
  ids: ['F7'],
  about:
    'a limiter is configured again: its old timer is overwritten, not cancelled, and nobody can cancel it any more',
  subjects: {
    ours: hold(() => ours()),
    'as-found': fail('oneTimerEach', () => asFound()),
    'as-documented': judge(() => asDocumented()),
  },
  restsOn: {
    'as-found': 'that any process may send the message of the timer, and where a limiter arms its first one',
    'as-documented': 'that a limiter arms its first timer where it is configured, and that it can be configured again',
  },
  workload: fc.array(
    fc.record({
      limiter: fc.constantFrom('a', 'b'),
      does: fc.constantFrom('configure', 'clean'),
      at: fc.constantFrom(0, 0.5, 1, 1.5),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ limiter, does, at }) => {
      // Not a timer, so that all timers are the services'.
      await sim.io('wait', { latency: at * MINUTE });
      await sim.op(does, { limiter }, () => {
        if (does === 'configure') subject.configureLimiter(limiter);
        else return subject.cleanup(limiter);
      });
    });
  },
  shutdown: ({ subject }) => subject.close(),
  // That a timer outlives the shutdown follows; the invariant here says it earlier and more exactly.
  without: ['noLeakedTimers'],
  invariants: [
    always('oneTimerEach', ({ armedTimers, history }) => {
      const configured = history.operations.filter(({ name }) => name === 'configure');
      const limiters = new Set(configured.map(({ input }) => (input as Step).limiter)).size;
      const timers = armedTimers().length;
      return timers <= 2 + limiters || `${timers} timers for a monitor, a bridge and ${limiters} limiters`;
    }),
    sometimes('configuredAgain', ({ history: { operations } }) =>
      operations.some(
        ({ name, input, endedAt, index }) =>
          name === 'configure' &&
          endedAt > 0 &&
          operations.some(
            (other) =>
              other.name === name && other.index < index && (other.input as Step).limiter === (input as Step).limiter,
          ),
      ),
    ),
  ],
});
