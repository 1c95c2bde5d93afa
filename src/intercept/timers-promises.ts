import timersPromises from 'node:timers/promises';
import { world } from './current.ts';
import { replace } from './replace.ts';

interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

const original = { ...timersPromises };

function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  return Object.assign(error, { code: 'ABORT_ERR' });
}

/** Resolves through `arm`, rejects when the signal aborts first; as Node's own implementation does. */
function abortable<T>(value: T, options: WaitOptions, arm: (done: () => void) => () => void): Promise<T> {
  const { signal } = options;
  if (signal?.aborted === true) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      disarm();
      reject(abortError(signal!));
    };
    const disarm = arm(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** `timers/promises` `setTimeout`. */
export function sleep<T>(delay?: number, value?: T, options: WaitOptions = {}): Promise<T> {
  const here = world;
  if (here === null) return original.setTimeout(delay, value, options);
  return abortable(value as T, options, (done) => {
    const timer = here.setTimer(done, delay, [], false);
    return () => timer.close();
  });
}

/** `timers/promises` `setImmediate`. */
export function setImmediatePromise<T>(value?: T, options: WaitOptions = {}): Promise<T> {
  const here = world;
  if (here === null) return original.setImmediate(value, options);
  return abortable(value as T, options, (done) => {
    const immediate = here.setImmediate(done, []);
    return () => {
      immediate[Symbol.dispose]();
    };
  });
}

async function* ticks<T>(delay: number | undefined, value: T, options: WaitOptions): AsyncGenerator<T> {
  const here = world!;
  const { signal } = options;
  const aborted = (): boolean => signal?.aborted === true;
  if (signal !== undefined && aborted()) throw abortError(signal);
  let due = 0;
  let wake: () => void = () => undefined;
  const timer = here.setTimer(
    () => {
      due += 1;
      wake();
    },
    delay,
    [],
    true,
  );
  const onAbort = (): void => {
    wake();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      if (due === 0 && !aborted()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (signal !== undefined && aborted()) throw abortError(signal);
      for (; due > 0; due -= 1) yield value;
    }
  } finally {
    timer.close();
    signal?.removeEventListener('abort', onAbort);
  }
}

function interval<T>(delay?: number, value?: T, options: WaitOptions = {}): NodeJS.AsyncIterator<T> {
  return world === null ? original.setInterval(delay, value, options) : ticks(delay, value as T, options);
}

/** Routes `node:timers/promises`, `scheduler` included. */
export function interceptTimersPromises(): void {
  replace(timersPromises, 'setTimeout', sleep);
  replace(timersPromises, 'setImmediate', setImmediatePromise);
  replace(timersPromises, 'setInterval', interval);
  const { scheduler } = timersPromises;
  const prototype: object = Object.getPrototypeOf(scheduler) as object;
  const wait = scheduler.wait.bind(scheduler);
  const yieldNow = scheduler.yield.bind(scheduler);
  replace(prototype, 'wait', (delay: number, options?: WaitOptions) =>
    world === null ? wait(delay, options) : sleep(delay, undefined, options),
  );
  replace(prototype, 'yield', () => (world === null ? yieldNow() : setImmediatePromise()));
}
