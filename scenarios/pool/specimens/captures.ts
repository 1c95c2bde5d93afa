/**
 * The three output captures behind the same few words, each behind a simulated child process that prints. Ours is the pool's
 * own: its limits are those of the task.
 */
import type { ChildStep, Children, Sim } from 'heddle';
import { PoolError, WorkerPool } from 'heddle/systems';
import { OutputCapture as DocumentedCapture } from './as-documented.ts';
import * as found from './as-found.ts';

/** What is kept of a task that has no limit of its own, bytes. */
export const DEFAULT_LIMIT = 64;

/** A task as its owner holds it; it may change at any time. */
export interface Printing {
  maxOutputBuffer: number | undefined;
}

export abstract class Capture {
  protected readonly children: Children;
  protected steps: readonly ChildStep[] = [];

  constructor(sim: Sim) {
    this.children = sim.children({ script: () => ({ steps: this.steps }) });
  }

  /** Runs a process that prints, and returns what was kept of it; undefined when the limit was refused. */
  async run(task: Printing, steps: readonly ChildStep[]): Promise<string | undefined> {
    this.steps = steps;
    return await this.perform(task);
  }

  protected abstract perform(task: Printing): Promise<string | undefined>;
}

class Ours extends Capture {
  protected async perform(task: Printing): Promise<string | undefined> {
    const { spawn } = this.children;
    const pool = new WorkerPool({ spawn, maxWorkers: 1, maxOutputBytes: DEFAULT_LIMIT });
    try {
      const spec = { id: 'task', command: 'claude', maxOutputBytes: task.maxOutputBuffer };
      const running = pool.run(spec);
      // What the owner does to its task later reaches the one that it gave to the pool, too.
      Object.defineProperty(spec, 'maxOutputBytes', { get: () => task.maxOutputBuffer });
      return (await running).output.stdout;
    } catch (error) {
      if (error instanceof PoolError && error.code === 'invalid-argument') return undefined;
      throw error;
    } finally {
      await pool.close();
    }
  }
}

class Specimen extends Capture {
  readonly #capture: found.OutputCapture;
  readonly #sim: Sim;

  constructor(sim: Sim, capture: found.OutputCapture) {
    super(sim);
    this.#capture = capture;
    this.#sim = sim;
  }

  protected async perform(task: Printing): Promise<string> {
    const pool = new found.WorkerPool({
      spawner: new found.ProcessSpawner(this.children.spawn),
      monitor: new found.ResourceMonitor(1),
      outputCapture: this.#capture,
      onTaskComplete: () => undefined,
      onTaskTimeout: () => undefined,
    });
    const started = { id: 'task', prompt: '' };
    // The task that the pool was given is the one that its owner holds.
    Object.defineProperty(started, 'maxOutputBuffer', { get: () => task.maxOutputBuffer, enumerable: true });
    await pool.spawn(started);
    // Until the output has ended: when somebody reads it is not part of the capture.
    while (this.children.all.some(({ closed }) => !closed)) await this.#sim.sleep(10);
    return this.#capture.getOutput('task');
  }
}

export const ours = (sim: Sim): Capture => new Ours(sim);
export const asFound = (sim: Sim): Capture => new Specimen(sim, new found.OutputCapture(DEFAULT_LIMIT));
export const asDocumented = (sim: Sim): Capture => new Specimen(sim, new DocumentedCapture(DEFAULT_LIMIT));
