import { HeddleError } from '../kernel/errors.ts';
import { contextBounded } from './context-bounded.ts';
import { delayBounded } from './delay-bounded.ts';
import { enumerate } from './exhaustive/enumerate.ts';
import { exhaustive } from './exhaustive/source-dpor.ts';
import { mix } from './mix.ts';
import { pct, pctcp } from './pct.ts';
import { portfolio } from './portfolio.ts';
import { pos } from './pos.ts';
import { randomWalk } from './random-walk.ts';
import type { Strategy } from './strategy.ts';
import { readsFrom } from './reads-from.ts';
import { surw } from './surw.ts';
import { urw } from './urw.ts';

const PCT = /^pct([1-9]\d?)$/;
const PCTCP = /^pctcp([1-9]\d?)$/;

/** Strategies that are what their name says; the others have a figure in it, or are made of several. */
const SINGLE: readonly Strategy[] = [
  randomWalk,
  pos,
  urw,
  surw,
  readsFrom,
  delayBounded,
  contextBounded,
  exhaustive,
  enumerate,
];

/** Shares are in relation to each other; see docs/strategies.md for how they were found. */
const MIXED: Strategy = portfolio('portfolio', [
  { strategy: readsFrom, share: 6 },
  { strategy: surw, share: 2 },
  { strategy: randomWalk, share: 1 },
  { strategy: pct(2), share: 1 },
  { strategy: pct(3), share: 1 },
  { strategy: pos, share: 1 },
]);

/** The strategy that `run` uses unless told otherwise. */
export const DEFAULT_STRATEGY = 'portfolio';

/** Strategies of users' own, by the path of their file as it was given. */
const loaded = new Map<string, Strategy>();

/** Whether the name is the path of a file that holds a strategy. */
export function isStrategyFile(name: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(name);
}

/** Makes a strategy known that was loaded from `file`. */
export function setStrategy(file: string, strategy: Strategy): void {
  loaded.set(file, strategy);
}

/** Finds a strategy by what users type: `random`, `pct2` and so on, or a path that was loaded. */
export function strategyNamed(name: string): Strategy {
  const strategy = find(name);
  if (strategy !== undefined) return strategy;
  throw new HeddleError({
    code: 'UNKNOWN_STRATEGY',
    expected: `a strategy named ${SINGLE.map((each) => each.name).join(', ')}, pct, pct2 to pct99, pctcp, pctcp2 to pctcp99, mix or portfolio`,
    received: JSON.stringify(name),
    next: 'Pass one of these with --strategy, or the path of a file that exports one, such as ./my-strategy.ts.',
  });
}

/** Whether there is a strategy of this name. */
export function isStrategy(name: string): boolean {
  return find(name) !== undefined;
}

function find(name: string): Strategy | undefined {
  const depth = PCT.exec(name)?.[1];
  if (depth !== undefined) return pct(Number(depth));
  const chains = PCTCP.exec(name)?.[1];
  if (chains !== undefined) return pctcp(Number(chains));
  if (name === 'pct') return pct(3);
  if (name === 'pctcp') return pctcp(3);
  if (name === DEFAULT_STRATEGY) return MIXED;
  if (name === 'mix') return mix(name, [randomWalk, pct(2), randomWalk, pct(3)]);
  return SINGLE.find((strategy) => strategy.name === name) ?? loaded.get(name);
}
