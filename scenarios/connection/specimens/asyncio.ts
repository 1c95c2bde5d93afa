/** The two functions of Python's asyncio that the document's code uses, as far as it uses them. */

/** `asyncio.wait_for`: cancels what it waits for, and raises, when the time is over. */
export async function waitFor<T>(perform: (signal: AbortSignal) => Promise<T>, ms: number): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error('TimeoutError');
      reject(error);
      abort.abort(error);
    }, ms);
  });
  const performed = perform(abort.signal);
  // Once the time is over nobody asks how it ended.
  performed.catch(() => undefined);
  try {
    return await Promise.race([performed, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** `asyncio.gather(..., return_exceptions=True)`: results in order, an exception in the place of its result. */
export async function gather<T>(performed: readonly Promise<T>[]): Promise<(T | Error)[]> {
  const settled = await Promise.allSettled(performed);
  return settled.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as Error)));
}
