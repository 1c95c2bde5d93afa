import { always, eventually, type Fact, type Invariant } from 'heddle';
import type { Supervise } from './services.ts';

/** Timers are late by up to one virtual ms each. */
const LAG = 5;

const idOf = ({ data }: Fact): string => (data as { id: string }).id;

/** Ids of the services that are up, by what they have told. */
export function upOf(facts: readonly Fact[]): Set<string> {
  const up = new Set<string>();
  for (const fact of facts) {
    if (fact.kind === 'up') up.add(idOf(fact));
    if (['stopped', 'killed', 'ended'].includes(fact.kind)) up.delete(idOf(fact));
  }
  return up;
}

/** A service is told to stop only when all that were started after it are down. Ids are in start order. */
export const dependentsFirst: Invariant<Supervise> = {
  name: 'dependentsFirst',
  watch: ({ history: { facts } }) => ({
    told: (fact) => {
      if (fact.kind !== 'stopping') return undefined;
      const dependent = [...upOf(facts)].find((id) => id > idOf(fact));
      return dependent && `${idOf(fact)} is told to stop at ${fact.at} ms, ${dependent}, which needs it, is up`;
    },
  }),
};

/** The shutdown takes what its children are given at most. */
export function shutdownInTime(boundMs: number): Invariant<Supervise> {
  return always('shutdownInTime', ({ now, history: { operations } }) => {
    const stop = operations.find(({ name }) => name === 'stop');
    const took = stop === undefined ? 0 : Math.min(stop.endedAt, now()) - stop.invokedAt;
    return took <= boundMs + LAG || `the shutdown has taken ${took} ms, ${boundMs} ms is its bound`;
  });
}

/** When the shutdown is over, or the start has failed, nothing is up, and nothing comes up any more. */
export const nothingLeftUp: Invariant<Supervise> = always(
  'nothingLeftUp',
  ({ history: { operations, facts }, now }) => {
    const over = operations.find(
      ({ name, outcome: { kind } }) =>
        (name === 'stop' && kind === 'returned') || (name === 'start' && kind === 'threw'),
    );
    if (over === undefined || now() <= over.endedAt) return true;
    const [left] = upOf(facts.filter(({ at }) => at <= now() - LAG));
    return (
      left === undefined ||
      !upOf(facts).has(left) ||
      `${left} is up at ${now()} ms; all should be down since ${over.endedAt} ms`
    );
  },
);

/** What comes up late, because its start could not be called off, goes down again. */
export const nothingStaysUp: Invariant<Supervise> = eventually(
  'nothingStaysUp',
  1_000,
  ({ history: { facts } }) => upOf(facts).size === 0,
);
