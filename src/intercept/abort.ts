import { world } from './current.ts';
import { replace } from './replace.ts';

/** Routes `AbortSignal.timeout`, which in Node bypasses the public timers. */
export function interceptAbortTimeout(): void {
  const original = AbortSignal.timeout.bind(AbortSignal);
  replace(AbortSignal, 'timeout', (delay: number): AbortSignal => {
    if (world === null) return original(delay);
    const controller = new AbortController();
    const abort = (): void => {
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    };
    world.setTimer(abort, delay, [], false).unref();
    return controller.signal;
  });
}
