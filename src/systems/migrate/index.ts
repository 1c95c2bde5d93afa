export type { Migration } from './migration.ts';
export { MigrationError, type MigrationErrorCode, type MigrationErrorDetails } from './migration-error.ts';
export { Migrator, type MigrationResult, type MigratorOptions } from './migrator.ts';
