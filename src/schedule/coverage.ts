import type { PendingEvent } from '../kernel/event.ts';
import { ANYTHING, Sites, type Site } from './sites.ts';

/** Where a resource has its value from before anybody wrote it. */
export const INITIAL = '-';

/** What the runs so far have shown of who touches what after whom. */
export interface Covered {
  /** Which resources are read and written, by site. */
  readonly sites: Readonly<Record<string, Access>>;
  /** Pairs that were seen, by key: a site and the site that wrote the resource last before it. */
  readonly pairs: Readonly<Record<string, Pair>>;
  /** Two pairs that were seen in accesses of one task, one soon after the other; by {@link comboKey}. */
  readonly combos: Readonly<Record<string, true>>;
}

export type Access = Pick<Site, 'reads' | 'writes'>;

/** `site` found what `source` had written to `resource`. */
export interface Pair {
  readonly site: string;
  readonly source: string;
  readonly resource: string;
}

/** What one run has to add. */
export interface NewlyCovered {
  readonly sites: Readonly<Record<string, Access>>;
  readonly pairs: readonly Pair[];
  readonly combos: readonly string[];
}

export const NOTHING_COVERED: Covered = { sites: {}, pairs: {}, combos: {} };

/** Kept at most: a program with more has names with something random in them. */
const SITES_MAX = 400;
const COMBOS_MAX = 4000;

/** Two pairs belong together when so many accesses of their task lie between, or fewer. */
const REACH = 2;

/** Follows a run and notes which write each access finds: reads-from pairs, and hand-offs where the access writes. */
export class Coverage {
  readonly #sites = new Sites();
  /** Site of the last write, by resource. */
  readonly #lastWrite = new Map<string, Site>();
  /** The pairs of this run in the order in which they were first seen. */
  readonly #pairs: Pair[] = [];
  /** Positions in {@link #pairs}: by resource, by the two ids in one number. */
  readonly #known = new Map<string, Map<number, number>>();
  /** Two positions in one number. */
  readonly #combos = new Set<number>();
  /** The last pairs of each task, by its index. */
  readonly #recent: number[][] = [];

  /** The site of an event that may fire next. */
  siteOf(event: PendingEvent): Site {
    return this.#sites.of(event);
  }

  /** The event fires now. */
  fires(event: PendingEvent): Site {
    const site = this.#sites.fired(event);
    for (const resource of site.reads) this.#note(resource, site, event.task.index);
    for (const resource of site.writes) {
      this.#note(resource, site, event.task.index);
      this.#lastWrite.set(resource, site);
    }
    return site;
  }

  #note(resource: string, site: Site, task: number): void {
    const pair = this.#position(resource, site, this.#lastWrite.get(resource));
    if (resource === ANYTHING) return;
    const recent = (this.#recent[task] ??= []);
    for (const before of recent) this.#combos.add(before * 0x10000 + pair);
    recent.push(pair);
    if (recent.length > REACH) recent.shift();
  }

  #position(resource: string, site: Site, source: Site | undefined): number {
    let known = this.#known.get(resource);
    if (known === undefined) {
      known = new Map();
      this.#known.set(resource, known);
    }
    const ids = site.id * 0x10000 + (source === undefined ? 0 : source.id + 1);
    let position = known.get(ids);
    if (position === undefined) {
      position = this.#pairs.length;
      known.set(ids, position);
      this.#pairs.push({ site: site.name, source: source?.name ?? INITIAL, resource });
    }
    return position;
  }

  /** What this run has seen that is not among `known`. */
  report(known: Covered): NewlyCovered {
    const sites: Record<string, Access> = {};
    for (const { name, reads, writes } of this.#sites.all) if (!(name in known.sites)) sites[name] = { reads, writes };
    const keys = this.#pairs.map(pairKey);
    const combos: string[] = [];
    for (const combo of this.#combos) {
      const key = comboKey(keys[Math.floor(combo / 0x10000)]!, keys[combo & 0xffff]!);
      if (!(key in known.combos)) combos.push(key);
    }
    return { sites, pairs: this.#pairs.filter((_pair, at) => !(keys[at]! in known.pairs)), combos };
  }
}

export function pairKey({ site, source, resource }: Pair): string {
  return `${site} <- ${source} on ${resource}`;
}

export function comboKey(first: string, second: string): string {
  return `${first}, ${second}`;
}

/** What was covered, with what further runs add, in their order; `added` is told how much each one added. */
export function covering(
  covered: Covered,
  news: readonly NewlyCovered[],
  added: (at: number, gain: number) => void = () => undefined,
): Covered {
  const sites = { ...covered.sites };
  const pairs = { ...covered.pairs };
  const combos = { ...covered.combos };
  let room = SITES_MAX - Object.keys(sites).length;
  let comboRoom = COMBOS_MAX - Object.keys(combos).length;
  news.forEach((each, at) => {
    for (const [name, site] of Object.entries(each.sites)) {
      if (name in sites || room <= 0) continue;
      sites[name] = site;
      room -= 1;
    }
    let gain = 0;
    for (const pair of each.pairs) {
      const key = pairKey(pair);
      if (key in pairs || !(pair.site in sites)) continue;
      pairs[key] = pair;
      gain += 1;
    }
    for (const key of each.combos) {
      if (key in combos || comboRoom <= 0) continue;
      combos[key] = true;
      comboRoom -= 1;
      gain += 1;
    }
    added(at, gain);
  });
  return { sites, pairs, combos };
}
