import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

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

/** The parts of a {@link MigrationError}; its `cause` is the first error: what the database said. */
export interface MigrationErrorDetails extends CodedErrorDetails {
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
export class MigrationError extends CodedError<MigrationErrorCode> {
  override readonly name: string = 'MigrationError';
  readonly migration: string | undefined;
  readonly statement: string | undefined;

  constructor(code: MigrationErrorCode, details: MigrationErrorDetails) {
    super(code, details);
    this.migration = details.migration;
    this.statement = details.statement;
  }
}
