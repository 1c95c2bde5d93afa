import { createHash } from 'node:crypto';
import { MigrationError } from './migration-error.ts';
import { sqlStatements, type SqlStatement } from './sql-script.ts';
import { UnendedError } from './sql-tokens.ts';

/** One step from a version of the schema to the next. */
export interface Migration {
  /** Names it in errors and in the version table. */
  readonly name: string;
  /** SQL statements, each ended by a semicolon. No `BEGIN`, `COMMIT` and the like: the migrator's transaction holds them. */
  readonly script: string;
}

/** A migration that was read and found good. */
export interface PreparedMigration {
  /** The version that it leads to, from 1. */
  readonly version: number;
  readonly name: string;
  readonly statements: readonly SqlStatement[];
  /** SHA-256 of the script, hexadecimal. */
  readonly checksum: string;
}

/** What begins, ends or cannot stand in a transaction. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  BEGIN: 'the migrator begins the transaction',
  COMMIT: 'it would end the transaction in the middle of the migration',
  END: 'it would end the transaction in the middle of the migration',
  ROLLBACK: 'it would undo the statements before it',
  SAVEPOINT: 'the migrator ends the transaction',
  RELEASE: 'the migrator ends the transaction',
  VACUUM: 'it cannot run in a transaction',
  ATTACH: 'it cannot run in a transaction',
  DETACH: 'it cannot run in a transaction',
};

/** Pragmas that do in a transaction what they say; others do nothing there, or fail, or outlive a rollback. */
const PRAGMAS = new Set([
  'APPLICATION_ID',
  'DEFER_FOREIGN_KEYS',
  'FOREIGN_KEY_CHECK',
  'LEGACY_ALTER_TABLE',
  'USER_VERSION',
]);

/** Reads all migrations; throws a MigrationError at the first thing that is wrong, before anything runs. */
export function prepare(migrations: readonly Migration[]): PreparedMigration[] {
  const names = new Set<string>();
  return migrations.map((migration, i) => {
    const { name, script } = migration as { readonly name?: unknown; readonly script?: unknown };
    if (typeof name !== 'string' || name === '' || typeof script !== 'string') {
      throw new MigrationError('invalid-argument', {
        expected: 'every migration to have a name and a script',
        received: `${typeof name === 'string' ? JSON.stringify(name) : typeof name} with a script that is ${typeof script} as number ${String(i + 1)}`,
        nextStep: 'give it both, as text',
      });
    }
    if (names.has(name)) {
      throw new MigrationError('invalid-argument', {
        expected: 'every migration to have a name of its own',
        received: `${JSON.stringify(name)} twice`,
        nextStep: 'rename one of them',
        migration: name,
      });
    }
    names.add(name);
    return { version: i + 1, name, statements: statementsOf(name, script), checksum: checksumOf(script) };
  });
}

function checksumOf(script: string): string {
  return createHash('sha256').update(script).digest('hex');
}

function statementsOf(migration: string, script: string): SqlStatement[] {
  let statements: SqlStatement[];
  try {
    statements = sqlStatements(script);
  } catch (error) {
    if (!(error instanceof UnendedError)) throw error;
    throw new MigrationError('invalid-script', {
      expected: `migration ${migration} to consist of whole statements`,
      received: error.message,
      nextStep: 'end it',
      migration,
    });
  }
  for (const { text, words } of statements) {
    const reason = refusal(words);
    if (reason === null) continue;
    throw new MigrationError('transaction-statement', {
      expected: `migration ${migration} to run within one transaction`,
      received: `${text.slice(0, 60)}: ${reason}`,
      nextStep: 'take the statement out; what cannot run in a transaction must be done outside of migrations',
      migration,
      statement: text,
    });
  }
  return statements;
}

function refusal(words: readonly string[]): string | null {
  const [first = '', second = '', dot, fourth = ''] = words;
  // EXPLAIN runs nothing, and so has no business in a migration; what follows it cannot hide there.
  if (first === 'EXPLAIN') return 'it does nothing';
  if (first !== 'PRAGMA') return FORBIDDEN[first] ?? null;
  const name = unquoted(dot === '.' ? fourth : second);
  return PRAGMAS.has(name) ? null : 'this pragma has no effect in a transaction, or one that a rollback does not undo';
}

function unquoted(name: string): string {
  return name.replace(/^["'`[]|["'`\]]$/g, '').toUpperCase();
}
