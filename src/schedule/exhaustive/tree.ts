import type { Signature } from './dependence.ts';
import type { Passed, Path, Report } from './path.ts';
import type { Demand } from './races.ts';
import type { Sleeper } from './sleep.ts';
import type { Caution } from './turn-log.ts';

/** A way to go on at a fork. */
export interface Way {
  readonly fork: Fork;
  /** Id of the event, or the pick. */
  readonly value: number;
  /** What the event's turn touches here; undefined: not known yet. */
  touches: Signature | undefined;
  readonly guide: readonly number[];
  begun: boolean;
}

/** A fork in the tree of choices that is not done with. */
interface Fork {
  readonly kind: 'data' | 'order';
  /** The way that leads here; null: this is the root. */
  readonly from: Way | null;
  readonly depth: number;
  readonly enabled: readonly number[];
  readonly unknown: boolean;
  readonly sleep: readonly Sleeper[];
  /** In the order in which they were thought of: each sleeps where a later one goes. */
  readonly ways: Way[];
  /** How many ways are not done with. */
  open: number;
  /** How many ways have not begun. */
  waiting: number;
  /** Whether the tree has it on its list. */
  listed: boolean;
}

/** A way that is to be gone, and how to find there. */
export interface Branching {
  readonly way: Way;
  readonly path: Path;
}

const NOTHING_ASLEEP: readonly Sleeper[] = [];

/** The part of the tree of choices that is not done with: forks leave it as soon as all their ways have been gone. */
export class Tree {
  readonly caution: Caution;
  /** Forks with ways that have not begun, by depth. */
  readonly #waiting: Fork[][] = [];

  constructor(caution: Caution) {
    this.caution = caution;
  }

  /** Ways to go next, the deepest first, and how runs find there. */
  next(count: number): Branching[] {
    const found: Branching[] = [];
    for (let depth = this.#waiting.length - 1; depth >= 0 && found.length < count; depth -= 1) {
      const forks = this.#waiting[depth]!;
      for (let i = forks.length - 1; i >= 0 && found.length < count; i -= 1) {
        const fork = forks[i]!;
        this.#begin(fork, count - found.length, found);
        if (fork.waiting > 0) continue;
        fork.listed = false;
        forks[i] = forks.at(-1)!;
        forks.pop();
      }
    }
    return found;
  }

  /** Those of the fork's ways that may begin: of all ways before them it is known what they touch. */
  #begin(fork: Fork, count: number, found: Branching[]): void {
    const asleep = [...fork.sleep];
    let left = Math.min(count, fork.waiting);
    for (let i = 0; i < fork.ways.length && left > 0; i += 1) {
      const way = fork.ways[i]!;
      if (!way.begun) {
        way.begun = true;
        fork.waiting -= 1;
        left -= 1;
        const { caution } = this;
        found.push({ way, path: { entries: entriesOf(way), sleep: [...asleep], guide: way.guide, caution } });
      }
      if (fork.kind === 'data') continue;
      if (way.touches === undefined) return;
      if (way.touches !== null) asleep.push({ id: way.value, touches: way.touches });
    }
  }

  /** Takes in what the run that went `way` has told. */
  learn(way: Way | null, path: Path, report: Report): void {
    const forks = forksOf(way);
    if (way?.fork.kind === 'order') {
      way.touches = report.branch;
      if (report.branch === null) this.#tryAll(way.fork);
    }
    let last = way;
    for (const passed of report.passed) {
      const fork = forkOf(passed, last, forks.length, path);
      forks.push(fork);
      if (passed.kind === 'data') {
        last = this.#add(fork, 0, null, []);
        for (let pick = 1; pick < passed.ways; pick += 1) this.#add(fork, pick, null, []);
      } else {
        last = this.#add(fork, passed.fired, passed.touches, []);
        if (passed.touches === null) this.#tryAll(fork);
      }
      last.begun = true;
      fork.waiting -= 1;
    }
    for (const demand of report.demands) this.#demand(forks[demand.depth]!, demand);
    this.#close(last);
  }

  #demand(fork: Fork, { among, all, guide }: Demand): void {
    const settled = (id: number): boolean =>
      fork.ways.some(({ value }) => value === id) || fork.sleep.some((sleeper) => sleeper.id === id);
    if (all) {
      for (const { id, touches } of among) if (!settled(id)) this.#add(fork, id, touches, []);
    } else if (!among.some(({ id }) => settled(id))) {
      const { id, touches } = among[0]!;
      this.#add(fork, id, touches, guide);
    }
  }

  #tryAll(fork: Fork): void {
    const known = new Set([...fork.ways.map(({ value }) => value), ...fork.sleep.map(({ id }) => id)]);
    const touches = fork.unknown ? null : undefined;
    for (const id of fork.enabled) if (!known.has(id)) this.#add(fork, id, touches, []);
  }

  #add(fork: Fork, value: number, touches: Signature | undefined, guide: readonly number[]): Way {
    const way: Way = { fork, value, touches, guide, begun: false };
    fork.ways.push(way);
    fork.open += 1;
    fork.waiting += 1;
    if (!fork.listed) {
      fork.listed = true;
      while (this.#waiting.length <= fork.depth) this.#waiting.push([]);
      this.#waiting[fork.depth]!.push(fork);
    }
    return way;
  }

  /** A way is done with, and with it the forks of which it was the last. */
  #close(way: Way | null): void {
    let at = way;
    while (at !== null) {
      const { fork } = at;
      fork.open -= 1;
      if (fork.open > 0) return;
      at = fork.from;
    }
  }
}

function forkOf(passed: Passed, from: Way | null, depth: number, path: Path): Fork {
  const order = passed.kind === 'order';
  return {
    kind: passed.kind,
    from,
    depth,
    enabled: order ? passed.enabled : [],
    unknown: order && passed.unknown,
    sleep: order && passed.asleep.length > 0 ? passed.asleep.map((place) => path.sleep[place]!) : NOTHING_ASLEEP,
    ways: [],
    open: 0,
    waiting: 0,
    listed: false,
  };
}

/** The forks from the root to the way's own. */
function forksOf(way: Way | null): Fork[] {
  const forks: Fork[] = [];
  for (let at = way; at !== null; at = at.fork.from) forks.push(at.fork);
  return forks.reverse();
}

function entriesOf(way: Way): number[] {
  const entries: number[] = [];
  for (let at: Way | null = way; at !== null; at = at.fork.from) entries.push(at.value);
  return entries.reverse();
}
