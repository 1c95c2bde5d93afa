/**
 * Specimen: the error type of F16 with the fix as the source document gives it: the two types are closed lists. As types
 * they are for the compiler, in Elixir as in TypeScript; at run time nothing has changed. Marks as in `as-found.ts`.
 */
export type ErrorCategory = 'transient' | 'permanent' | 'resource' | 'validation' | 'system';
export type RecoveryStrategy = 'retry' | 'circuit_break' | 'fallback' | 'propagate' | 'compensate' | null;

// completed
export interface FoundationError {
  readonly category: ErrorCategory;
  readonly recoveryStrategy: RecoveryStrategy;
  readonly message: string; // completed
}

/** Makes the struct of what another process reported. */
// completed
export function newError(reported: unknown): FoundationError {
  return reported as FoundationError; // completed
}
