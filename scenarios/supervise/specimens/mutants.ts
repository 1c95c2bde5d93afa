/** Mutants of ours, made to show that the scenarios can see what they look for. */
import { TaskSupervisor, type Child } from 'heddle/systems';
import type { Batches, Ended, MapOptions, Work } from './batches.ts';
import type { Supervision } from './services.ts';

/** Does not stop those already started when a start fails; stops in reverse, or all at once. Restarts nobody. */
export class Careless implements Supervision {
  readonly #starts: readonly (() => Promise<Child>)[];
  readonly #stops: 'in reverse' | 'all at once';
  readonly #children: Child[] = [];
  #started: Promise<void> = Promise.resolve();

  constructor(starts: readonly (() => Promise<Child>)[], stops: 'in reverse' | 'all at once') {
    this.#starts = starts;
    this.#stops = stops;
  }

  start(): Promise<void> {
    this.#started = (async () => {
      for (const start of this.#starts) this.#children.push(await start());
    })();
    return this.#started;
  }

  async stop(): Promise<void> {
    await this.#started;
    if (this.#stops === 'all at once') await Promise.all(this.#children.map(end));
    else for (const child of this.#children.toReversed()) await end(child);
  }
}

async function end(child: Child): Promise<void> {
  child.stop();
  const timer = setTimeout(() => {
    child.kill?.();
  }, 50);
  await Promise.allSettled([child.ended]);
  clearTimeout(timer);
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
