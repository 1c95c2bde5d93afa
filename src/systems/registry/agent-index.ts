import type { Registration } from './registration.ts';

/** Registrations by one of their attributes; keys without any are forgotten. */
export class AgentIndex {
  readonly #byKey = new Map<string, Set<Registration>>();

  add(keys: readonly string[], registration: Registration): void {
    for (const key of keys) {
      const entries = this.#byKey.get(key);
      if (entries === undefined) this.#byKey.set(key, new Set([registration]));
      else entries.add(registration);
    }
  }

  remove(keys: readonly string[], registration: Registration): void {
    for (const key of keys) {
      const entries = this.#byKey.get(key);
      if (entries?.delete(registration) === true && entries.size === 0) this.#byKey.delete(key);
    }
  }

  get(key: string): ReadonlySet<Registration> {
    return this.#byKey.get(key) ?? new Set();
  }

  /** Ids by key, both sorted. */
  contents(): Record<string, string[]> {
    const keys = [...this.#byKey.keys()].sort();
    return Object.fromEntries(keys.map((key) => [key, [...this.get(key)].map(({ id }) => id).sort()]));
  }
}
