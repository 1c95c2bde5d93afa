/** `heddle/postgres`: a real PostgreSQL inside the simulation. */
import type { DeviceHost } from '../../kernel/device-host.ts';
import { builtFile } from './built-file.ts';
import { Postgres, type PostgresOptions } from './postgres.ts';

export {
  Postgres,
  type ClientConfig,
  type ConnectionOptions,
  type PostgresOptions,
  type StatementFault,
} from './postgres.ts';

/** What a scenario that uses {@link openPostgres} requires. */
export const postgres: { readonly name: string; readonly provider: string } = {
  name: 'postgres',
  provider: new URL(builtFile('provider.js'), import.meta.url).href,
};

/**
 * A database for one run, empty but for what `setup` and `reset` make. Give {@link Postgres.connection} to an unmodified
 * `pg.Pool` or `pg.Client`.
 *
 * @throws HeddleError `NOT_REQUIRED` when the scenario does not say `requires: [postgres]`; `POSTGRES_FAILED` when
 * the server refuses `setup` or `reset`.
 * @example
 * ```ts
 * import { atRest, fc, judge, scenario } from 'heddle';
 * import { openPostgres, postgres, type Postgres } from 'heddle/postgres';
 * import pg from 'pg';
 *
 * export default scenario<Postgres, number>({
 *   name: 'counter/in-a-database',
 *   requires: [postgres],
 *   subjects: {
 *     counter: judge((sim) =>
 *       openPostgres(sim, {
 *         setup: 'CREATE TABLE counter (value int)',
 *         reset: 'DELETE FROM counter; INSERT INTO counter VALUES (0)',
 *       }),
 *     ),
 *   },
 *   workload: fc.integer({ min: 1, max: 3 }),
 *   runs: 50,
 *   body: async ({ sim, subject, workload }) => {
 *     const pool = new pg.Pool({ ...subject.connection(), max: 3 });
 *     await sim.clients(Array(workload).fill('add'), async () => {
 *       await pool.query('UPDATE counter SET value = value + 1');
 *     });
 *     await pool.end();
 *   },
 *   invariants: [
 *     atRest<Postgres>('counts', ({ subject }) => Number(subject.query('SELECT value FROM counter')[0]?.['value']) > 0),
 *   ],
 * });
 * ```
 */
export function openPostgres(
  sim: { attach<T>(build: (host: DeviceHost) => T): T },
  options: PostgresOptions,
): Postgres {
  return sim.attach((host) => new Postgres(host, options));
}
