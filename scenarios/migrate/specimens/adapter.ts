import { Migrator, sqliteDatabase } from 'heddle/systems';
import { Database as DocumentedDatabase } from './as-documented.ts';
import { Database as FoundDatabase } from './as-found.ts';
import type { Connection, Step } from './connection.ts';
import { PYTHON_TIMEOUT, PythonConnection } from './python-connection.ts';
import { ourVersion1, plainVersion1, toVersion1, type Journal } from './schema.ts';

/** A migrator in the words of the scenarios. */
export interface Migrating {
  /** A database of version 1, with the version table that this migrator keeps. */
  readonly version1: Readonly<Record<Journal, Uint8Array>>;
  /** How long its connections wait for locks, ms: Python's do by themselves, ours waits on timers. */
  readonly busyTimeout: number;
  /** Brings a database of version 1 to version 2; whether there was anything to do. */
  migrate(connection: Connection, step: Step): Promise<boolean>;
}

export function ours(): Migrating {
  return {
    version1: ourVersion1,
    busyTimeout: 0,
    migrate: async (connection, step) => {
      const migrator = new Migrator(sqliteDatabase(connection), [toVersion1, step]);
      const { applied } = await migrator.migrate();
      return applied.length > 0;
    },
  };
}

export function asFound(): Migrating {
  return {
    version1: plainVersion1,
    busyTimeout: PYTHON_TIMEOUT,
    migrate: (connection, step) => new FoundDatabase(new PythonConnection(connection)).migrate(step.script, 2),
  };
}

export function asDocumented(): Migrating {
  return {
    version1: plainVersion1,
    busyTimeout: PYTHON_TIMEOUT,
    migrate: (connection, step) => new DocumentedDatabase(new PythonConnection(connection)).migrate(step.script, 2),
  };
}
