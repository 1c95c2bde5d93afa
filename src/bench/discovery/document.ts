import { z } from 'zod';

/** A figure that others have published. */
export interface PublishedFigure {
  readonly mean: number | null;
  readonly found: number;
  readonly trials: number;
}

/** A row: a subject that is known to be wrong. */
export interface DiscoveryProgram {
  readonly scenario: string;
  readonly subject: string;
  readonly published: Readonly<Record<string, PublishedFigure>>;
  readonly note: string | null;
}

/** One program with one strategy. */
export interface DiscoveryCell {
  readonly scenario: string;
  readonly subject: string;
  readonly strategy: string;
  readonly seed: string;
  readonly schedules: readonly (number | null)[];
  readonly others: readonly string[];
  readonly trials: number;
  readonly found: number;
  readonly mean: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  readonly against: {
    readonly tool: string;
    readonly mean: number;
    readonly lowerBound: number;
    /** The published mean taken as exact. */
    readonly significantlyAbove: boolean;
    /** Its own error and rounding taken into account. */
    readonly significantlyAboveBoth: boolean;
  } | null;
}

/** One column over many programs. */
export interface GeometricMean {
  readonly of: 'strategy' | 'published';
  readonly name: string;
  readonly programs: 'all' | 'published';
  readonly count: number;
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | null;
  readonly atLeast: boolean;
}

/** What `heddle bench discovery --json` writes. */
export interface DiscoveryDocument {
  readonly heddle: string;
  readonly command: 'bench discovery';
  readonly node: string;
  readonly 'fast-check': string;
  readonly cap: number;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  readonly programs: readonly DiscoveryProgram[];
  readonly cells: readonly DiscoveryCell[];
  readonly geometricMeans: readonly GeometricMean[];
}

const count = z.int().min(0);
const atLeastOne = z.int().min(1);
const interval = z.tuple([z.number(), z.number()]).nullable();

const publishedFigure = z
  .strictObject({
    mean: z.number().min(1).nullable().describe('Of the trials that found the bug; null where none did.'),
    found: count,
    trials: atLeastOne,
  })
  .describe('A figure that others have published.');

const program = z.strictObject({
  scenario: z.string(),
  subject: z.string(),
  published: z.record(z.string(), publishedFigure).describe('By tool. Tools without a figure for it are absent.'),
  note: z.string().nullable().describe('What is to be said of comparing the figures.'),
});

const comparison = z
  .strictObject({
    tool: z.string(),
    mean: z.number().min(1),
    lowerBound: z
      .number()
      .describe('What our mean exceeds with 95 % confidence, trials without the bug counted at the cap.'),
    significantlyAbove: z.boolean().describe('If the published mean were exact.'),
    significantlyAboveBoth: z
      .boolean()
      .describe('Although the published mean has an error of its own, and was rounded.'),
  })
  .describe('One-sided test, 95 %, against the published mean of the tool of the same name.');

const cell = z.strictObject({
  scenario: z.string(),
  subject: z.string(),
  strategy: z.string().describe("A strategy of heddle's, or `fast-check`."),
  seed: z
    .string()
    .describe('Trial i, from 0, is `heddle run scenario --subject subject --strategy strategy --seed seed-i`.'),
  schedules: z
    .array(atLeastOne.nullable())
    .describe('Schedules up to and with the one that found the bug, of each trial; null where it was not found.'),
  others: z.array(z.string()).describe('What failed in place of the bug, in trials that count as not found.'),
  trials: count,
  found: count,
  mean: z.number().min(1).nullable().describe('Of the trials that found the bug.'),
  interval: interval.describe('95 % confidence interval of the mean.'),
  against: comparison.nullable(),
});

const geometric = z.strictObject({
  of: z.enum(['strategy', 'published']),
  name: z.string(),
  programs: z.enum(['all', 'published']).describe('`published`: those of which all published tools have a figure.'),
  count: atLeastOne,
  mean: z.number().min(1),
  interval,
  atLeast: z.boolean().describe('Some trials did not find the bug and count at the cap: the true mean is larger.'),
});

/** Checks what was read; schema/discovery.json is made of it. */
export const discoverySchema: z.ZodType<DiscoveryDocument> = z.strictObject({
  heddle: z.string(),
  command: z.literal('bench discovery'),
  node: z.string(),
  'fast-check': z.string(),
  cap: atLeastOne.describe('Schedules of one trial at most.'),
  elapsedMs: count.describe('Real ms.'),
  interrupted: z.boolean(),
  programs: z.array(program),
  cells: z.array(cell),
  geometricMeans: z.array(geometric),
});
