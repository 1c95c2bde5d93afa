import { HeddleError } from '../kernel/errors.ts';
import type { Standing } from '../check/verdict.ts';

/** What the process's exit code says. */
export const EXIT_CODES = {
  /** Everything as expected: ours held, specimens failed the named invariant. */
  asExpected: 0,
  unexpected: 1,
  /** Bad usage or input. */
  usage: 2,
  /** The harness itself failed: divergence, escape, internal error. */
  harness: 3,
  /** A specimen not caught within the budget, a limit reached, or nothing run because what it requires is not there. */
  inconclusive: 4,
  interrupted: 130,
} as const;

/** For `heddle run --help`. */
export const RUN_EXIT_CODES = `
Exit codes:
  0    everything as expected: what must hold held, what must fail failed
  1    something is not as expected
  2    bad usage or input, or a scenario file that does not load
  3    heddle itself failed: a divergence, an escape, an internal error
  4    inconclusive: a specimen was not caught, a limit was reached, or everything was skipped
  130  interrupted`;

/** Worst first: an uncontrolled run makes every other result doubtful. */
export function exitCodeOf(standings: readonly Standing[], loadErrors: number, skipped: number = 0): number {
  if (standings.includes('broken')) return EXIT_CODES.harness;
  if (standings.includes('unexpected')) return EXIT_CODES.unexpected;
  if (loadErrors > 0) return EXIT_CODES.usage;
  if (standings.includes('inconclusive')) return EXIT_CODES.inconclusive;
  if (standings.length === 0 && skipped > 0) return EXIT_CODES.inconclusive;
  return EXIT_CODES.asExpected;
}

/** An error of the user's ends with 2, one of heddle's with 3. */
export function exitCodeForError(error: unknown): number {
  return error instanceof HeddleError ? EXIT_CODES.usage : EXIT_CODES.harness;
}
