import type { Sim } from 'heddle';
import type { Monitored } from 'heddle/systems';

/**
 * An agent somewhere else. Its end is one event, the news of it another. `near`: whoever looks at `alive` knows at once
 * (a child process whose exit code is set before 'exit' is emitted); else the news is all there is.
 */
export class Agent implements Monitored {
  readonly name: string;
  readonly near: boolean;
  /** What it really is. */
  dead = false;
  /** The news of its end has come. */
  known = false;
  /** How long the news takes (virtual ms). */
  newsTakes: readonly [number, number] = [0, 5];
  readonly #sim: Sim;
  readonly #monitors = new Set<(reason: unknown) => void>();

  constructor(sim: Sim, name: string, near: boolean) {
    this.#sim = sim;
    this.name = name;
    this.near = near;
  }

  get alive(): boolean {
    return this.near ? !this.dead : !this.known;
  }

  /** Monitors that were neither taken back nor told. */
  get monitors(): number {
    return this.#monitors.size;
  }

  monitor(onDown: (reason: unknown) => void): () => boolean {
    // Each monitor is one of its own, also if two have the same callback.
    const monitor = (reason: unknown): void => {
      onDown(reason);
    };
    this.#monitors.add(monitor);
    return () => this.#monitors.delete(monitor);
  }

  /** Ends; resolves when the news of it has come. */
  async end(): Promise<void> {
    if (this.dead) return;
    this.dead = true;
    this.#sim.tell('dies', { agent: this.name });
    await this.#sim.io(`DOWN ${this.name}`, { latency: this.newsTakes });
    this.known = true;
    const monitors = [...this.#monitors];
    this.#monitors.clear();
    for (const onDown of monitors) onDown('died');
  }
}
