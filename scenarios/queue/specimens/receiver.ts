import type { Remote, Sim } from 'heddle';

export interface ReceiverOptions {
  /** What the way to it may lose. */
  readonly faults?: readonly ('lost request' | 'lost reply')[];
  /** Jobs that it throws out whenever they come. */
  readonly refuses?: readonly string[];
}

/** What is at the other end of the line. */
class Cluster {
  readonly effects: string[] = [];
  readonly #sim: Sim;
  readonly #refuses: readonly string[];
  readonly #waiting = new Map<string, () => void>();

  constructor(sim: Sim, refuses: readonly string[]) {
    this.#sim = sim;
    this.#refuses = refuses;
  }

  run(key: string): void {
    if (this.#refuses.includes(key)) {
      this.#sim.tell('refused', { key });
      throw new Error(`job ${key} is refused`);
    }
    if (this.effects.includes(key)) return;
    this.effects.push(key);
    this.#sim.tell('effect', { key });
    this.#waiting.get(key)?.();
  }

  /** Answers when the job is done. */
  end(key: string): Promise<void> {
    if (this.effects.includes(key)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(key, resolve));
  }
}

/**
 * Who gets the jobs: far away, it survives every crash of the queue, and it ignores a key that it has seen. Tells when
 * a submission begins (`submit`, in the queue's process) and when a job takes effect (`effect`) or is thrown out
 * (`refused`).
 */
export class Receiver {
  readonly #sim: Sim;
  readonly #cluster: Cluster;
  readonly #submissions: Remote<Cluster>;
  readonly #ends: Remote<Cluster>;

  constructor(sim: Sim, { faults = [], refuses = [] }: ReceiverOptions = {}) {
    this.#sim = sim;
    this.#cluster = new Cluster(sim, refuses);
    this.#submissions = sim.device('cluster', this.#cluster, { latency: [1, 10], faults });
    this.#ends = sim.device('news', this.#cluster, { latency: [1, 10] });
  }

  /** Jobs in the order in which they took effect. */
  get effects(): readonly string[] {
    return this.#cluster.effects;
  }

  readonly submit = (key: string): Promise<void> => {
    this.#sim.tell('submit', { key });
    return this.#submissions.run(key);
  };

  /** Resolves when the news has come that the job is done, which may be before its submission is answered. */
  done(key: string): Promise<void> {
    return this.#ends.end(key);
  }
}
