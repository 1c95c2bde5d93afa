import type { PendingEvent } from '../kernel/event.ts';
import { Sites, type Site } from './sites.ts';

/** Where a resource has its value from before anybody wrote it. */
export const INITIAL = '-';

/** What the runs so far have shown of who touches what after whom. */
export interface Covered {
  /** Which resources are read and written, by site. */
  readonly sites: Readonly<Record<string, Access>>;
  /** Pairs that were seen: a site and the site that wrote the resource last before it. */
  readonly pairs: Readonly<Record<string, true>>;
}

export type Access = Pick<Site, 'reads' | 'writes'>;

/** What one run has to add. */
export interface NewlyCovered {
  readonly sites: Readonly<Record<string, Access>>;
  readonly pairs: readonly string[];
}

export const NOTHING_COVERED: Covered = { sites: {}, pairs: {} };

/** Sites that are kept at most: a program with more of them has names with something random in them. */
const SITES_MAX = 400;

const NOBODY = 0xffff;

/** Follows a run and notes which write each access finds: reads-from pairs, and hand-offs where the access writes. */
export class Coverage {
  readonly #sites = new Sites();
  /** Site of the last write, by resource. */
  readonly #lastWrite = new Map<string, Site>();
  /** By resource: a site's id and that of the one before it in one number. */
  readonly #pairs = new Map<string, Set<number>>();

  /** The site of an event that may fire next. */
  siteOf(event: PendingEvent): Site {
    return this.#sites.of(event);
  }

  /** The event fires now. */
  fires(event: PendingEvent): Site {
    const site = this.#sites.fired(event);
    for (const resource of site.reads) this.#note(resource, site);
    for (const resource of site.writes) {
      this.#note(resource, site);
      this.#lastWrite.set(resource, site);
    }
    return site;
  }

  #note(resource: string, site: Site): void {
    let pairs = this.#pairs.get(resource);
    if (pairs === undefined) {
      pairs = new Set();
      this.#pairs.set(resource, pairs);
    }
    pairs.add((site.id << 16) | (this.#lastWrite.get(resource)?.id ?? NOBODY));
  }

  /** What this run has seen that is not among `known`. */
  report(known: Covered): NewlyCovered {
    const { all } = this.#sites;
    const sites: Record<string, Access> = {};
    for (const { name, reads, writes } of all) if (!(name in known.sites)) sites[name] = { reads, writes };
    const pairs: string[] = [];
    for (const [resource, numbers] of this.#pairs) {
      for (const number of numbers) {
        const source = number & NOBODY;
        const key = pairKey(all[number >> 16]!.name, source === NOBODY ? INITIAL : all[source]!.name, resource);
        if (!(key in known.pairs)) pairs.push(key);
      }
    }
    return { sites, pairs };
  }
}

export function pairKey(site: string, source: string, resource: string): string {
  return `${site} <- ${source} on ${resource}`;
}

/** What was covered, with what further runs add, in their order; `added` is told how many pairs each one added. */
export function covering(
  covered: Covered,
  news: readonly NewlyCovered[],
  added: (at: number, pairs: number) => void = () => undefined,
): Covered {
  const sites = { ...covered.sites };
  const pairs = { ...covered.pairs };
  let room = SITES_MAX - Object.keys(sites).length;
  news.forEach((each, at) => {
    for (const [name, site] of Object.entries(each.sites)) {
      if (name in sites || room <= 0) continue;
      sites[name] = site;
      room -= 1;
    }
    let fresh = 0;
    for (const key of each.pairs) {
      if (key in pairs) continue;
      pairs[key] = true;
      fresh += 1;
    }
    added(at, fresh);
  });
  return { sites, pairs };
}
