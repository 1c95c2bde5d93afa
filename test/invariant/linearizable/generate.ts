// Histories of an object that behaves as its model, by any number of clients; some of them are then told wrongly.

import type { Call, Model, RecordedCall } from '../../../src/invariant/linearizable/model.ts';

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomness(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An object to generate histories of: what clients ask, and what the answers may be. */
export interface Kind<State, Input> {
  readonly model: Model<State, Input>;
  readonly ask: (random: () => number, id: number) => { readonly name: string; readonly input: Input };
  /** Everything that the operation might return, right or wrong. */
  readonly answers: (name: string) => readonly unknown[];
}

export interface Plan {
  readonly clients: number;
  readonly operations: number;
  /** How likely a client dies with its operation under way, and how likely an operation throws. */
  readonly dies: number;
  readonly throws: number;
  /** How likely an answer is replaced by any other. */
  readonly lies: number;
}

interface Pending {
  readonly index: number;
  answer: unknown;
  done: boolean;
}

type Recorded = { -readonly [K in keyof RecordedCall]: RecordedCall[K] };

export function generate<State, Input>(kind: Kind<State, Input>, plan: Plan, random: () => number): RecordedCall[] {
  const { model } = kind;
  const calls: Recorded[] = [];
  const states = new Map<unknown, State>();
  const underWay: (Pending | null)[] = Array.from({ length: plan.clients }, () => null);
  const dead = new Set<number>();
  let position = 0;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

  /** The operation takes effect, with an answer that the model allows; false if there is none: it waits. */
  const perform = (pending: Pending): boolean => {
    const call = calls[pending.index]! as unknown as Call<Input>;
    const key = model.key?.(call);
    const state = states.has(key) ? states.get(key)! : model.initial;
    const possible = kind.answers(call.name).flatMap((value) => {
      const returned: Call<Input> = { ...call, outcome: { kind: 'returned', value } };
      return Array.from(model.step(state, returned), (next) => ({ value, next }));
    });
    if (possible.length === 0) return false;
    const { value, next } = pick(possible);
    states.set(key, next);
    pending.answer = value;
    pending.done = true;
    return true;
  };

  for (;;) {
    const idle = [...underWay.keys()].filter((client) => underWay[client] === null && !dead.has(client));
    const busy = [...underWay.keys()].filter((client) => underWay[client] !== null && !dead.has(client));
    const canBegin = idle.length > 0 && calls.length < plan.operations;
    if (!canBegin && busy.length === 0) return calls;
    if (canBegin && (busy.length === 0 || random() < 0.4)) {
      const client = pick(idle);
      const { name, input } = kind.ask(random, calls.length);
      const outcome = { kind: 'pending' } as const;
      underWay[client] = { index: calls.length, answer: undefined, done: false };
      calls.push({ name, input, task: `c${client + 1}`, outcome, invokedPosition: position, endedPosition: Infinity });
      position += 1;
      continue;
    }
    const client = pick(busy);
    const pending = underWay[client]!;
    const call = calls[pending.index]!;
    if (random() < plan.dies) dead.add(client);
    else if (!pending.done) {
      // Who waits when nobody is left to begin anything may wait for ever.
      if (!perform(pending) && !canBegin && random() < 0.2) dead.add(client);
    } else {
      call.endedPosition = position;
      position += 1;
      const value = random() < plan.lies ? pick(kind.answers(call.name)) : pending.answer;
      call.outcome = random() < plan.throws ? { kind: 'threw', error: new Error('lost') } : { kind: 'returned', value };
      underWay[client] = null;
    }
  }
}
