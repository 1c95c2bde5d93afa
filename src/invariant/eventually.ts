import { sentence, type CheckResult, type Invariant, type Observed } from './invariant.ts';

/**
 * Must come true within `within` virtual ms after the body has settled. No fault strikes in that time.
 *
 * @example
 * ```ts
 * import { eventually } from 'heddle';
 * const freed = eventually<{ reserved: number }>('freed', 60_000, ({ subject }) => subject.reserved === 0);
 * ```
 */
export function eventually<Subject>(
  name: string,
  within: number,
  check: (run: Observed<Subject>) => CheckResult,
): Invariant<Subject> {
  return { name, within, watch: (run) => ({ satisfied: () => sentence(check(run), name) === undefined }) };
}
