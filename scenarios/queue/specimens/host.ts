import { TransportError, type ProcessOptions, type Remote, type Sim } from 'heddle';
import type { Queue, QueueUnderTest } from './adapter.ts';

interface Door {
  enqueue(id: string, dependsOn: readonly string[]): Promise<void>;
  status(id: string): Promise<string | undefined>;
}

/**
 * A process that has the queue, and its clients, who live elsewhere: they ask again until they are answered, and what
 * was acknowledged to them they do not ask for again.
 */
export class QueueHost {
  readonly #sim: Sim;
  readonly #door: Remote<Door>;
  /** Of the latest life of the process; no call comes before its main script has run. */
  #queue: Promise<Queue> | undefined;
  #latest: number | undefined;

  constructor(sim: Sim, subject: QueueUnderTest, submit: (key: string) => Promise<void>, options: ProcessOptions) {
    this.#sim = sim;
    const process = sim.process('queue', options);
    process.start(() => {
      this.#queue = subject.open({ submit, doneWhenAnswered: true });
    });
    const door: Door = {
      enqueue: async (id, dependsOn) => (await this.#queue!).enqueue({ id, dependsOn }),
      status: async (id) => (await this.#queue!).status(id),
    };
    this.#door = sim.device('queue', door, { latency: [0, 5], in: process });
  }

  enqueue(id: string, dependsOn: readonly string[]): Promise<void> {
    return this.#sim.op('enqueue', { id, dependsOn }, () => this.#insist(() => this.#door.enqueue(id, dependsOn)));
  }

  /**
   * The job's status once it is final, or the queue does not know the job; or what it is two seconds after this was asked
   * for the first time.
   */
  async end(id: string): Promise<string | undefined> {
    const latest = (this.#latest ??= this.#sim.now + 2000);
    for (;;) {
      const status = await this.#status(id);
      const ended = status === undefined || ['completed', 'failed', 'cancelled'].includes(status);
      if (ended || this.#sim.now > latest) return status;
      await this.#sim.sleep(100);
    }
  }

  #status(id: string): Promise<string | undefined> {
    return this.#sim.op('status', { id }, () => this.#insist(() => this.#door.status(id)));
  }

  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        await this.#sim.sleep(5);
      }
    }
  }
}
