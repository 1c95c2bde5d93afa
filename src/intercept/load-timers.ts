import type { World } from '../kernel/world.ts';
import type { TimerCallback, Timeout } from '../kernel/timer.ts';
import { run } from './current.ts';
import { real } from './originals.ts';

/**
 * A timer that a module armed while it was loaded. It is real as long as loading lasts (a top-level await may
 * wait for it); what is left then becomes a simulated timer at the start of every run (docs/event-loop.md, fact 10).
 */
export class LoadTimer {
  readonly callback: TimerCallback;
  readonly delay: unknown;
  readonly args: unknown[];
  readonly repeats: boolean;
  #handle: NodeJS.Timeout;

  constructor(callback: TimerCallback, delay: unknown, args: unknown[], repeats: boolean) {
    this.callback = callback;
    this.delay = delay;
    this.args = args;
    this.repeats = repeats;
    const fire = (): void => {
      if (!repeats) armed.delete(this);
      Reflect.apply(callback, this, args);
    };
    this.#handle = repeats ? real.setInterval(fire, delay as number) : real.setTimeout(fire, delay as number);
    armed.add(this);
  }

  #inRun(): Timeout | undefined {
    return run?.inherited.get(this);
  }

  /** Stops the real timer; the simulated ones take over. */
  suspend(): void {
    real.clearTimeout(this.#handle);
  }

  close(): this {
    const timer = this.#inRun();
    if (timer !== undefined) timer.close();
    else if (run === null) {
      armed.delete(this);
      this.suspend();
    }
    return this;
  }

  refresh(): this {
    const timer = this.#inRun();
    if (timer !== undefined) timer.refresh();
    else if (run === null) this.#handle.refresh();
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    if (run === null) this.#handle.unref();
    return this;
  }

  hasRef(): boolean {
    return false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const armed = new Set<LoadTimer>();

/** True while modules of a scenario are being loaded. */
export let loading = false;

/** Frames of these packages arm timers of their own while they load a scenario; those stay real. */
const LOADERS = /[\\/]node_modules[\\/](tsx|esbuild)[\\/]/;

export function belongsToLoader(): boolean {
  return LOADERS.test(new Error('who arms this').stack ?? '');
}

/** Runs `load`, keeping the timers that modules arm meanwhile for the runs to come. */
export async function whileLoading<T>(load: () => Promise<T>): Promise<T> {
  loading = true;
  try {
    return await load();
  } finally {
    loading = false;
    for (const timer of armed) timer.suspend();
  }
}

/** Arms every timer left over from loading in a new world. */
export function inheritLoadTimers(world: World, inherited: Map<object, Timeout>): void {
  for (const timer of armed) {
    inherited.set(timer, world.setTimer(timer.callback, timer.delay, timer.args, timer.repeats));
  }
}
