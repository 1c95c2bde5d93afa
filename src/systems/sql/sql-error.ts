/** What went wrong, as a closed list to switch on. */
export type SqlErrorCode =
  'busy' | 'constraint' | 'corrupt' | 'full' | 'io' | 'closed' | 'serialization' | 'invalid-argument' | 'statement';

/**
 * The one error of SQL drivers and what stands on them: switch on `code`. `busy` (another connection holds the lock)
 * and `serialization` (the transaction lost against another one) are worth a retry of the whole transaction.
 */
export class SqlError extends Error {
  override readonly name: string = 'SqlError';
  readonly code: SqlErrorCode;

  constructor(code: SqlErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
