import type { Invariant } from './invariant.ts';

/**
 * At rest no timer is armed that code has armed since the run began. Timers that modules armed while they were
 * loaded do not count.
 */
export function noLeakedTimers(): Invariant {
  return {
    name: 'noLeakedTimers',
    kind: 'leak',
    watch: (run) => ({
      atRest: () => {
        const timers = run.armedTimers();
        if (timers.length === 0) return undefined;
        const list = timers.map(({ label, at }) => (at === null ? label : `${label}, armed at ${at}`));
        return `${String(timers.length)} still armed after shutdown: ${list.join('; ')}`;
      },
    }),
  };
}
