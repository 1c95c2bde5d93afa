import type { Enabled } from '../kernel/enabled.ts';
import type { RunFacts, Strategy, StrategyChooser } from './strategy.ts';

/** A step at which not the first alternative was taken. */
type Detour = readonly [step: number, alternative: number];

/** What a bounded search charges for leaving the default. */
export interface Bound {
  readonly name: string;
  /** Puts the alternatives of a step in order, the default first; returns whether leaving it is charged for. */
  order(enabled: Enabled, last: number): { readonly indices: readonly number[]; readonly charged: boolean };
  /** What taking alternative `at` of a charged step costs. */
  cost(at: number): number;
}

/** A run that was made: its detours, and the steps behind them at which others are possible. */
interface Made {
  readonly detours: readonly Detour[];
  readonly cost: number;
  /** The step that the first of `widths` belongs to. */
  readonly from: number;
  /** Alternatives of each step; negative where leaving the default is free. */
  readonly widths: readonly number[];
}

/** How far the search is: all schedules of cost k come before those of cost k + 1. */
export interface BoundedKnowledge {
  /** Index of the run that takes the first of `next`. */
  readonly from: number;
  readonly next: readonly (readonly Detour[])[];
  readonly made: readonly Made[];
  readonly level: number;
  /** Where on this level the search is: which made run, which of its steps, which alternative. */
  readonly at: readonly [made: number, step: number, alternative: number];
}

interface BoundedReport {
  readonly widths: readonly number[];
}

/** Runs of one round at most. */
const BATCH = 256;

class BoundedChooser implements StrategyChooser {
  readonly delays = false;
  readonly #bound: Bound;
  readonly #detours: ReadonlyMap<number, number>;
  readonly #from: number;
  readonly #widths: number[] = [];
  #step = 0;
  #task = -1;

  constructor(bound: Bound, detours: readonly Detour[]) {
    this.#bound = bound;
    this.#detours = new Map(detours);
    this.#from = firstFree(detours);
  }

  workload(count: number): number {
    return this.#take(count, false);
  }

  event(enabled: Enabled): number {
    const { indices, charged } = this.#bound.order(enabled, this.#task);
    return indices[this.#take(indices.length, charged)]!;
  }

  #take(width: number, charged: boolean): number {
    const step = this.#step;
    this.#step += 1;
    if (step >= this.#from) this.#widths.push(charged ? width : -width);
    const alternative = this.#detours.get(step) ?? 0;
    return alternative < width ? alternative : 0;
  }

  fires({ task }: { readonly task: { readonly index: number } }): void {
    this.#task = task.index;
  }

  delay(): number {
    return 0;
  }

  fault(): number {
    return 0;
  }

  draw(): number {
    return 0;
  }

  report(): BoundedReport {
    return { widths: this.#widths };
  }
}

/** The first step at which a further detour may be made. */
function firstFree(detours: readonly Detour[]): number {
  const last = detours.at(-1);
  return last === undefined ? 0 : last[0] + 1;
}

/**
 * A systematic search that charges for leaving a deterministic default: all schedules of cost k before any of cost k + 1,
 * each once, so the first failure found has the least cost there is. Faults do not strike in it, and nothing is late.
 */
export function bounded(bound: Bound): Strategy<BoundedKnowledge> {
  return {
    name: bound.name,
    systematic: true,
    initial: { from: 0, next: [[]], made: [], level: 0, at: [0, 0, 0] },
    chooser: ({ index, knowledge }) => new BoundedChooser(bound, knowledge.next[index - knowledge.from] ?? []),
    left: ({ next }) => next.length,
    brief: (knowledge, from, to) => {
      const at = from - knowledge.from;
      return { ...knowledge, from, next: knowledge.next.slice(at, at + to - from), made: [] };
    },
    learn: (knowledge, round) => advance(bound, knowledge, round),
  };
}

function advance(bound: Bound, knowledge: BoundedKnowledge, round: readonly RunFacts[]): BoundedKnowledge {
  const { from, next } = knowledge;
  const made = [...knowledge.made];
  for (const { index, report } of round) {
    const { widths } = report as BoundedReport;
    const detours = next[index - from]!;
    made.push({ detours, cost: detours.length === 0 ? 0 : knowledge.level, from: firstFree(detours), widths });
  }
  const left = next.slice(round.length);
  const search = { level: knowledge.level, at: [...knowledge.at] as [number, number, number] };
  const more = [...left];
  while (more.length < BATCH) {
    const found = nextOf(bound, made, search);
    if (found !== null) {
      more.push(found);
      continue;
    }
    // Runs of this level that are still to be made may have others of its cost behind them.
    if (more.length > 0 || !raise(bound, made, search)) break;
  }
  return { from: from + round.length, next: more, made, level: search.level, at: search.at };
}

/** The next schedule of the level, in canonical order; null when those made so far lead to no more. */
function nextOf(
  bound: Bound,
  made: readonly Made[],
  search: { readonly level: number; at: [number, number, number] },
): readonly Detour[] | null {
  let [run, step, alternative] = search.at;
  for (; run < made.length; run += 1, step = 0, alternative = 0) {
    const { detours, cost, from, widths } = made[run]!;
    for (; step < widths.length; step += 1, alternative = 0) {
      const width = Math.abs(widths[step]!);
      const charged = widths[step]! > 0;
      for (alternative += 1; alternative < width; alternative += 1) {
        const costs = cost + (charged ? bound.cost(alternative) : 0);
        if (costs !== search.level) continue;
        search.at = [run, step, alternative];
        return [...detours, [from + step, alternative]];
      }
    }
  }
  search.at = [run, 0, 0];
  return null;
}

/** Goes on to the next level that has a schedule; false when there is none. */
function raise(bound: Bound, made: readonly Made[], search: { level: number; at: [number, number, number] }): boolean {
  let lowest = Infinity;
  for (const { cost, widths } of made) {
    for (const width of widths) {
      for (let alternative = 1; alternative < width; alternative += 1) {
        const costs = cost + bound.cost(alternative);
        if (costs > search.level && costs < lowest) lowest = costs;
      }
    }
  }
  if (lowest === Infinity) return false;
  search.level = lowest;
  search.at = [0, 0, 0];
  return true;
}
