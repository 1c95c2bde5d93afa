/** A cache in front of a store that is far away: one that is right, and three as they are often written. */
import type { Sim } from 'heddle';

export interface Cache {
  read(key: string): Promise<number>;
  write(key: string, value: number): Promise<void>;
}

interface Store {
  get(key: string): Promise<number>;
  set(key: string, value: number): Promise<void>;
}

function farAway(sim: Sim): Store {
  const rows = new Map<string, number>();
  const store = {
    get: (key: string): number => rows.get(key) ?? 0,
    set: (key: string, value: number): void => void rows.set(key, value),
  };
  return sim.device('store', store, { latency: [1, 20] });
}

/**
 * Asks the store once for all who miss at the same time. A write makes everybody ask anew who has not been answered yet:
 * what was asked for before may come from after what is asked for now.
 */
export class OneFetch implements Cache {
  readonly #store: Store;
  readonly #values = new Map<string, Promise<number>>();

  constructor(sim: Sim) {
    this.#store = farAway(sim);
  }

  async read(key: string): Promise<number> {
    for (;;) {
      const fetched = this.#values.get(key) ?? this.#store.get(key);
      this.#values.set(key, fetched);
      const value = await fetched;
      if (this.#values.get(key) === fetched) return value;
    }
  }

  async write(key: string, value: number): Promise<void> {
    await this.#store.set(key, value);
    this.#values.delete(key);
  }
}

/** The same; but who has asked takes what comes, also if somebody has written since. */
export class TakesLate implements Cache {
  readonly #store: Store;
  readonly #values = new Map<string, Promise<number>>();

  constructor(sim: Sim) {
    this.#store = farAway(sim);
  }

  read(key: string): Promise<number> {
    const fetched = this.#values.get(key) ?? this.#store.get(key);
    this.#values.set(key, fetched);
    return fetched;
  }

  async write(key: string, value: number): Promise<void> {
    await this.#store.set(key, value);
    this.#values.delete(key);
  }
}

/** Keeps what comes from the store, also if somebody has written since it was asked for. */
export class FillsLate implements Cache {
  readonly #store: Store;
  readonly #values = new Map<string, number>();

  constructor(sim: Sim) {
    this.#store = farAway(sim);
  }

  async read(key: string): Promise<number> {
    const cached = this.#values.get(key);
    if (cached !== undefined) return cached;
    const value = await this.#store.get(key);
    this.#values.set(key, value);
    return value;
  }

  async write(key: string, value: number): Promise<void> {
    await this.#store.set(key, value);
    this.#values.delete(key);
  }
}

/** Keeps nothing that was asked for before a write; but who misses asks for itself, and some of them hear earlier. */
export class FillsByVersion implements Cache {
  readonly #store: Store;
  readonly #values = new Map<string, number>();
  readonly #writes = new Map<string, number>();

  constructor(sim: Sim) {
    this.#store = farAway(sim);
  }

  async read(key: string): Promise<number> {
    const cached = this.#values.get(key);
    if (cached !== undefined) return cached;
    const version = this.#writes.get(key);
    const value = await this.#store.get(key);
    if (this.#writes.get(key) === version) this.#values.set(key, value);
    return value;
  }

  async write(key: string, value: number): Promise<void> {
    await this.#store.set(key, value);
    this.#writes.set(key, (this.#writes.get(key) ?? 0) + 1);
    this.#values.delete(key);
  }
}
