/**
 * Seed 002, F4: the error handler's circuit breaker as the document found it.
 *
 * The document prints none of it. What it says: the state was kept in `persistent_term`, with race conditions "between
 * concurrent processes updating circuit breaker state". `persistent_term` has `get` and `put` of a whole term and nothing
 * between them, and processes of Elixir run in parallel: between two operations on what they share anything may happen.
 * So each is a call of a store. Every line is completed; a mark alone on its line belongs to the line below it.
 */
export interface CircuitBreakerTerm {
  readonly state: 'closed' | 'open';
  readonly failureCount: number;
  readonly openedAt: number;
}

/** What processes see of `persistent_term`: every operation is atomic by itself. */
export interface PersistentTerm {
  get(name: string): Promise<CircuitBreakerTerm | undefined>;
  put(name: string, term: CircuitBreakerTerm): Promise<void>;
}

export const CLOSED: CircuitBreakerTerm = { state: 'closed', failureCount: 0, openedAt: 0 };

export class ErrorHandler {
  readonly #persistentTerm: PersistentTerm; // completed
  readonly #threshold: number; // completed
  readonly #openMs: number; // completed

  // completed
  constructor(persistentTerm: PersistentTerm, threshold: number, openMs: number) {
    this.#persistentTerm = persistentTerm; // completed
    this.#threshold = threshold; // completed
    this.#openMs = openMs; // completed
  } // completed

  // completed
  async checkCircuitBreaker(name: string): Promise<'closed' | 'open'> {
    const term = (await this.#persistentTerm.get(name)) ?? CLOSED; // completed
    if (term.state === 'open' && performance.now() - term.openedAt < this.#openMs) return 'open'; // completed
    return 'closed'; // completed
  } // completed

  // completed
  async recordSuccess(name: string): Promise<void> {
    await this.#persistentTerm.put(name, CLOSED); // completed
  } // completed

  // completed
  async recordFailure(name: string): Promise<void> {
    const term = (await this.#persistentTerm.get(name)) ?? CLOSED; // completed
    const failureCount = term.failureCount + 1; // completed
    // completed
    if (failureCount >= this.#threshold) {
      await this.#persistentTerm.put(name, { state: 'open', failureCount, openedAt: performance.now() }); // completed
      // completed
    } else {
      await this.#persistentTerm.put(name, { ...term, failureCount }); // completed
    } // completed
  } // completed
}
