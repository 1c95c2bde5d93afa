export interface WithinTime<T> {
  /** The first of them that aborts ends the waiting, with `aborted(reason)`. */
  readonly signals?: readonly (AbortSignal | undefined)[];
  /** The error of a time-out. */
  readonly timedOut: () => Error;
  /** The error of an abort. */
  readonly aborted: (reason: unknown) => Error;
  /** Is given what `work` resolved with when nobody waited any more: something to be closed, for example. */
  readonly late?: (value: T) => void;
}

/**
 * Does `work` and settles as it does, or when `ms` have passed, whichever comes first. The signal that `work` is given
 * aborts then; whether `work` obeys makes no difference to who waits: a peer that is gone without a word obeys nobody.
 */
export function withinTime<T>(
  ms: number,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  { signals = [], timedOut, aborted, late }: WithinTime<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = new AbortController();
    let open = true;
    let timer: NodeJS.Timeout | undefined;
    const end = (): boolean => {
      if (!open) return false;
      open = false;
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', onAbort);
      return true;
    };
    const giveUp = (error: Error): void => {
      if (!end()) return;
      reject(error);
      abort.abort(error);
    };
    const onAbort = (): void => {
      giveUp(aborted(signals.find((signal) => signal?.aborted === true)?.reason));
    };
    if (signals.some((signal) => signal?.aborted === true)) {
      onAbort();
      return;
    }
    for (const signal of signals) signal?.addEventListener('abort', onAbort, { once: true });
    if (ms !== Infinity) {
      timer = setTimeout(() => {
        giveUp(timedOut());
      }, ms);
    }
    const perform = async (): Promise<T> => await work(abort.signal);
    perform().then(
      (value) => {
        if (end()) resolve(value);
        else late?.(value);
      },
      (error: unknown) => {
        // After a time-out nobody asks why the work failed as well: most often because it was told to stop.
        if (end()) reject(error);
      },
    );
  });
}
