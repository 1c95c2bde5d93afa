/**
 * For how long something in the database has been seen unchanged, by this process's monotonic clock.
 *
 * A time that one process writes for another to compare with its own clock is wrong as soon as a clock is set. Nobody
 * writes a time here: each attempt has a name of its own, and whoever has seen that name for as long as a lease may
 * take the attempt for dead, whatever the clocks say. (Amazon's DynamoDB lock client judges leases the same way.)
 */
export class Sightings {
  readonly #since = new Map<string, number>();

  /** Takes note of all there is now, and forgets what is not there any more. `now` in ms, monotonic. */
  see(names: readonly string[], now: number): void {
    const present = new Set(names);
    for (const name of this.#since.keys()) if (!present.has(name)) this.#since.delete(name);
    for (const name of present) if (!this.#since.has(name)) this.#since.set(name, now);
  }

  /** Ms for which it has been seen. */
  age(name: string, now: number): number {
    return now - (this.#since.get(name) ?? now);
  }
}
