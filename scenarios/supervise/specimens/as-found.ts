/**
 * Seed 002, F1: batch operations as the document found them. Kept because they are wrong.
 *
 * The document prints no code: it names the three functions, `Task.async_stream`, and what is wrong with it ("could leak
 * resources if the calling process crashes"). So everything below is completed; the mark says from what.
 * Elixir's own `Task.async_stream` links its children to the caller, so that they would die with it. The document says
 * the opposite of the code that it found, and the document is what this specimen follows.
 * Node cannot kill a function. What stands for a process that can be killed is a child with an `AbortSignal`.
 */
export type Result<O> = { readonly ok: O } | { readonly exit: unknown }; // completed: {:ok, result} and {:exit, reason}

export interface StreamOptions {
  readonly maxConcurrency: number; // completed: async_stream's max_concurrency
  readonly timeout: number; // completed: async_stream's timeout (ms); a child that exceeds it is killed
}

/** How a child is started: by whom it is known is what the fix changed. */
export type Spawn = <O>(fun: (signal: AbortSignal) => Promise<O>) => { readonly result: Promise<O>; kill(): void };

// completed: a child that nobody but its caller knows
export const spawnUnsupervised: Spawn = (fun) => {
  const abort = new AbortController(); // completed
  // completed
  return {
    result: fun(abort.signal), // completed
    // completed
    kill: () => {
      abort.abort(); // completed
    }, // completed
  };
};

/** The stream of both specimens: ordered results, bounded concurrency, a child that is too slow is killed. */
export async function stream<I, O>(
  spawn: Spawn,
  items: readonly I[],
  fun: (item: I, signal: AbortSignal) => Promise<O>,
  { maxConcurrency, timeout }: StreamOptions,
): Promise<Result<O>[]> {
  const results: Result<O>[] = []; // completed
  let next = 0; // completed
  // completed: as many lanes as may run at once, each takes the next item
  const lane = async (): Promise<void> => {
    // completed
    while (next < items.length) {
      const index = next++; // completed
      const child = spawn((signal) => fun(items[index]!, signal)); // completed
      let timer: NodeJS.Timeout | undefined; // completed
      // completed
      const late = new Promise<Result<O>>((resolve) => {
        // completed
        timer = setTimeout(() => {
          child.kill(); // completed: on_timeout: :kill_task
          resolve({ exit: 'timeout' }); // completed
        }, timeout); // completed
      }); // completed
      const done = child.result.then(
        (ok) => ({ ok }),
        (exit: unknown) => ({ exit }),
      ); // completed
      results[index] = await Promise.race([done, late]); // completed
      clearTimeout(timer); // completed
    } // completed
  }; // completed
  await Promise.all(Array.from({ length: maxConcurrency }, lane)); // completed
  return results; // completed
}

export class BatchOperations {
  parallelMap<I, O>(
    items: readonly I[],
    fun: (item: I, signal: AbortSignal) => Promise<O>,
    options: StreamOptions,
  ): Promise<Result<O>[]> {
    return stream(spawnUnsupervised, items, fun, options); // completed: Task.async_stream
  }
}
