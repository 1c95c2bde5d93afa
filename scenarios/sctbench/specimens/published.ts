/**
 * What the papers' own tools found: mean number of schedules until the bug is first seen, over 20 trials of at most
 * 10,000 schedules; `(k)`: found in k of the 20; `–`: in none; nothing: no figure. From the per-trial data in the
 * artifacts of "Selectively Uniform Concurrency Testing", ASPLOS 2025 (SURW), and "Greybox Fuzzing for Concurrency
 * Testing", ASPLOS 2024 (RFF); PERIOD: "Controlled Concurrency Testing via Periodical Scheduling", ICSE 2022.
 *
 * RFF took the programs from PERIOD's repository (evaluation/CS), and by its figures so did SURW. There reorder_20,
 * reorder_50 and twostage_50 have other sizes than one would expect: their figures stand with the programs that have
 * them. In RFF's tool, at least, a thread can be preempted at nearly every load and store, of local variables, too, and
 * a main thread creates the others one by one; here all tasks start at once, and only shared variables count.
 */
const TABLE = `
| program           |   random |     pct3 |    pct10 |      pos |      urw |     surw |      rff |   period |
| reorder_3         |        – |      185 |      148 |       86 |       24 |        7 |        7 |        6 |
| reorder_5         |        – |      647 |     1094 |     2169 |       27 |       10 |        6 |       12 |
| reorder_10        |        – | 3225(16) | 4462(12) |        – |       74 |       17 |        6 |       27 |
| reorder_20_10x10  |        – |     3005 | 3297(17) |        – |       10 |        6 |        6 |       39 |
| reorder_50_40x10  |        – |  3304(6) |  9422(1) |        – |       75 |       13 |        6 |      129 |
| reorder_100       |        – |        – |        – |        – | 3785(12) |      194 |        6 |      297 |
| twostage          |      464 |       13 |        9 |       15 |        9 |        8 |        8 |        4 |
| twostage_20       |        – |      159 |      101 |      156 |       24 |        6 |       22 |       76 |
| twostage_50_40x10 |        – |     1676 |      692 |     1637 |       93 |       20 |       35 |      286 |
| twostage_100      |        – |  7466(3) |  5726(9) |  6674(3) | 2992(18) |      454 |       56 |      690 |
| stack             |      176 |        3 |        3 |        2 |  986(19) |        5 |        2 |        8 |
| token_ring        |       13 |        8 |        8 |        9 |        9 |        8 |        5 |        2 |
| lazy01            |       21 |        5 |        5 |        5 |        4 |        2 |        6 |        7 |
| deadlock01        |        3 |       13 |        7 |        4 |        3 |        2 |        5 |        3 |
| bluetooth_driver  |      215 |      112 |       83 |       36 | 1494(19) |       70 |       45 |        9 |
| account           |       18 |        4 |        4 |        4 |        3 |        6 |        1 |       10 |
| wronglock         |       36 |       51 |       20 |       10 |        4 |        7 |        1 |        4 |
| wronglock_3       |       36 |       58 |       14 |       11 |        5 |        9 |        1 |        5 |
| carter01          |        1 |        5 |        3 |        2 |          |          |        2 |        4 |
| circular_buffer   |        4 |        9 |        5 |        2 |       14 |        3 |        2 |        3 |
| queue             |        1 |        3 |        2 |        1 |        2 |        2 |        1 |        4 |
`;

/** Trials behind every figure. */
const TRIALS = 20;

export type PublishedStrategy = 'random' | 'pct3' | 'pct10' | 'pos' | 'urw' | 'surw' | 'rff' | 'period';

export interface PublishedFigure {
  /** Over the trials that found the bug; null where none did. */
  readonly mean: number | null;
  /** Trials, of 20, that found it. */
  readonly found: number;
}

export type PublishedRow = Readonly<Record<PublishedStrategy, PublishedFigure | null>>;

function figure(cell: string): PublishedFigure | null {
  if (cell === '') return null;
  if (cell === '–') return { mean: null, found: 0 };
  const [, mean, found] = /^(\d+)(?:\((\d+)\))?$/.exec(cell)!;
  return { mean: Number(mean), found: found === undefined ? TRIALS : Number(found) };
}

const [head, ...lines] = TABLE.trim()
  .split('\n')
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

/** By program: the figures of each strategy; null where there is none. */
export const published: Readonly<Record<string, PublishedRow>> = Object.fromEntries(
  lines.map(([program, ...cells]) => [
    program!,
    Object.fromEntries(cells.map((cell, i) => [head![i + 1]!, figure(cell)])) as PublishedRow,
  ]),
);

const ELSEWHERE = (program: string, size: string): string =>
  `no published figure: what was measured under this name has ${size}, as ${program} has`;
const ATOMIC =
  'there a mutex makes the sections atomic, and each access in them is a scheduling point; here a section is one step';

/** By program: what is to be said of comparing it with published figures. */
export const notes: Readonly<Record<string, string>> = {
  reorder_20: ELSEWHERE('reorder_20_10x10', '10 setters and 10 checkers'),
  reorder_50: ELSEWHERE('reorder_50_40x10', '40 setters and 10 checkers'),
  twostage_50: ELSEWHERE('twostage_50_40x10', '40 writers and 10 readers'),
  reorder_20_10x10: 'published as reorder_20',
  reorder_50_40x10: 'published as reorder_50',
  twostage_50_40x10: 'published as twostage_50',
  bluetooth_driver: ATOMIC,
  token_ring: ATOMIC,
  carter01: 'no published figures of URW and SURW',
};
