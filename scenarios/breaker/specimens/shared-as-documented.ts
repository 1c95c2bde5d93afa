/**
 * Seed 002, F4: the error handler's circuit breaker after the documented fix.
 *
 * The document names `ensure_circuit_breaker_table`, "`:ets.update_counter` for atomic increment operations" and the table
 * format `{name, state, failure_count, opened_at}`. Lines that these bind have no mark; all others are completed, as in
 * `shared-as-found.ts`. `update_counter` changes a number and nothing else: the state needs an operation of its own.
 * A mark alone on its line belongs to the line below it.
 */
export type CircuitBreakerRow = readonly [
  name: string,
  state: 'closed' | 'open',
  failureCount: number,
  openedAt: number,
];

/** What processes see of an ETS table: every operation is atomic by itself. */
export interface EtsTable {
  insertNew(row: CircuitBreakerRow): Promise<boolean>;
  insert(row: CircuitBreakerRow): Promise<void>;
  lookup(name: string): Promise<CircuitBreakerRow | undefined>;
  /** Adds to the failure count and returns it. */
  updateCounter(name: string, by: number): Promise<number>;
}

export class ErrorHandler {
  readonly #ets: EtsTable; // completed
  readonly #threshold: number; // completed
  readonly #openMs: number; // completed

  // completed
  constructor(ets: EtsTable, threshold: number, openMs: number) {
    this.#ets = ets; // completed
    this.#threshold = threshold; // completed
    this.#openMs = openMs; // completed
  } // completed

  async ensureCircuitBreakerTable(name: string): Promise<void> {
    await this.#ets.insertNew([name, 'closed', 0, 0]); // completed
  }

  // completed
  async checkCircuitBreaker(name: string): Promise<'closed' | 'open'> {
    await this.ensureCircuitBreakerTable(name);
    const row = await this.#ets.lookup(name); // completed
    if (row?.[1] === 'open' && performance.now() - row[3] < this.#openMs) return 'open'; // completed
    return 'closed'; // completed
  } // completed

  // completed
  async recordSuccess(name: string): Promise<void> {
    await this.#ets.insert([name, 'closed', 0, 0]); // completed
  } // completed

  // completed
  async recordFailure(name: string): Promise<void> {
    const failureCount = await this.#ets.updateCounter(name, 1);
    if (failureCount >= this.#threshold) await this.#ets.insert([name, 'open', failureCount, performance.now()]);
  } // completed
}
