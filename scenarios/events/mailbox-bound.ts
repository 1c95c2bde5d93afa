import { always, fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import * as bus from './specimens/adapter.ts';
import { LIMIT, type Bus } from './specimens/adapter.ts';

interface Publisher {
  at: number;
  signals: number;
}

const workload = fc.array(fc.record({ at: fc.integer({ min: 0, max: 40 }), signals: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 6,
});

const refused: Invariant<Bus> = sometimes('refused', ({ history: { operations } }) =>
  operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === 'backpressure'),
);

/** The specimens have nothing to close; what they still deliver is no late work. */
const without = ['noLateWork'];

const here = scenario<Bus, Publisher[]>({
  name: 'events/mailbox-bound',
  ids: ['F15'],
  // On printed words alone: "if queue exceeds 10,000" lets the next one in when there are 10,000.
  about: 'publishers are faster than the subscriber: the mailbox grows beyond its bound',
  subjects: {
    ours: hold(bus.ours),
    'as-found': fail('mailboxBounded', bus.asFound),
    'as-documented': judge(bus.asDocumented),
  },
  workload,
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ at, signals }, name) => {
      const emit = subject.publisher();
      await sim.io('later', { latency: at });
      for (let i = 1; i <= signals; i += 1) await sim.op('emit', {}, () => emit(`${name}-${i}`));
    });
  },
  shutdown: ({ subject }) => subject.close(),
  without,
  invariants: [
    always('mailboxBounded', ({ subject: { queued } }) => queued <= LIMIT || `${queued} signals wait, of ${LIMIT}`),
    always('dropsCounted', ({ subject: { dropped }, history }) => {
      const outcomes = history.operations.filter(
        ({ outcome }) => outcome.kind === 'returned' && outcome.value === 'backpressure',
      );
      return dropped === outcomes.length || `${outcomes.length} were refused, ${dropped} counted`;
    }),
    refused,
  ],
});

const elsewhere = scenario<Bus, Publisher[]>({
  name: 'events/mailbox-bound-across-processes',
  ids: ['F15'],
  // On printed words: the check is of the queue of another process, and comes before the emitting. That one more fits
  // ("exceeds") is granted here.
  about: 'publishers in several processes all see room in the mailbox, and then all of them send',
  subjects: {
    ours: hold(bus.oursElsewhere),
    'as-found': fail('oneTooManyAtMost', bus.asFoundElsewhere),
    'as-documented': judge(bus.asDocumentedElsewhere),
  },
  workload,
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ at, signals }, name) => {
      const emit = subject.publisher();
      await sim.client(
        `publisher ${name}`,
        async () => {
          await sim.io('later', { latency: at });
          for (let i = 1; i <= signals; i += 1) await sim.op('emit', {}, () => emit(`${name}-${i}`));
        },
        { in: sim.process(`process ${name}`) },
      );
    });
  },
  shutdown: ({ subject }) => subject.close(),
  without,
  invariants: [
    always('oneTooManyAtMost', ({ subject: { queued } }) => queued <= LIMIT + 1 || `${queued} wait, of ${LIMIT}`),
    refused,
  ],
});

export default [here, elsewhere];
