import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, MINUTE, ours, type Services } from './specimens/adapter.ts';

type Step = { does: 'wait'; minutes: number } | { does: 'clean'; service: 'monitor' | 'bridge' | 'a' | 'b' };

export default scenario<Services, Step[]>({
  name: 'service/no-leaked-timers',
  ids: ['F7'],
  // As found rests on printed words: the monitor had no terminate. That the fix holds rests on completed lines: init.
  about: 'a service is closed and its timer goes on, or a cleanup by hand starts a second chain of timers',
  subjects: {
    ours: hold(() => ours()),
    'as-found': fail('noLeakedTimers', () => asFound()),
    'as-documented': judge(() => asDocumented()),
  },
  workload: fc.array(
    fc.oneof(
      fc.record({ does: fc.constant('wait' as const), minutes: fc.constantFrom(0.5, 1, 2) }),
      fc.record({ does: fc.constant('clean' as const), service: fc.constantFrom('monitor', 'bridge', 'a', 'b') }),
    ),
    { minLength: 1, maxLength: 5 },
  ),
  body: async ({ sim, subject, workload }) => {
    for (const limiter of ['a', 'b']) subject.configureLimiter(limiter);
    await sim.clients(workload, async (step) => {
      // Not a timer, so that all timers are the services'.
      if (step.does === 'wait') await sim.io('wait', { latency: step.minutes * MINUTE });
      else await sim.op('clean', { service: step.service }, () => subject.cleanup(step.service));
    });
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    sometimes('tickedByItself', (run) => run.now() > MINUTE),
    sometimes('cleanedByHand', ({ history }) => history.operations.some(({ endedAt }) => endedAt > 0)),
  ],
});
