import type { Sim } from 'heddle';

/** How a receiver says that it has a job. */
export type Reply = 'submitted' | 'completed';

/**
 * Who gets the jobs: far away, it survives every crash of the queue, and it ignores a key that it has seen. Tells when
 * a submission begins (`submit`, in the queue's process) and when a job takes effect (`effect`).
 */
export class Receiver {
  /** In the order in which they took effect. */
  readonly effects: string[] = [];
  /** Jobs whose submission it throws out. */
  readonly refuses: ReadonlySet<string>;
  readonly #sim: Sim;
  readonly #cluster: { run(key: string): Promise<void> };

  constructor(
    sim: Sim,
    options: { faults?: readonly ('lost request' | 'lost reply')[]; refuses?: readonly string[] } = {},
  ) {
    this.#sim = sim;
    this.refuses = new Set(options.refuses);
    const run = (key: string): void => {
      if (this.refuses.has(key)) throw new Error(`job ${key} is refused`);
      if (this.effects.includes(key)) return;
      this.effects.push(key);
      sim.tell('effect', { key });
    };
    this.#cluster = sim.device('cluster', { run }, { latency: [1, 10], faults: options.faults ?? [] });
  }

  readonly submit = (key: string): Promise<void> => {
    this.#sim.tell('submit', { key });
    return this.#cluster.run(key);
  };
}
