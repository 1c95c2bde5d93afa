import type { Invariant, Observed } from './invariant.ts';

/**
 * Must be true after some turn of at least one run of the campaign: it proves that the scenario reaches the state
 * in which its invariants mean something. A campaign that never reached it is inconclusive.
 *
 * @example
 * ```ts
 * import { sometimes } from 'heddle';
 * const contended = sometimes<{ queued: number }>('contended', ({ subject }) => subject.queued > 1);
 * ```
 */
export function sometimes<Subject>(name: string, check: (run: Observed<Subject>) => boolean): Invariant<Subject> {
  return {
    name,
    sometimes: true,
    watch: (run) => {
      let reached = false;
      return {
        afterTurn: () => {
          if (!reached) reached = check(run);
          return undefined;
        },
        reached: () => reached,
      };
    },
  };
}
