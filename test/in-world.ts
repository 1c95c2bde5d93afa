// Runs small programs inside a world, without a scenario around them.

import type { Chooser, Recorder } from '../src/kernel/choice.ts';
import { World, type Ending, type WorldOptions } from '../src/kernel/world.ts';
import { contextCapture } from '../src/intercept/contexts.ts';
import { enter, leave, type ControlledRun, type Escape } from '../src/intercept/current.ts';
import { createEscapeHook } from '../src/intercept/escapes.ts';
import { withWorldListeners } from '../src/intercept/host.ts';
import { real } from '../src/intercept/originals.ts';
import { idle } from './choosers.ts';

export interface Uncaught {
  readonly error: unknown;
  readonly origin: 'uncaughtException' | 'unhandledRejection';
}

export interface PlayOptions extends Omit<WorldOptions, 'chooser' | 'recorder'> {
  readonly chooser?: Chooser;
  readonly recorder?: Recorder;
  /** Answers `fetch`. */
  readonly fetch?: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Virtual ms at which the run is left. */
  readonly until?: number;
}

/** One program in one world, and what became of it. */
export class Played implements ControlledRun {
  readonly world: World;
  readonly inherited: ControlledRun['inherited'] = new Map();
  readonly uncaught: Uncaught[] = [];
  readonly escapes: Escape[] = [];
  readonly printed: string[] = [];
  readonly exits: number[] = [];
  readonly #fetch: PlayOptions['fetch'];
  ending: Ending = 'stopped';
  /** What the main script returned, or its promise resolved to. */
  result: unknown;

  constructor({ chooser = idle, fetch, until: _, ...options }: PlayOptions) {
    this.world = new World({ maxTurns: 100_000, captureContext: contextCapture, ...options, chooser });
    this.world.onUncaught = (error, origin) => {
      this.uncaught.push({ error, origin });
    };
    this.#fetch = fetch;
  }

  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    if (this.#fetch === undefined) throw new Error('nobody answers fetch here');
    return this.#fetch(input, init);
  }

  output(stream: 'stdout' | 'stderr', text: string): void {
    this.printed.push(`${stream}: ${text}`);
  }

  escaped(escape: Escape): void {
    this.escapes.push(escape);
  }

  exited(code: number): void {
    this.exits.push(code);
    this.world.crash(this.world.process);
  }

  /** Messages of what reached the top of a turn. */
  get errors(): string[] {
    return this.uncaught.map(({ error }) => (error instanceof Error ? error.message : String(error)));
  }
}

/**
 * Runs `main` as the main script of a new world until nothing is pending, or until the promise that it returned has
 * settled. To be called at macrotask level.
 */
export function play(main: (world: World) => unknown, options: PlayOptions = {}): Played {
  const played = new Played(options);
  const { world } = played;
  enter(played);
  try {
    world.main(world.process, world.task, () => {
      const result = main(world);
      if (!(result instanceof Promise)) {
        played.result = result;
        return;
      }
      void result.then((value: unknown) => {
        played.result = value;
        world.stop();
      });
    });
    played.ending = world.run(options.until);
  } finally {
    leave();
  }
  return played;
}

/** Does `body` at macrotask level, with the process's listeners swapped for the world's, as runs want it. */
export function atMacrotask<T>(body: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    real.setImmediate(() => {
      try {
        resolve(withWorldListeners(body));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/** {@link play} from anywhere. */
export function simulate(main: (world: World) => unknown, options?: PlayOptions): Promise<Played> {
  return atMacrotask(() => play(main, options));
}

/** {@link simulate} with the hook that sees escapes. */
export function simulateWatched(main: (world: World) => unknown, options?: PlayOptions): Promise<Played> {
  const hook = createEscapeHook();
  return atMacrotask(() => {
    hook.enable();
    try {
      return play(main, options);
    } finally {
      hook.disable();
    }
  });
}

/** The result of `main` in a world in which nothing may go wrong. */
export async function resultOf<T>(main: (world: World) => T | Promise<T>, options?: PlayOptions): Promise<T> {
  const played = await simulate(main, options);
  const [first] = played.uncaught;
  if (first !== undefined) throw first.error;
  return played.result as T;
}
