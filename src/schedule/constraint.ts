import { INITIAL, type Pair } from './coverage.ts';
import { ANYTHING, type Site } from './sites.ts';

/** Holds events back so that an access finds a certain write. */
export class Constraint {
  readonly pair: Pair;
  /** Neither met nor given up. */
  open = true;
  /** The write has come: until the access has, no other may. */
  #armed: boolean;

  constructor(pair: Pair) {
    this.pair = pair;
    this.#armed = pair.source === INITIAL;
  }

  /** Whether an event of `site` has to wait. `near` says whether the access could come now. */
  holds(site: Site, near: () => boolean = () => true): boolean {
    const { site: wanted, resource } = this.pair;
    if (!this.#armed) return site.name === wanted;
    if (site.name === wanted || !site.writes.includes(resource)) return false;
    // Everything writes to what nobody knows: the access must be there, or it never will be.
    return resource !== ANYTHING || near();
  }

  fired(site: Site): void {
    const { site: wanted, source, resource } = this.pair;
    if (site.name === wanted && this.#armed) this.open = false;
    else if (site.name === source) this.#armed = true;
    else if (source !== INITIAL && site.writes.includes(resource)) this.#armed = false;
  }
}
