import type { DiscoveryCell } from './document.ts';

/** How the column of fast-check's scheduler is called. */
export const FAST_CHECK = 'fast-check';

/** Columns of the table unless told otherwise, in this order. */
export const DISCOVERY_STRATEGIES: string[] = [
  ...['random', 'pct3', 'pct10', 'pos', 'urw', 'surw', 'reads-from', 'delay-bounded', 'context-bounded'],
  ...['mix', 'portfolio', FAST_CHECK],
];

/** Columns of these cells: those above in their order, then others as they come. */
export function strategiesOf(cells: readonly Pick<DiscoveryCell, 'strategy'>[]): string[] {
  const names = new Set(cells.map(({ strategy }) => strategy));
  const others = [...names].filter((name) => !DISCOVERY_STRATEGIES.includes(name));
  return [...DISCOVERY_STRATEGIES.filter((name) => names.has(name)), ...others];
}
