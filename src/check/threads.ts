import type { JobKind, Jobs } from './protocol.ts';
import { HangError, Thread } from './thread.ts';

export interface JobOptions<K extends JobKind> {
  readonly fresh?: boolean;
  readonly keep?: (answer: Jobs[K]['answer']) => boolean;
  /** Asked when a thread is free: whether the job need not be done any more. */
  readonly needless?: () => boolean;
}

/** A fixed number of threads that take jobs in the order in which they are asked. */
export class Threads {
  readonly #idle: Thread[] = [];
  readonly #queue: ((thread: Thread) => void)[] = [];
  readonly #all = new Set<Thread>();
  readonly #size: number;
  readonly #provided = new Map<string, unknown>();
  #ended = false;

  constructor(size: number) {
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  #take(): Promise<Thread> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#all.size < this.#size) return Promise.resolve(this.#start());
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  #start(): Thread {
    const thread = new Thread(this.#provided);
    this.#all.add(thread);
    return thread;
  }

  #giveBack(thread: Thread): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#idle.push(thread);
    else next(thread);
  }

  /** A thread that cannot go on is replaced, so that those who wait get theirs. */
  #drop(thread: Thread): void {
    this.#all.delete(thread);
    void thread.end();
    const next = this.#queue.shift();
    if (next !== undefined && !this.#ended) next(this.#start());
  }

  /**
   * Does a job on the next free thread, or, if asked for, on a fresh one in its place. `keep` tells from the answer
   * whether the thread may be used again.
   *
   * @throws HangError when a run made no turn within its limit.
   */
  async do<K extends JobKind>(
    kind: K,
    ask: Jobs[K]['ask'],
    options?: JobOptions<K> & { readonly needless?: undefined },
  ): Promise<Jobs[K]['answer']>;
  async do<K extends JobKind>(kind: K, ask: Jobs[K]['ask'], options: JobOptions<K>): Promise<Jobs[K]['answer'] | null>;
  async do<K extends JobKind>(
    kind: K,
    ask: Jobs[K]['ask'],
    { fresh = false, keep = () => true, needless = () => false }: JobOptions<K> = {},
  ): Promise<Jobs[K]['answer'] | null> {
    let thread = await this.#take();
    if (needless()) {
      this.#giveBack(thread);
      return null;
    }
    if (fresh && thread.jobs > 0) {
      this.#all.delete(thread);
      void thread.end();
      thread = this.#start();
    }
    let good = false;
    try {
      const answer = await thread.do(kind, ask);
      good = keep(answer);
      return answer;
    } catch (error) {
      good = !(error instanceof HangError) && !this.#ended && thread.alive;
      throw error;
    } finally {
      if (good) this.#giveBack(thread);
      else this.#drop(thread);
    }
  }

  /** Does a job on a thread of its own, with ten times the limit. */
  async alone<K extends JobKind>(kind: K, ask: Jobs[K]['ask']): Promise<Jobs[K]['answer']> {
    const thread = new Thread(this.#provided);
    this.#all.add(thread);
    try {
      return await thread.do(kind, ask, true);
    } finally {
      this.#all.delete(thread);
      await thread.end();
    }
  }

  /** Tells all threads, those to come among them, of something that scenarios require. */
  provide(name: string, value: unknown): void {
    this.#provided.set(name, value);
    for (const thread of this.#all) thread.provide(name, value);
  }

  /** Stops all threads, whatever they do. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all([...this.#all].map((thread) => thread.end()));
  }
}
