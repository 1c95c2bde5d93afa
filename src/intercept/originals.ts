/**
 * What the harness itself uses for real time and real waiting, captured before anything is replaced.
 * Code under test never sees these.
 */
export const real: {
  readonly setTimeout: typeof setTimeout;
  readonly clearTimeout: typeof clearTimeout;
  readonly setInterval: typeof setInterval;
  readonly clearInterval: typeof clearInterval;
  readonly setImmediate: typeof setImmediate;
  readonly clearImmediate: typeof clearImmediate;
  readonly nextTick: typeof process.nextTick;
  readonly Date: DateConstructor;
  readonly dateNow: () => number;
  readonly now: () => number;
} = {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
  nextTick: process.nextTick.bind(process),
  Date,
  dateNow: Date.now,
  now: performance.now.bind(performance),
};
