/**
 * Specimen: the error type of F16 as the source document describes it before the fix: category and strategy are atoms,
 * any atoms. The document prints no code; what is completed is marked, a mark alone on its line belongs to the line below it.
 */
export type ErrorCategory = string;
export type RecoveryStrategy = string | null;

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
