import { HeddleError } from '../kernel/errors.ts';
import { exhaustive } from './exhaustive.ts';
import { mix } from './mix.ts';
import { pct } from './pct.ts';
import { randomWalk } from './random-walk.ts';
import type { Strategy } from './strategy.ts';

const PCT = /^pct([1-9]\d?)$/;

/** The strategy that `run` uses unless told otherwise. */
export const DEFAULT_STRATEGY = 'mix';

/** Finds a strategy by the name that users type: `random`, `pct2` and so on, or `mix`. */
export function strategyNamed(name: string): Strategy {
  const depth = PCT.exec(name)?.[1];
  if (depth !== undefined) return pct(Number(depth));
  if (name === 'pct') return pct(3);
  if (name === 'random') return randomWalk;
  if (name === exhaustive.name) return exhaustive;
  if (name === DEFAULT_STRATEGY) return mix(name, [randomWalk, pct(2), randomWalk, pct(3)]);
  throw new HeddleError({
    code: 'UNKNOWN_STRATEGY',
    expected: 'a strategy named random, pct, pct2 to pct99, mix, or exhaustive',
    received: JSON.stringify(name),
    next: 'Pass one of these with --strategy.',
  });
}
