/**
 * Seed 000, B5: the circuit breaker after the documented fix.
 *
 * Lines without a mark are the document's own, with types added. Lines marked `completed` stand where the document says
 * "..." or only describes the code in words; a mark alone on its line belongs to the line below it.
 * The document's words that bind them: transitions go through a promise chain (`_acquireStateMutex`); `recordSuccess`
 * and `recordFailure` are async; `canExecute` has no side effect, so OPEN ends in `recordSuccess`, and `canExecute` must
 * say yes in OPEN once the time has come: if it said no, nothing could ever succeed, and OPEN would last for ever.
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
  stateTransitionMutex: Promise<void>;

  constructor(options: CircuitBreakerOptions = {}) {
    this.failureThreshold = options.failureThreshold ?? 5; // completed
    this.successThreshold = options.successThreshold ?? 2; // completed
    this.timeout = options.timeout ?? 60_000; // completed
    this.state = 'CLOSED'; // completed
    this.failureCount = 0; // completed
    this.successCount = 0; // completed
    this.nextAttemptTime = 0; // completed
    this.stateTransitionMutex = Promise.resolve();
  }

  async _acquireStateMutex(): Promise<() => void> {
    const previous = this.stateTransitionMutex; // completed
    let release: () => void = () => undefined; // completed
    // completed
    this.stateTransitionMutex = new Promise<void>((resolve) => {
      release = resolve; // completed
    }); // completed
    await previous; // completed
    return release; // completed
  }

  canExecute(): boolean {
    if (this.state === 'OPEN') return Date.now() >= this.nextAttemptTime; // completed
    return true; // completed
  }

  async recordSuccess(): Promise<void> {
    const unlock = await this._acquireStateMutex();
    try {
      this.failureCount = 0;

      if (this.state === 'OPEN') {
        const now = Date.now();
        if (now >= this.nextAttemptTime) {
          this.state = 'HALF_OPEN';
          this.successCount = 1;
        }
      } else if (this.state === 'HALF_OPEN') {
        this.successCount += 1; // completed
        if (this.successCount >= this.successThreshold) this.state = 'CLOSED'; // completed
      }
    } finally {
      unlock();
    }
  }

  async recordFailure(): Promise<void> {
    const unlock = await this._acquireStateMutex();
    try {
      this.failureCount += 1; // completed
      // completed
      if (this.state === 'HALF_OPEN' || this.failureCount >= this.failureThreshold) {
        this.state = 'OPEN'; // completed
        this.nextAttemptTime = Date.now() + this.timeout; // completed
      } // completed
    } finally {
      unlock();
    }
  }
}

/** How a caller uses the breaker: the document shows none, so every line is completed. Undefined means refused. */
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
    await breaker.recordFailure(); // completed
    throw error; // completed
  } // completed
  await breaker.recordSuccess(); // completed
  return value; // completed
} // completed
