import { afterBody, inputOf, type Fact, type Invariant, type Operation } from 'heddle';

const keyOf = ({ data }: Fact): string => (data as { readonly key: string }).key;
const idOf = (operation: Operation): string => String(inputOf(operation)['id']);
const returned = ({ outcome }: Operation): boolean => outcome.kind === 'returned';

/** Where nothing fails, a job is submitted once. */
export function submittedOnce(): Invariant {
  return {
    name: 'submittedOnce',
    watch: () => {
      const submitted = new Set<string>();
      return {
        told: (fact) => {
          if (fact.kind !== 'submit') return undefined;
          if (submitted.has(keyOf(fact))) return `job ${keyOf(fact)} is submitted a second time`;
          submitted.add(keyOf(fact));
          return undefined;
        },
      };
    },
  };
}

/** In the end every job that was accepted and not cancelled has taken effect. */
export function everyJobIsDone(): Invariant {
  return afterBody('everyJobIsDone', ({ history: { operations, facts } }) => {
    const done = new Set(facts.filter(({ kind }) => kind === 'effect').map(keyOf));
    const cancelled = new Set(operations.filter(({ name }) => name === 'cancel').map(idOf));
    const missing = operations
      .filter((operation) => operation.name === 'enqueue' && returned(operation))
      .map(idOf)
      .filter((id) => !done.has(id) && !cancelled.has(id));
    return missing.length === 0 || `never done: job ${[...new Set(missing)].join(', ')}`;
  });
}

/** In the end every job that was accepted has taken effect, and the queue, asked for its `end`, knows that. */
export function nothingIsLost(): Invariant {
  return afterBody('nothingIsLost', ({ history: { operations, facts } }) => {
    const done = new Set(facts.filter(({ kind }) => kind === 'effect').map(keyOf));
    const lost = operations.find((operation) => operation.name === 'enqueue' && !done.has(idOf(operation)));
    if (lost !== undefined) return `job ${idOf(lost)} is never done`;
    for (const operation of operations) {
      if (operation.name !== 'end' || operation.outcome.kind !== 'returned') continue;
      const { value } = operation.outcome;
      if (value !== 'completed') return `job ${idOf(operation)} is done, and the queue says ${String(value)}`;
    }
    return true;
  });
}

/** A job takes effect once, whatever happens: the receiver sees to it if the key is always the same. */
export function oneEffectEach(): Invariant {
  return {
    name: 'oneEffectEach',
    watch: () => {
      const seen = new Set<string>();
      return {
        told: (fact) => {
          if (fact.kind !== 'effect') return undefined;
          if (seen.has(keyOf(fact))) return `job ${keyOf(fact)} takes effect a second time`;
          seen.add(keyOf(fact));
          return undefined;
        },
      };
    },
  };
}

/** No job is submitted before all that it depends on has taken effect. */
export function inDependencyOrder(): Invariant {
  return {
    name: 'inDependencyOrder',
    watch: () => {
      const dependencies = new Map<string, readonly string[]>();
      const done = new Set<string>();
      return {
        invoked: (operation) => {
          if (operation.name !== 'enqueue') return undefined;
          dependencies.set(idOf(operation), (inputOf(operation)['dependsOn'] ?? []) as readonly string[]);
          return undefined;
        },
        told: (fact) => {
          if (fact.kind === 'effect') done.add(keyOf(fact));
          if (fact.kind !== 'submit') return undefined;
          const early = dependencies.get(keyOf(fact))?.find((each) => !done.has(each));
          return early === undefined ? undefined : `job ${keyOf(fact)} is submitted before job ${early} is done`;
        },
      };
    },
  };
}

/** A job is submitted when everything that it depends on has been reported as completed, at least begun to be. */
export function afterItsDependencies(): Invariant {
  return {
    name: 'afterItsDependencies',
    watch: () => {
      const dependencies = new Map<string, readonly string[]>();
      const reported = new Set<string>();
      return {
        invoked: (operation) => {
          if (operation.name === 'enqueue') {
            dependencies.set(idOf(operation), (inputOf(operation)['dependsOn'] ?? []) as readonly string[]);
          }
          if (operation.name === 'report') reported.add(idOf(operation));
          return undefined;
        },
        told: (fact) => {
          if (fact.kind !== 'submit') return undefined;
          const early = dependencies.get(keyOf(fact))?.find((each) => !reported.has(each));
          return early === undefined ? undefined : `job ${keyOf(fact)} is submitted before job ${early} has completed`;
        },
      };
    },
  };
}

const RANKS: Readonly<Record<string, number>> = {
  pending: 0,
  submitting: 1,
  scheduled: 2,
  submitted: 2,
  completed: 3,
  failed: 3,
  cancelled: 3,
};

/** Who asks for a job's status again and again never sees an earlier one. Each job is watched by one client. */
export function statusMovesForward(): Invariant {
  return {
    name: 'statusMovesForward',
    watch: () => {
      const last = new Map<string, string>();
      return {
        ended: (operation) => {
          if (operation.name !== 'status' || operation.outcome.kind !== 'returned') return undefined;
          const now = operation.outcome.value as string | undefined;
          const before = last.get(idOf(operation)) ?? 'pending';
          if (now === undefined) return undefined;
          last.set(idOf(operation), now);
          return RANKS[now]! >= RANKS[before]! ? undefined : `job ${idOf(operation)} was ${before}, and now is ${now}`;
        },
      };
    },
  };
}

/** No submission begins from the return of a `pause` to the next `resume`. */
export function noneWhilePaused(): Invariant {
  return {
    name: 'noneWhilePaused',
    watch: () => {
      let paused = false;
      return {
        invoked: ({ name }) => {
          if (name === 'resume') paused = false;
          return undefined;
        },
        ended: (operation) => {
          if (operation.name === 'pause' && returned(operation)) paused = true;
          return undefined;
        },
        told: (fact) =>
          paused && fact.kind === 'submit' ? `job ${keyOf(fact)} is submitted while the queue is paused` : undefined,
      };
    },
  };
}

/** No submission of a job begins after its cancellation was acknowledged. */
export function noneAfterCancel(): Invariant {
  return {
    name: 'noneAfterCancel',
    watch: () => {
      const cancelled = new Set<string>();
      return {
        ended: (operation) => {
          const { name, outcome } = operation;
          if (name === 'cancel' && outcome.kind === 'returned' && outcome.value === true)
            cancelled.add(idOf(operation));
          return undefined;
        },
        told: (fact) =>
          fact.kind === 'submit' && cancelled.has(keyOf(fact))
            ? `job ${keyOf(fact)} is submitted after it was cancelled`
            : undefined,
      };
    },
  };
}
