// The objects of which histories are generated, small enough for brute force to have something to do.

import * as models from '../../../src/invariant/linearizable/models/index.ts';
import type { Kind } from './generate.ts';

const below = (random: () => number, count: number): number => Math.floor(random() * count);

const register: Kind<unknown, models.RegisterInput> = {
  model: models.register({ initial: 0 }),
  ask: (random) => {
    const key = `k${below(random, 2)}`;
    const input = { key, value: below(random, 3), expected: below(random, 3) };
    return { name: ['read', 'read', 'write', 'compareAndSet'][below(random, 4)]!, input };
  },
  answers: (name) => ({ read: [0, 1, 2], write: [undefined] })[name] ?? [true, false],
};

const queue: Kind<readonly unknown[], models.QueueInput> = {
  model: models.queue(),
  ask: (random, id) => (random() < 0.5 ? { name: 'enqueue', input: { value: id } } : { name: 'dequeue', input: {} }),
  answers: (name) => (name === 'enqueue' ? [undefined] : [undefined, 0, 1, 2, 3, 4, 5, 6]),
};

const lock: Kind<string | null, models.MutexInput> = {
  model: models.mutex(),
  ask: (random) => ({ name: random() < 0.6 ? 'acquire' : 'release', input: { resource: `r${below(random, 2)}` } }),
  answers: (name) => (name === 'acquire' ? ['grant', false] : [undefined]),
};

const breaker: Kind<models.BreakerModelState, models.BreakerInput> = {
  model: models.breaker({ failureThreshold: 2, successThreshold: 2 }),
  ask: (random, id) => {
    if (random() < 0.5) return { name: 'admit', input: { call: String(id) } };
    return { name: 'report', input: { call: String(below(random, id + 1)), succeeded: random() < 0.4 } };
  },
  answers: (name) => (name === 'admit' ? [true, false] : [undefined]),
};

const budget: Kind<models.BudgetState, models.BudgetInput> = {
  model: models.budget({ limit: 10 }),
  ask: (random) => {
    const name = ['reserve', 'reserve', 'spend', 'release'][below(random, 4)]!;
    return { name, input: { id: `o${below(random, 4)}`, amount: 3 + below(random, 6) } };
  },
  answers: (name) => (name === 'reserve' ? [{ approved: true }, { approved: false }] : [undefined]),
};

/** A register that may lose what is written to it, or add it: several states may follow. */
const lossy: Kind<number, { readonly value: number }> = {
  model: {
    initial: 0,
    step: (state, { name, input, outcome }) => {
      if (name === 'write') return [state, input.value, (state + input.value) % 3];
      return outcome.kind !== 'returned' || outcome.value === state ? [state] : [];
    },
  },
  ask: (random) => ({ name: random() < 0.5 ? 'read' : 'write', input: { value: below(random, 3) } }),
  answers: (name) => (name === 'read' ? [0, 1, 2] : [undefined]),
};

/** Under what name, and how likely each answer of it is replaced so that both verdicts are frequent. */
export const kinds: readonly { readonly name: string; readonly kind: Kind<unknown, unknown>; readonly lies: number }[] =
  [
    { name: 'register', kind: register, lies: 0.25 },
    { name: 'queue', kind: queue, lies: 0.15 },
    { name: 'lock', kind: lock, lies: 0.4 },
    { name: 'breaker', kind: breaker, lies: 0.4 },
    { name: 'budget', kind: budget, lies: 0.4 },
    { name: 'lossy register', kind: lossy, lies: 0.6 },
  ];
