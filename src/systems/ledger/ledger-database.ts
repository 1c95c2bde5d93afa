/** What the ledger asks of a database driver: `pg.Pool`, `pg.Client` and `pg.PoolClient` have it. */
export interface LedgerDatabase {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}
