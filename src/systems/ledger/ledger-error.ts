import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

/**
 * What went wrong, as a closed list to switch on.
 * - `invalid-argument`: an amount, an id, an option or an instant that is none. Nothing was changed.
 * - `request-reused`: the request key stands for a reservation of another amount.
 * - `unknown-reservation`: there is no reservation with this id.
 * - `already-settled`: the reservation has ended with another actual amount, or cannot be cancelled any more.
 * - `serialization`, `deadlock`: the caller's transaction lost against another one. Roll it back and repeat it whole.
 * - `unavailable`: the database did not answer. Whether it did what was asked is not known: ask again, with the same
 *   request key.
 * - `closed`: this ledger was closed.
 */
export type LedgerErrorCode =
  | 'invalid-argument'
  | 'request-reused'
  | 'unknown-reservation'
  | 'already-settled'
  | 'serialization'
  | 'deadlock'
  | 'unavailable'
  | 'closed';

export type LedgerErrorDetails = CodedErrorDetails;

/** The one error of the budget ledger: switch on `code`. A refusal for want of budget is a result and no error. */
export class LedgerError extends CodedError<LedgerErrorCode> {
  override readonly name: string = 'LedgerError';
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
/** Classes of SQLSTATE that say that the server will not do it now: connection, resources, operator intervention. */
const UNAVAILABLE_CLASSES = ['08', '53', '57', '58'];

/** Makes a {@link LedgerError} of what a PostgreSQL driver throws; errors that are bugs of ours stay what they are. */
export function ledgerErrorOf(error: unknown): unknown {
  if (error instanceof LedgerError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const state = typeof code === 'string' ? code : '';
  const details = (expected: string, nextStep: string): LedgerErrorDetails => {
    return { expected, received: error instanceof Error ? error.message : String(error), nextStep, cause: error };
  };
  if (state === SERIALIZATION_FAILURE) {
    const what = 'no other transaction to have changed the same day since this one began';
    return new LedgerError('serialization', details(what, 'roll the transaction back and repeat it whole'));
  }
  if (state === DEADLOCK_DETECTED) {
    return new LedgerError('deadlock', details('locks to be had', 'roll the transaction back and repeat it whole'));
  }
  const isState = /^[0-9A-Z]{5}$/.test(state);
  if (isState && !UNAVAILABLE_CLASSES.includes(state.slice(0, 2))) return error;
  return new LedgerError('unavailable', details('an answer of the database', 'ask again with the same request key'));
}
