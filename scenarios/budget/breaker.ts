import { fail, fc, hold, judge, returnedObject, scenario, sometimes, type Body, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 100;
const failureThreshold = 2;

interface Work {
  fails: boolean;
}

const workload = fc.array(fc.record({ fails: fc.boolean() }), { minLength: 1, maxLength: 6 });

async function body({ sim, subject, workload }: Body<Budget, Work[]>): Promise<void> {
  await sim.clients(workload, async ({ fails }, id) => {
    const perform = async (): Promise<number> => {
      await sim.io('work', { latency: [5, 50] });
      if (fails) throw new Error('work failed');
      return 1;
    };
    await sim.attempt('run', { id }, () => subject.run(id, 1, () => sim.op('perform', { fails }, perform)));
  });
}

function shutdown({ subject }: Body<Budget, Work[]>): void {
  subject.close();
}

const breakerSeesFailures: Invariant<Budget> = {
  name: 'breakerSeesFailures',
  watch: ({ subject: { circuitBreaker } }) => {
    let inARow = 0;
    let must = false;
    return {
      ended: ({ name, outcome }) => {
        if (name !== 'perform') return undefined;
        inARow = outcome.kind === 'threw' ? inARow + 1 : 0;
        must ||= inARow === failureThreshold;
        return undefined;
      },
      afterTurn: () =>
        must && circuitBreaker.state === 'CLOSED'
          ? `${failureThreshold} operations failed in a row, and the breaker is CLOSED`
          : undefined,
    };
  },
};

const failuresCount = scenario<Budget, Work[]>({
  name: 'budget/breaker-sees-failures',
  ids: ['B4'],
  about:
    'Operation after operation fails. In the document nobody calls recordFailure, before the fix or after it: the ' +
    'breaker never opens.',
  subjects: {
    ours: hold(() => ours({ limit, failureThreshold })),
    'as-found': fail('breakerSeesFailures', () => asFound({ limit, failureThreshold })),
    'as-documented': judge(() => asDocumented({ limit, failureThreshold })),
  },
  workload,
  body,
  shutdown,
  invariants: [
    breakerSeesFailures,
    sometimes('failedAndSucceeded', ({ history: { operations } }) =>
      ['threw', 'returned'].every((kind) =>
        operations.some(({ name, outcome }) => name === 'perform' && outcome.kind === kind),
      ),
    ),
  ],
});

/** Tells whenever the breaker is told of a success. */
function watchSuccesses({ sim, subject: { circuitBreaker } }: Body<Budget, Work[]>): void {
  const recordSuccess = Reflect.get(circuitBreaker, 'recordSuccess') as (...report: unknown[]) => unknown;
  Object.assign(circuitBreaker, {
    recordSuccess: (...report: unknown[]) => {
      sim.tell('the breaker counts a success', {});
      return Reflect.apply(recordSuccess, circuitBreaker, report);
    },
  });
}

const successOnlyAfterCompletion: Invariant<Budget> = {
  name: 'successOnlyAfterCompletion',
  watch: ({ history: { operations, facts } }) => ({
    told: () => {
      const done = operations.filter(({ name, outcome }) => name === 'perform' && outcome.kind === 'returned').length;
      return facts.length <= done ? undefined : `success number ${facts.length} after ${done} completed operations`;
    },
    atRest: () => {
      const done = operations.filter(({ name, outcome }) => name === 'perform' && outcome.kind === 'returned').length;
      return facts.length === done ? undefined : `${done} operations completed, ${facts.length} successes counted`;
    },
  }),
};

const successesCount = scenario<Budget, Work[]>({
  name: 'budget/success-after-completion',
  ids: ['B4'],
  about: 'As found, the breaker is told of a success when an operation is approved, before it has begun.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': fail('successOnlyAfterCompletion', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload,
  body: async (run) => {
    watchSuccesses(run);
    await body(run);
  },
  shutdown,
  invariants: [successOnlyAfterCompletion],
});

const countsOnReturn = scenario<Budget, Work[]>({
  name: 'budget/success-counted-on-return',
  ids: ['B4'],
  about:
    'The documented recordUsage does not await recordSuccess, which the fix of B5 made async: when it returns, the ' +
    'breaker has not counted the success yet. As found the success was counted at the approval, long before.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': fail('successCountedOnReturn', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload,
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ fails }, id) => {
      const answer = await sim.op('reserve', { id }, () => subject.reserve(id, 1));
      await sim.io('work', { latency: [5, 50] });
      await sim.op('another operation fails', {}, () => subject.failElsewhere());
      if (fails) return;
      await sim.op('spend', { id, amount: 1 }, async () => {
        await subject.spend(id, 1, answer);
        return { failuresInARow: subject.failuresInARow };
      });
    });
  },
  shutdown,
  invariants: [
    {
      name: 'successCountedOnReturn',
      watch: () => ({
        ended: (operation) => {
          const failures = returnedObject(operation)?.['failuresInARow'];
          return failures === undefined || failures === 0
            ? undefined
            : `after the success that was reported, the breaker still counts ${JSON.stringify(failures)} failures in a row`;
        },
      }),
    },
  ],
});

export default [failuresCount, successesCount, countsOnReturn];
