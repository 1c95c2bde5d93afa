import { TraceHash } from '../kernel/hash.ts';
import { strategyNamed } from '../schedule/strategies.ts';
import type { Covered, Extent } from '../schedule/strategy.ts';
import type { Campaign } from './campaign.ts';
import type { Exercise } from './exercise.ts';
import type { Chunk, ChunkResult, FailedRun, Sample } from './explore.ts';
import { chunks, nextRound, sampled } from './rounds.ts';
import { HangError } from './thread.ts';
import type { Threads } from './threads.ts';

/** What exploring a campaign came to. Counts and hash cover runs 0 to the lowest failing one. */
export interface Explored {
  readonly runs: number;
  readonly turns: number;
  readonly traceHash: string;
  readonly failure: FailedRun | null;
  readonly reached: ReadonlySet<string>;
  readonly exercise: Exercise;
  readonly samples: readonly (Sample & { readonly knowledge: unknown })[];
  /** Whether all runs that were asked for were made, or a failure ended it. */
  readonly complete: boolean;
  readonly extent: Extent;
  /** For how many schedules the runs stand, where the strategy left out equivalent ones. */
  readonly covered: Covered | null;
}

export interface ExplorationOptions {
  readonly threads: Threads;
  readonly file: string;
  readonly isolated: boolean;
  /** Whether to begin another round; asked at round boundaries only. */
  readonly again: (round: number) => boolean;
  /** Told of runs as they are made, for progress. */
  readonly made: (runs: number) => void;
  /** Told of a failing run at once, so that it can be written down; a lower one may follow. */
  readonly failed: (failure: FailedRun) => Promise<void>;
}

/** Runs a campaign round by round until a run fails, the runs are made, or `again` says no. */
export async function exploreCampaign(campaign: Campaign, options: ExplorationOptions): Promise<Explored> {
  const strategy = strategyNamed(campaign.strategy);
  let knowledge = strategy.initial;
  const hash = new TraceHash();
  const reached = new Set<string>();
  const exercise = new Set<string>();
  const samples: (Sample & { knowledge: unknown })[] = [];
  let runs = 0;
  let turns = 0;
  let round = 0;
  const came = (rest: Pick<Explored, 'failure' | 'complete' | 'extent'>): Explored => {
    const covered = strategy.covered?.(knowledge) ?? null;
    return { runs, turns, traceHash: hash.toString(), reached, exercise, samples, covered, ...rest };
  };
  for (let bounds = nextRound(campaign, 0, knowledge); bounds !== null;) {
    if (!options.again(round)) return came({ failure: null, complete: false, extent: 'unfinished' });
    round += 1;
    const results = await exploreRound(campaign, bounds, knowledge, options);
    for (const result of results) {
      for (const each of result.hashes) hash.addText(each);
      runs += result.hashes.length;
      turns += result.turns;
      for (const name of result.reached) reached.add(name);
      for (const mark of result.exercise) exercise.add(mark);
      for (const sample of result.samples) {
        const { index } = sample;
        samples.push({ ...sample, knowledge: strategy.brief?.(knowledge, index, index + 1) ?? knowledge });
      }
      if (result.failure !== null) return came({ failure: result.failure, complete: true, extent: 'unfinished' });
    }
    knowledge = strategy.learn(
      knowledge,
      results.flatMap(({ facts }) => facts),
    );
    bounds = nextRound(campaign, bounds[1], knowledge);
  }
  return came({ failure: null, complete: true, extent: strategy.extent?.(knowledge) ?? 'unfinished' });
}

/** What a strategy knew when it made run `index`: recomputed from the runs of the rounds before. */
export async function knowledgeAt(campaign: Campaign, index: number, options: ExplorationOptions): Promise<unknown> {
  const strategy = strategyNamed(campaign.strategy);
  let knowledge = strategy.initial;
  for (let bounds = nextRound(campaign, 0, knowledge); bounds !== null && bounds[1] <= index;) {
    const results = await exploreRound(campaign, bounds, knowledge, options);
    knowledge = strategy.learn(
      knowledge,
      results.flatMap(({ facts }) => facts),
    );
    bounds = nextRound(campaign, bounds[1], knowledge);
  }
  return knowledge;
}

/** The results of a round in index order, up to its lowest failure. Earlier chunks are always finished. */
async function exploreRound(
  campaign: Campaign,
  bounds: readonly [number, number],
  knowledge: unknown,
  options: ExplorationOptions,
): Promise<ChunkResult[]> {
  const strategy = strategyNamed(campaign.strategy);
  let lowest = Infinity;
  const results = await Promise.all(
    chunks(bounds, options.isolated).map(async ([from, to]) => {
      const known = strategy.brief?.(knowledge, from, to) ?? knowledge;
      const chunk: Chunk = { campaign, from, to, knowledge: known, samples: sampled(from, to) };
      const result = await exploreChunk(chunk, options, () => from > lowest);
      if (result === null) return null;
      options.made(result.hashes.length);
      if (result.failure !== null && result.failure.index < lowest) {
        lowest = result.failure.index;
        await options.failed(result.failure);
      }
      return result;
    }),
  );
  return results.filter((result) => result !== null).filter(({ from }) => from <= lowest);
}

async function exploreChunk(
  chunk: Chunk,
  options: ExplorationOptions,
  needless: () => boolean,
): Promise<ChunkResult | null> {
  const { threads, file } = options;
  try {
    return await threads.do(
      'explore',
      { file, chunk },
      {
        fresh: options.isolated,
        // Something real is under way in it, or its modules' state is to be thrown away.
        keep: (result) => !result.tainted && !options.isolated,
        needless,
      },
    );
  } catch (error) {
    if (error instanceof HangError && error.hang.run >= chunk.from)
      return exploreAround(chunk, error.hang.run, options);
    throw error;
  }
}

/** A run of the chunk hung: what comes before it is run again, and it alone with more patience. */
async function exploreAround(chunk: Chunk, hung: number, options: ExplorationOptions): Promise<ChunkResult> {
  const { threads, file } = options;
  const parts: ChunkResult[] = [];
  const piece = (from: number, to: number): Chunk => ({
    ...chunk,
    from,
    to,
    samples: chunk.samples.filter((i) => i >= from && i < to),
  });
  if (hung > chunk.from) parts.push(await threads.do('explore', { file, chunk: piece(chunk.from, hung) }));
  if (parts.every(({ failure }) => failure === null)) {
    parts.push(await exploreAlone(piece(hung, hung + 1), options));
    if (parts.at(-1)!.failure === null && hung + 1 < chunk.to) {
      const rest = await exploreChunk(piece(hung + 1, chunk.to), options, () => false);
      if (rest !== null) parts.push(rest);
    }
  }
  return {
    from: chunk.from,
    hashes: parts.flatMap(({ hashes }) => hashes),
    facts: parts.flatMap(({ facts }) => facts),
    turns: parts.reduce((sum, { turns }) => sum + turns, 0),
    reached: parts.flatMap(({ reached }) => reached),
    exercise: parts.flatMap(({ exercise }) => exercise),
    failure: parts.at(-1)!.failure,
    samples: parts.flatMap(({ samples }) => samples),
    tainted: false,
  };
}

async function exploreAlone(chunk: Chunk, { threads, file }: ExplorationOptions): Promise<ChunkResult> {
  try {
    return await threads.alone('explore', { file, chunk });
  } catch (error) {
    if (!(error instanceof HangError)) throw error;
    const { scenario, subject, seed } = chunk.campaign;
    const message = `${error.message}: a loop without end in ${scenario}@${subject}, seed ${seed}, run ${String(chunk.from)}`;
    const failure: FailedRun = {
      index: chunk.from,
      verdict: { kind: 'limit', invariant: 'limit', message },
      workload: null,
      picks: [],
      delays: false,
      hash: '',
      hung: true,
    };
    return {
      from: chunk.from,
      hashes: ['hung'],
      facts: [],
      turns: 0,
      reached: [],
      exercise: [],
      failure,
      samples: [],
      tainted: false,
    };
  }
}
