/** Mutants of ours, made to show that the scenarios can see what they look for. */
import { TaskSupervisor, type Child } from 'heddle/systems';
import type { Batches, Ended, MapOptions, Work } from './batches.ts';
import type { Supervision } from './services.ts';

/** Stops all children at once, and none when a start fails. */
export class AllAtOnce implements Supervision {
  readonly #starts: readonly (() => Promise<Child>)[];
  readonly #children: Child[] = [];

  constructor(starts: readonly (() => Promise<Child>)[]) {
    this.#starts = starts;
  }

  async start(): Promise<void> {
    for (const start of this.#starts) this.#children.push(await start());
  }

  async stop(): Promise<void> {
    for (const child of this.#children) child.stop();
    await Promise.allSettled(this.#children.map(async ({ ended }) => ended));
  }
}

/** Results in the order in which they come, and a shutdown that waits for as long as it takes. */
export class AsTheyCome implements Batches {
  readonly #tasks = new TaskSupervisor();

  async parallelMap<I>(items: readonly I[], work: Work<I>, { timeoutMs }: MapOptions): Promise<Ended[]> {
    const results: Ended[] = [];
    const tasks = items.map(async (item) => {
      const { status, ...rest } = await this.#tasks.start((signal) => work(item, signal), { timeoutMs }).outcome;
      results.push(status === 'done' ? (rest as { value: unknown }) : status === 'failed' ? status : 'timed-out');
    });
    await Promise.all(tasks);
    return results;
  }

  scope(body: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return this.#tasks.scope(({ signal }) => body(signal));
  }

  async close(): Promise<void> {
    while (this.#tasks.running > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
