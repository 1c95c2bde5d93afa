import { isOf, toolsOf } from './analysis.ts';
import { strategiesOf } from './columns.ts';
import type { DiscoveryCell, DiscoveryDocument, DiscoveryProgram, GeometricMean, PublishedFigure } from './document.ts';

/** A table as text, for people: the first column names the row. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Stands behind a mean that is significantly above the published one. */
const ABOVE = '▲';
/** The same, if only the published one were exact. */
const PERHAPS_ABOVE = '△';

/** `3.4`, `185`. */
function figure(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function aboveMark(against: DiscoveryCell['against']): string {
  if (against?.significantlyAboveBoth === true) return ` ${ABOVE}`;
  return against?.significantlyAbove === true ? ` ${PERHAPS_ABOVE}` : '';
}

/** `185`, `3225 (16)` where only 16 of the trials found the bug, `–` where none did. */
function cellText(cell: DiscoveryCell | undefined): string {
  if (cell === undefined || cell.trials === 0) return '';
  const partly = cell.found < cell.trials ? ` (${String(cell.found)} of ${String(cell.trials)})` : '';
  const above = aboveMark(cell.against);
  return cell.mean === null ? '–' : `${figure(cell.mean)}${partly}${above}`;
}

function publishedText(value: PublishedFigure | undefined): string {
  if (value === undefined) return '';
  if (value.mean === null) return '–';
  return `${String(value.mean)}${value.found < value.trials ? ` (${String(value.found)})` : ''}`;
}

function intervalText(cell: DiscoveryCell | undefined): string {
  if (cell?.interval === undefined || cell.interval === null) return '';
  const [low, high] = cell.interval;
  return `${figure(low)} to ${figure(high)}`;
}

function meanText(mean: GeometricMean | undefined): string {
  return mean === undefined ? '' : `${mean.atLeast ? '≥ ' : ''}${figure(mean.mean)}`;
}

function meanIntervalText(mean: GeometricMean | undefined): string {
  if (mean?.interval === undefined || mean.interval === null) return '';
  const [low, high] = mean.interval;
  return `${figure(low)} to ${figure(high)}`;
}

/** The shortest names that tell programs apart: without the folder and the subject that all have in common. */
export function shortNames(programs: readonly DiscoveryProgram[]): string[] {
  const folders = new Set(programs.map(({ scenario }) => scenario.slice(0, scenario.lastIndexOf('/') + 1)));
  const subjects = new Set(programs.map(({ subject }) => subject));
  return programs.map(({ scenario, subject }) => {
    const name = folders.size === 1 ? scenario.slice(scenario.lastIndexOf('/') + 1) : scenario;
    return subjects.size === 1 ? name : `${name}@${subject}`;
  });
}

function rowsOf(
  document: DiscoveryDocument,
  text: (program: DiscoveryProgram, cells: readonly (DiscoveryCell | undefined)[]) => readonly string[],
): string[][] {
  const { programs, cells } = document;
  const strategies = strategiesOf(cells);
  const names = shortNames(programs);
  return programs.map((program, i) => {
    const own = cells.filter((cell) => isOf(program, cell));
    return [
      names[i]!,
      ...text(
        program,
        strategies.map((name) => own.find(({ strategy }) => strategy === name)),
      ),
    ];
  });
}

/** Which geometric means there are, each with what its row is called. */
function meanRows({ geometricMeans }: DiscoveryDocument): { name: string; of: readonly GeometricMean[] }[] {
  const sets = [
    { which: 'all', about: '' },
    { which: 'published', about: ' with all published figures' },
  ] as const;
  return sets.flatMap(({ which, about }) => {
    const of = geometricMeans.filter(({ programs }) => programs === which);
    const counts = [...new Set(of.map(({ count }) => String(count)))].join(' or ');
    return of.length === 0
      ? []
      : [{ name: `geometric mean of ${counts} ${counts === '1' ? 'program' : 'programs'}${about}`, of }];
  });
}

/** Mean schedules until the bug is found: ours, and what is published, side by side. */
export function discoveryTable(document: DiscoveryDocument): TextTable {
  const strategies = strategiesOf(document.cells);
  const tools = toolsOf(document.programs);
  const rows = rowsOf(document, ({ published }, cells) => [
    ...cells.map(cellText),
    ...tools.map((tool) => publishedText(published[tool])),
  ]);
  const means = meanRows(document).map(({ name, of }) => [
    name,
    ...strategies.map((each) => meanText(of.find((mean) => mean.of === 'strategy' && mean.name === each))),
    ...tools.map((each) => meanText(of.find((mean) => mean.of === 'published' && mean.name === each))),
  ]);
  return { head: ['program', ...strategies, ...tools.map((tool) => `published\n${tool}`)], rows: [...rows, ...means] };
}

/** The intervals of the same means. */
export function intervalTable(document: DiscoveryDocument): TextTable {
  const strategies = strategiesOf(document.cells);
  const means = meanRows(document).map(({ name, of }) => [
    name,
    ...strategies.map((each) => meanIntervalText(of.find((mean) => mean.of === 'strategy' && mean.name === each))),
  ]);
  const rows = rowsOf(document, (_program, cells) => cells.map(intervalText));
  return { head: ['program', ...strategies], rows: [...rows, ...means] };
}

/** `20 trials`, `20 trials (surw, portfolio: 200)`: of each column the most. */
function trialsText(cells: readonly DiscoveryCell[]): string {
  const byCount = new Map<number, string[]>();
  for (const strategy of strategiesOf(cells)) {
    const most = Math.max(...cells.filter((cell) => cell.strategy === strategy).map(({ trials }) => trials));
    byCount.set(most, [...(byCount.get(most) ?? []), strategy]);
  }
  const [usual, ...others] = [...byCount].sort(([, a], [, b]) => b.length - a.length);
  const exceptions = others.map(([count, names]) => `${names.join(', ')}: ${String(count)}`);
  return `${String(usual?.[0] ?? 0)} trials${exceptions.length === 0 ? '' : ` (${exceptions.join('; ')})`}`;
}

/** What the reader of the table must know, as sentences. */
export function legend(document: DiscoveryDocument): string[] {
  const { heddle, node, cap, cells, programs, interrupted } = document;
  const seeds = [...new Set(cells.map(({ seed }) => seed))];
  const wrong = cells.filter(({ others }) => others.length > 0);
  const published = toolsOf(programs).length > 0;
  return [
    `heddle ${heddle}, Node ${node}, fast-check ${document['fast-check']}; ${trialsText(cells)} of at most ${String(cap)} schedules each, seed ${seeds.join(', ')}.`,
    `Each figure is the mean number of schedules until the bug was first found; (k of n): found in k of n trials, and the mean is of those; –: in none.`,
    `≥: trials that did not find the bug count as ${String(cap)} schedules.`,
    ...(published
      ? [
          `Published: 20 trials of at most 10000 schedules of the C programs. ${ABOVE}: significantly above the published mean of the same name (one-sided, 95 %); ${PERHAPS_ABOVE}: only if that mean, of 20 trials and rounded, were exact.`,
        ]
      : []),
    ...programs.flatMap(({ scenario, note }) => (note === null ? [] : [`${scenario}: ${note}`])),
    ...wrong.map(
      ({ scenario, subject, strategy, others }) =>
        `${scenario}@${subject}, ${strategy}: in ${String(others.length)} trials something else failed and ended them: ${[...new Set(others)].join(', ')}.`,
    ),
    ...(interrupted ? ['Interrupted: not all trials were made.'] : []),
  ];
}
