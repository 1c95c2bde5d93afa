import { strategiesOf } from './columns.ts';
import type { Cell } from './contest.ts';
import type { DiscoveryCell, DiscoveryProgram, GeometricMean, PublishedFigure } from './document.ts';
import { estimate, geometricMean, isAbove, lowerBound, meanOf } from './estimate.ts';

/** The part of a cell that was measured; the rest follows from it. */
export type MeasuredCell = Pick<DiscoveryCell, 'scenario' | 'subject' | 'strategy' | 'seed' | 'schedules' | 'others'>;

/** Schedules of one trial at most, in all published figures. */
const PUBLISHED_CAP = 10_000;

/** What was measured in a cell: its trials in order, as far as none is missing. */
export function measured({ target, contestant, outcomes }: Cell, seed: string): MeasuredCell {
  const schedules: (number | null)[] = [];
  const others: string[] = [];
  for (let trial = 0, outcome = outcomes.get(0); outcome !== undefined; trial += 1, outcome = outcomes.get(trial)) {
    schedules.push(outcome.kind === 'found' ? outcome.schedules : null);
    if (outcome.kind === 'other') others.push(outcome.what);
  }
  const { info, subject } = target;
  return { scenario: info.name, subject: subject.name, strategy: contestant, seed, schedules, others };
}

export const isOf = (
  { scenario, subject }: Pick<DiscoveryProgram, 'scenario' | 'subject'>,
  other: Pick<DiscoveryProgram, 'scenario' | 'subject'>,
): boolean => scenario === other.scenario && subject === other.subject;

/** Mean, interval and test of a cell. */
export function analysed(cell: MeasuredCell, programs: readonly DiscoveryProgram[], cap: number): DiscoveryCell {
  const { scenario, subject, strategy, seed, schedules, others } = cell;
  const found = schedules.filter((each) => each !== null);
  const { mean, interval } = found.length === 0 ? { mean: null, interval: null } : estimate(found);
  const published = programs.find((program) => isOf(program, cell))?.published ?? {};
  return {
    ...{ scenario, subject, strategy, seed, schedules, others },
    trials: schedules.length,
    found: found.length,
    mean,
    interval,
    against: against(cell, published, cap),
  };
}

/** Trials that did not find the bug count as if the next schedule after the last had. */
function capped({ schedules }: Pick<MeasuredCell, 'schedules'>, cap: number): number[] {
  return schedules.map((each) => each ?? cap);
}

function cappedFigure({ mean, found, trials }: PublishedFigure): number {
  return ((mean ?? 0) * found + PUBLISHED_CAP * (trials - found)) / trials;
}

/** The test against the tool of the same name; null where it has no figure, or never found the bug. */
function against(cell: MeasuredCell, published: DiscoveryProgram['published'], cap: number): DiscoveryCell['against'] {
  const entry = Object.entries(published).find(([tool]) => tool.toLowerCase() === cell.strategy);
  const bound = lowerBound(capped(cell, cap));
  if (entry === undefined || entry[1].found === 0 || bound === null) return null;
  const [tool, figure] = entry;
  const mean = cappedFigure(figure);
  const both = isAbove(capped(cell, cap), mean, figure.trials);
  return { tool, mean, lowerBound: bound, significantlyAbove: bound > mean, significantlyAboveBoth: both };
}

/** Tools with published figures, in the order in which the program with most of them names them. */
export function toolsOf(programs: readonly DiscoveryProgram[]): string[] {
  const lists = programs.map(({ published }) => Object.keys(published)).sort((a, b) => b.length - a.length);
  return [...new Set(lists.flat())];
}

/** Geometric means of all columns: over all programs, and over those of which every published tool has a figure. */
export function geometricMeans(
  programs: readonly DiscoveryProgram[],
  cells: readonly MeasuredCell[],
  cap: number,
): GeometricMean[] {
  const tools = toolsOf(programs);
  const complete = programs.filter(({ published }) => tools.length > 0 && tools.every((tool) => tool in published));
  const overAll = strategiesOf(cells).flatMap((name) => ofStrategy(name, 'all', programs, cells, cap));
  if (complete.length === 0) return overAll;
  const overComplete = strategiesOf(cells).flatMap((name) => ofStrategy(name, 'published', complete, cells, cap));
  return [...overAll, ...overComplete, ...tools.map((tool) => ofTool(tool, complete))];
}

function ofStrategy(
  name: string,
  which: GeometricMean['programs'],
  programs: readonly DiscoveryProgram[],
  cells: readonly MeasuredCell[],
  cap: number,
): GeometricMean[] {
  const own = cells.filter(({ strategy, schedules }) => strategy === name && schedules.length > 0);
  const column = own.filter((cell) => programs.some((program) => isOf(program, cell)));
  if (column.length === 0) return [];
  const { mean, interval } = geometricMean(column.map((cell) => capped(cell, cap)));
  const atLeast = column.some(({ schedules }) => schedules.includes(null));
  return [{ of: 'strategy', name, programs: which, count: column.length, mean, interval, atLeast }];
}

function ofTool(tool: string, programs: readonly DiscoveryProgram[]): GeometricMean {
  const figures = programs.map(({ published }) => published[tool]!);
  const mean = Math.exp(meanOf(figures.map((figure) => Math.log(cappedFigure(figure)))));
  const atLeast = figures.some(({ found, trials }) => found < trials);
  return { of: 'published', name: tool, programs: 'published', count: programs.length, mean, interval: null, atLeast };
}
