import nodeTimers from 'node:timers';
import { promisify } from 'node:util';
import { Immediate } from '../kernel/immediate.ts';
import { Timeout, type TimerCallback } from '../kernel/timer.ts';
import { world } from './current.ts';
import { takeNodesImmediate } from './host.ts';
import { LoadTimer, belongsToLoader, loading } from './load-timers.ts';
import { real } from './originals.ts';
import { invalidArgument, replace } from './replace.ts';
import { setImmediatePromise, sleep } from './timers-promises.ts';

function timer(callback: unknown, delay: unknown, args: unknown[], repeats: boolean): unknown {
  if (typeof callback !== 'function') throw invalidArgument('callback', 'of type function', callback);
  if (world !== null) return world.setTimer(callback as TimerCallback, delay, args, repeats);
  if (loading && !belongsToLoader()) return new LoadTimer(callback as TimerCallback, delay, args, repeats);
  const set = repeats ? real.setInterval : real.setTimeout;
  return Reflect.apply(set, undefined, [callback, delay, ...args]);
}

function clear(handle: unknown): void {
  if (handle instanceof Timeout || handle instanceof LoadTimer) handle.close();
  else if (world !== null && (typeof handle === 'number' || typeof handle === 'string')) {
    world.timersById?.get(Number(handle))?.close();
  } else real.clearTimeout(handle as NodeJS.Timeout);
}

const dispatchers = {
  setTimeout(callback: unknown, delay?: unknown, ...args: unknown[]): unknown {
    return timer(callback, delay, args, false);
  },
  setInterval(callback: unknown, delay?: unknown, ...args: unknown[]): unknown {
    return timer(callback, delay, args, true);
  },
  setImmediate(callback: unknown, ...args: unknown[]): unknown {
    if (typeof callback !== 'function') throw invalidArgument('callback', 'of type function', callback);
    if (world === null) return Reflect.apply(real.setImmediate, undefined, [callback, ...args]);
    // After a handled uncaught exception Node keeps its loop awake with an empty immediate; the turn loop drains anyway.
    if (takeNodesImmediate(callback)) return undefined;
    return world.setImmediate(callback as TimerCallback, args);
  },
  clearTimeout(handle?: unknown): void {
    clear(handle);
  },
  clearInterval(handle?: unknown): void {
    clear(handle);
  },
  clearImmediate(handle?: unknown): void {
    if (handle instanceof Immediate) handle[Symbol.dispose]();
    else real.clearImmediate(handle as NodeJS.Immediate);
  },
};

/** The dispatchers as installed, to find out whether something else replaced them since. */
export const installedTimers: Readonly<Record<string, unknown>> = dispatchers;

/** Routes the timer functions of the global object and of `node:timers`. */
export function interceptTimers(): void {
  Object.defineProperty(dispatchers.setTimeout, promisify.custom, { enumerable: true, value: sleep });
  Object.defineProperty(dispatchers.setImmediate, promisify.custom, { enumerable: true, value: setImmediatePromise });
  for (const [name, dispatcher] of Object.entries(dispatchers)) {
    replace(globalThis, name, dispatcher);
    replace(nodeTimers, name, dispatcher);
  }
}
