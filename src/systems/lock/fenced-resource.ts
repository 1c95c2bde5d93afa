import { requireToken } from './argument-check.ts';
import { LockError } from './lock-error.ts';

/**
 * A value guarded by fencing tokens: it remembers the highest token seen and refuses a write that carries a smaller
 * one. This, not the lease, is what stops a holder that was paused past the end of its lease.
 *
 * The check and the write are one synchronous step; if they were two, an older write could pass the check first and
 * land last. Keep it so when the value lives elsewhere (one conditional UPDATE, not a SELECT and an UPDATE).
 *
 * What it promises is that the tokens of the accepted writes never decrease. A stale holder that writes before the new
 * one has shown its token is still accepted, and does no harm: the writes are in the order of the grants.
 *
 * Source: M. Kleppmann, "How to do distributed locking", 2016.
 *
 * @example
 * const file = new FencedResource('report.pdf', '');
 * file.write(33, 'first holder');
 * file.write(34, 'second holder');
 * file.write(33, 'first holder, late'); // throws LockError 'stale-token'
 */
export class FencedResource<T> {
  readonly name: string;
  #value: T;
  #highestToken: number;

  /** `highestToken` is for a guard that comes back after a restart: what it had seen before. */
  constructor(name: string, value: T, highestToken = 0) {
    requireToken('highestToken', highestToken);
    this.name = name;
    this.#value = value;
    this.#highestToken = highestToken;
  }

  /** The highest token seen so far; 0 if none. */
  get highestToken(): number {
    return this.#highestToken;
  }

  read(): T {
    return this.#value;
  }

  /** Replaces the value. Throws `LockError` 'stale-token' if a higher token has been seen. */
  write(token: number, value: T): void {
    this.#admit(token);
    this.#value = value;
  }

  /** Replaces the value by `change(value)`, which must be synchronous. Throws as {@link write} does. */
  update(token: number, change: (value: T) => T): void {
    this.#admit(token);
    this.#value = change(this.#value);
  }

  #admit(token: number): void {
    requireToken('token', token);
    if (token < this.#highestToken) {
      throw new LockError('stale-token', {
        expected: `a token of at least ${this.#highestToken} for ${this.name}`,
        received: `token ${token} of a holder whose lease has ended`,
        nextStep: 'acquire the lock again and redo the work from what is there now',
      });
    }
    this.#highestToken = token;
  }
}
