/**
 * Seed 000, B5: the circuit breaker as the document found it.
 *
 * The document prints none of it. What it says: `recordSuccess` and `recordFailure` were synchronous and unserialised,
 * and `canExecute` had the side effect of a state transition. Hence every line is marked `completed`; a mark alone on
 * its line belongs to the line below it. The document speaks of no store and no network inside the breaker, so there is
 * no await in it.
 */

/** Durations in ms of the wall clock. */
export interface CircuitBreakerOptions {
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
  readonly timeout?: number;
}

export class CircuitBreaker {
  readonly failureThreshold: number; // completed
  readonly successThreshold: number; // completed
  readonly timeout: number; // completed
  state: 'CLOSED' | 'OPEN' | 'HALF_OPEN'; // completed
  failureCount: number; // completed
  successCount: number; // completed
  nextAttemptTime: number; // completed

  // completed
  constructor(options: CircuitBreakerOptions = {}) {
    this.failureThreshold = options.failureThreshold ?? 5; // completed
    this.successThreshold = options.successThreshold ?? 2; // completed
    this.timeout = options.timeout ?? 60_000; // completed
    this.state = 'CLOSED'; // completed
    this.failureCount = 0; // completed
    this.successCount = 0; // completed
    this.nextAttemptTime = 0; // completed
  } // completed

  // completed
  canExecute(): boolean {
    // completed
    if (this.state === 'OPEN') {
      if (Date.now() < this.nextAttemptTime) return false; // completed
      this.state = 'HALF_OPEN'; // completed
      this.successCount = 0; // completed
    } // completed
    return true; // completed
  } // completed

  // completed
  recordSuccess(): void {
    this.failureCount = 0; // completed
    // completed
    if (this.state === 'HALF_OPEN') {
      this.successCount += 1; // completed
      if (this.successCount >= this.successThreshold) this.state = 'CLOSED'; // completed
    } // completed
  } // completed

  // completed
  recordFailure(): void {
    this.failureCount += 1; // completed
    // completed
    if (this.state === 'HALF_OPEN' || this.failureCount >= this.failureThreshold) {
      this.state = 'OPEN'; // completed
      this.nextAttemptTime = Date.now() + this.timeout; // completed
    } // completed
  } // completed
}

/** How a caller uses the breaker: the document shows none. Undefined means refused. */
// completed
export async function guardedCall<T>(
  breaker: CircuitBreaker, // completed
  call: () => Promise<T>, // completed
): Promise<T | undefined> {
  if (!breaker.canExecute()) return undefined; // completed
  let value: T; // completed
  // completed
  try {
    value = await call(); // completed
    // completed
  } catch (error) {
    breaker.recordFailure(); // completed
    throw error; // completed
  } // completed
  breaker.recordSuccess(); // completed
  return value; // completed
} // completed
