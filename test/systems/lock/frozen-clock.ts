import { vi } from 'vitest';

/** A monotonic clock that moves by hand, under timers that fire by hand: the two may disagree, as in a busy process. */
export interface FrozenClock {
  now: number;
}

/** To be called after `vi.useFakeTimers`. */
export function freezeClock(): FrozenClock {
  const clock: FrozenClock = { now: 1_000 };
  vi.spyOn(performance, 'now').mockImplementation(() => clock.now);
  return clock;
}
