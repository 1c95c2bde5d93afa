import { sentence, type CheckResult, type Invariant, type Observed } from './invariant.ts';

/**
 * Must hold after every turn.
 *
 * @example
 * ```ts
 * import { always } from 'heddle';
 * const bounded = always<{ used: number; limit: number }>('bounded', ({ subject }) => subject.used <= subject.limit);
 * ```
 */
export function always<Subject>(name: string, check: (run: Observed<Subject>) => CheckResult): Invariant<Subject> {
  return { name, watch: (run) => ({ afterTurn: () => sentence(check(run), name) }) };
}

/** Must hold when the body and the shutdown have settled and nothing of the workload is under way. */
export function atRest<Subject>(name: string, check: (run: Observed<Subject>) => CheckResult): Invariant<Subject> {
  return { name, watch: (run) => ({ atRest: () => sentence(check(run), name) }) };
}

/** Must hold when the body has settled, before the shutdown. */
export function afterBody<Subject>(name: string, check: (run: Observed<Subject>) => CheckResult): Invariant<Subject> {
  return { name, watch: (run) => ({ afterBody: () => sentence(check(run), name) }) };
}
