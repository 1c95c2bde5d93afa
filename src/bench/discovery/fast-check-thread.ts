import { Worker } from 'node:worker_threads';
import type { CompanionFiles, Companions } from './companions.ts';
import type { Outcome } from './contestant.ts';

/** What a thread without heddle in it can be asked. */
export interface FastCheckJobs {
  companions: { ask: CompanionFiles; answer: Companions };
  trial: {
    ask: {
      /** The module that exports `programs`. */
      readonly file: string;
      readonly program: string;
      readonly seed: number;
      readonly cap: number;
    };
    answer: Outcome;
  };
}

export type FastCheckAnswer = { readonly answer: unknown } | { readonly error: string };

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

class FastCheckThread {
  readonly #worker: Worker;
  #waiting: Waiting | null = null;

  constructor() {
    const file = import.meta.url.endsWith('.ts')
      ? '../../../dist/bench/discovery/fast-check-worker.js'
      : './fast-check-worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url));
    this.#worker.on('message', (message: FastCheckAnswer) => {
      if ('error' in message) this.#waiting?.reject(new Error(message.error));
      else this.#waiting?.resolve(message.answer);
    });
    this.#worker.on('error', (error) => {
      this.#waiting?.reject(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', (code) => {
      this.#waiting?.reject(new Error(`a thread for fast-check ended with code ${String(code)}`));
    });
  }

  do(kind: keyof FastCheckJobs, ask: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#worker.postMessage({ kind, ask });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Threads in which nothing is intercepted. Each does one job at a time; there are as many as jobs at the same time. */
export class FastCheckThreads {
  readonly #idle: FastCheckThread[] = [];
  readonly #all: FastCheckThread[] = [];

  async do<K extends keyof FastCheckJobs>(kind: K, ask: FastCheckJobs[K]['ask']): Promise<FastCheckJobs[K]['answer']> {
    const thread = this.#idle.pop() ?? this.#start();
    const answer = await thread.do(kind, ask);
    this.#idle.push(thread);
    return answer as FastCheckJobs[K]['answer'];
  }

  #start(): FastCheckThread {
    const thread = new FastCheckThread();
    this.#all.push(thread);
    return thread;
  }

  /** Stops all threads, whatever they do. */
  async end(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.end()));
  }
}
