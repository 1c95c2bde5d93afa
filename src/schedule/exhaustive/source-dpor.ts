import type { Extent, Strategy } from '../strategy.ts';
import { SourceChooser } from './chooser.ts';
import type { Path, Report } from './path.ts';
import { Tree, type Way } from './tree.ts';
import { NO_CAUTION, type Caution } from './turn-log.ts';

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

const ROOT: Path = { entries: [], sleep: [], guide: [], caution: NO_CAUTION };

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
    const search = knowledge.search ?? begun(ROOT.caution);
    const reports = round.map(({ report }) => report as Report);
    const caution = needed(search.tree.caution, reports);
    const from = knowledge.from + round.length;
    if (caution !== null) return { from, paths: [{ ...ROOT, caution }], search: begun(caution) };
    reports.forEach((report, i) => {
      search.tree.learn(search.ways[i]!, knowledge.paths[i]!, report);
    });
    const rest = knowledge.paths.slice(round.length);
    const next = search.tree.next(BATCH - rest.length);
    const paths = [...rest, ...next.map(({ path }) => path)];
    const ways = [...search.ways.slice(round.length), ...next.map(({ way }) => way)];
    return { from, paths, search: { ...counted(search, reports), ways } };
  },
  extent: ({ paths, search }): Extent => {
    if (paths.length > 0 || search === null || search.lost) return 'unfinished';
    return search.endless ? 'all but random values' : 'all';
  },
  covered: ({ search }) => ({
    standsFor: (search?.standsFor ?? 0n).toString(),
    more: search?.more ?? false,
    redundant: search?.redundant ?? 0,
  }),
};

function begun(caution: Caution): Search {
  const tree = new Tree(caution);
  return { tree, ways: [null], standsFor: 0n, more: false, redundant: 0, endless: false, lost: false };
}

function counted(search: Search, reports: readonly Report[]): Search {
  let { standsFor, more, redundant, endless, lost } = search;
  for (const report of reports) {
    standsFor += BigInt(report.standsFor);
    more ||= report.more;
    if (report.redundant) redundant += 1;
    endless ||= report.endless;
    lost ||= report.lost;
  }
  return { ...search, standsFor, more, redundant, endless, lost };
}

/** What must be heeded besides; null: nothing new. */
function needed(heeded: Caution, reports: readonly Report[]): Caution | null {
  const all = [heeded, ...reports.map(({ caution }) => caution)];
  const needs = {
    ends: all.some(({ ends }) => ends),
    deadlines: all.some(({ deadlines }) => deadlines),
    operations: all.some(({ operations }) => operations),
    facts: all.some(({ facts }) => facts),
  };
  const same =
    needs.ends === heeded.ends &&
    needs.deadlines === heeded.deadlines &&
    needs.operations === heeded.operations &&
    needs.facts === heeded.facts;
  return same ? null : needs;
}
