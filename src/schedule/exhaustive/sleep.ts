import { dependent, type Signature } from './dependence.ts';
import type { Turn } from './turn-log.ts';

/**
 * An event that need not be the next one here: what begins with it is run elsewhere. It sleeps until a turn comes that
 * it depends on (Godefroid, LNCS 1032, 1996).
 */
export interface Sleeper {
  readonly id: number;
  readonly touches: Signature;
}

/** Those that sleep on when `turn` has fired. */
export function stillAsleep<S extends Sleeper>(sleepers: readonly S[], turn: Turn): S[] {
  return sleepers.filter(
    ({ id, touches }) => id !== turn.id && !turn.cancels.includes(id) && !dependent(touches, turn.touches),
  );
}
