/** What went wrong, as a closed list to switch on. */
export type MigrationErrorCode =
  | 'invalid-argument'
  | 'invalid-script'
  | 'transaction-statement'
  | 'statement-failed'
  | 'busy'
  | 'nested'
  | 'unversioned'
  | 'version-table'
  | 'changed'
  | 'newer'
  | 'closed';

/** The parts of a {@link MigrationError}'s message, each a phrase without a full stop. */
export interface MigrationErrorDetails {
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;
  /** The first error: what the database said. */
  readonly cause?: unknown;
  /** The migration's name. */
  readonly migration?: string;
  /** The statement that failed or was refused. */
  readonly statement?: string;
}

/**
 * The one error of the migrator: switch on `code`. After each of them the schema is what it was before, in full; `busy`
 * and `statement-failed` (by a full disk, for example) are worth another try.
 *
 * - `invalid-argument`, `invalid-script`, `transaction-statement`: the migrations are wrong; nothing was run.
 * - `statement-failed`: a statement failed, `cause` says how; everything was rolled back.
 * - `busy`: others held the database for longer than the migrator waits.
 * - `nested`: the connection was in a transaction already; that one was left alone.
 * - `unversioned`: there are tables, but no version table that says which.
 * - `version-table`: the version table is damaged.
 * - `changed`: a migration differs from the one of that number that was applied.
 * - `newer`: the schema is of a later version than the migrations.
 * - `closed`: the migrator was closed.
 */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError';
  readonly code: MigrationErrorCode;
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;
  readonly migration: string | undefined;
  readonly statement: string | undefined;

  constructor(code: MigrationErrorCode, details: MigrationErrorDetails) {
    const { expected, received, nextStep, cause } = details;
    super(`expected ${expected}; received ${received}; ${nextStep}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.expected = expected;
    this.received = received;
    this.nextStep = nextStep;
    this.migration = details.migration;
    this.statement = details.statement;
  }
}
