/** What has become of a promise so far. */
export interface Settled<T> {
  status: 'pending' | 'fulfilled' | 'rejected';
  value?: T;
  error?: unknown;
}

/** Follows a promise without waiting for it; a rejection counts as handled. */
export function follow<T>(promise: Promise<T>): Settled<T> {
  const settled: Settled<T> = { status: 'pending' };
  promise.then(
    (value) => {
      settled.status = 'fulfilled';
      settled.value = value;
    },
    (error: unknown) => {
      settled.status = 'rejected';
      settled.error = error;
    },
  );
  return settled;
}

/** Lets everything that is ready to run do so; works under fake timers, which leave nextTick alone here. */
export function drain(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
