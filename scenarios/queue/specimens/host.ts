import type { Process, ProcessOptions, Remote, Sim } from 'heddle';
import type { Queue, QueueUnderTest } from './adapter.ts';

/** What a process says to a call that comes before it listens. */
class NotListening extends Error {
  readonly code = 'ECONNREFUSED';
}

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
  readonly #process: Process;
  readonly #door: Remote<Door>;
  #queue: Promise<Queue> | undefined;
  #openIn: Process['current'] | undefined;

  constructor(sim: Sim, subject: QueueUnderTest, submit: (key: string) => Promise<void>, options: ProcessOptions) {
    this.#sim = sim;
    this.#process = sim.process('queue', options);
    this.#process.start(() => {
      this.#openIn = this.#process.current;
      this.#queue = subject.open({ submit, doneWhenAnswered: true });
    });
    const door: Door = {
      enqueue: async (id, dependsOn) => (await this.#open()).enqueue(id, { dependsOn }),
      status: async (id) => (await this.#open()).status(id),
    };
    this.#door = sim.device('queue', door, { latency: [0, 5], in: this.#process });
  }

  enqueue(id: string, dependsOn: readonly string[]): Promise<void> {
    return this.#sim.op('enqueue', { id, dependsOn }, () => this.#insist(() => this.#door.enqueue(id, dependsOn)));
  }

  /** The job's status once it is final, or the queue does not know the job; or what it is after two seconds. */
  async end(id: string): Promise<string | undefined> {
    const latest = this.#sim.now + 2000;
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

  #open(): Promise<Queue> {
    if (this.#queue === undefined || this.#openIn !== this.#process.current) return Promise.reject(new NotListening());
    return this.#queue;
  }

  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const { code } = error as { readonly code?: unknown };
        if (code !== 'ECONNREFUSED' && code !== 'ECONNRESET') throw error;
        await this.#sim.sleep(5);
      }
    }
  }
}
