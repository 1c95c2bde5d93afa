import type { Extent, RunFacts, Strategy } from '../strategy.ts';
import { SourceChooser } from './chooser.ts';
import type { Path, Report } from './path.ts';
import { Tree, type Way } from './tree.ts';
import type { Caution } from './turn-log.ts';

/** How far the search is. */
export interface SearchKnowledge {
  /** Index of the run that goes the first of `paths`. */
  readonly from: number;
  readonly paths: readonly Path[];
  /** Null in what runs are given: theirs are the paths only. */
  readonly search: Search | null;
}

/** What the main thread keeps of a search; changes as it goes on, and belongs to one campaign. */
interface Search {
  readonly tree: Tree;
  readonly ways: readonly (Way | null)[];
  readonly standsFor: bigint;
  /** Of some runs it is not known for how many schedules they stand. */
  readonly more: boolean;
  readonly redundant: number;
  readonly endless: boolean;
  readonly lost: boolean;
}

/** Runs of one round at most: more would only let the tree grow. */
const BATCH = 256;

const ROOT: Path = { entries: [], sleep: [], guide: [], caution: { leftovers: false, deadlines: false } };

/**
 * Every schedule, but of those that differ in the order of independent turns only one: source-DPOR with sleep sets
 * (Abdulla, Aronis, Jonsson and Sagonas, POPL 2014). Where nobody knows what turns touch, it is every schedule. See
 * docs/exhaustive.md for what counts as dependent, and why nothing is missed.
 */
export const exhaustive: Strategy<SearchKnowledge> = {
  name: 'exhaustive',
  initial: { from: 0, paths: [ROOT], search: null },
  chooser: ({ index, knowledge, shares }) =>
    new SourceChooser(knowledge.paths[index - knowledge.from]!, shares !== 'resources'),
  left: ({ paths }) => paths.length,
  brief: (knowledge, from, to) => {
    const at = from - knowledge.from;
    return { from, paths: knowledge.paths.slice(at, at + to - from), search: null };
  },
  learn: (knowledge, round) => {
    const search = knowledge.search ?? begin(ROOT.caution);
    const reports = round.map(({ report }) => report as Report);
    const caution = needed(search.tree.caution, reports);
    const from = knowledge.from + round.length;
    if (caution !== search.tree.caution) return onwards(from, [], [], begin(caution));
    reports.forEach((report, i) => {
      search.tree.learn(search.ways[i]!, knowledge.paths[i]!, report);
    });
    return onwards(
      from,
      knowledge.paths.slice(round.length),
      search.ways.slice(round.length),
      counted(search, reports),
    );
  },
  extent: ({ paths, search }): Extent => {
    if (paths.length > 0 || search === null || search.lost) return 'unfinished';
    return search.endless ? 'all but random values' : 'all';
  },
};

function begin(caution: Caution): Search {
  const tree = new Tree(caution);
  return { tree, ways: [null], standsFor: 0n, more: false, redundant: 0, endless: false, lost: false };
}
