import { inspect } from 'node:util';
import type { CodedErrorDetails } from './coded-error.ts';
import type { FoundationErrorDetails } from './foundation-error.ts';

/** Node's longest timer (ms); a longer delay would fire after 1 ms. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** The parts of an error about `value`, an argument or option that is not what was expected. */
export function wrongArgument(expected: string, value: unknown): CodedErrorDetails {
  return { expected, received: inspect(value, { depth: 0 }), nextStep: 'correct the argument' };
}

/** As {@link wrongArgument}, of an error with a category: nothing but another argument helps. */
export function wrongInput(expected: string, value: unknown): FoundationErrorDetails {
  const nextStep = 'correct the argument; nothing was changed';
  return { ...wrongArgument(expected, value), nextStep, category: 'validation', recoveryStrategy: 'propagate' };
}
