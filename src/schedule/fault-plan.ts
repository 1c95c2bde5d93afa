import type { FaultPoint } from '../kernel/choice.ts';
import type { Random } from './random.ts';

/** Places at which faults may strike, by kind, with how often a run was made in order to strike there. */
export type FaultPlaces = Readonly<Record<string, Readonly<Record<string, number>>>>;

type Target = readonly [kind: string, place: string];

/** What one run has to add. */
export interface FaultNews {
  /** Places that were not known, by kind. */
  readonly places: readonly Target[];
  /** Where the run was to strike. */
  readonly aimed: readonly Target[];
}

/** Places that are kept at most, a kind. */
const PLACES_MAX = 200;

/** Occurrences of a place beyond this one are not told apart. */
const MOST_OCCURRENCES = 16;

/** Runs that strike in chosen places only; in the others, faults strike by chance. */
const AIMED = 0.5;

/** Of these, runs that strike in two places. */
const TWICE = 0.3;

/**
 * Strikes in one or two chosen places instead of by chance: places where runs have not been made to strike so far come
 * first, so that each is tried soon, however many there are.
 */
export class FaultPlan {
  readonly #known: FaultPlaces;
  readonly #random: Random;
  readonly #targets: Target[] = [];
  readonly #aims: boolean;
  readonly #counts = new Map<string, number>();
  readonly #places: [string, string][] = [];

  constructor(known: FaultPlaces, random: Random) {
    this.#known = known;
    this.#random = random;
    const aims = candidates(known);
    const total = aims.reduce((sum, { weight }) => sum + weight, 0);
    // Where all that there is was tried often, chance does better: it strikes more than twice.
    this.#aims = random.next() < AIMED * Math.min(1, total);
    if (!this.#aims) return;
    this.#targets.push(drawn(aims, total, random));
    if (random.next() < TWICE) this.#targets.push(drawn(aims, total, random));
  }

  /** What strikes at `point`; null where that is left to chance. */
  fault(point: FaultPoint): number | null {
    const { kind } = point;
    const stem = point.key.replace(/\d+/g, '#');
    const count = (this.#counts.get(stem) ?? 0) + 1;
    this.#counts.set(stem, count);
    const place = `${stem} ${String(Math.min(count, MOST_OCCURRENCES))}`;
    if (!(place in (this.#known[kind] ?? {}))) this.#places.push([kind, place]);
    if (!this.#aims) return null;
    const aimed = this.#targets.some((target) => target[0] === kind && target[1] === place);
    return aimed ? 1 + this.#random.below(point.options.length) : 0;
  }

  report(): FaultNews {
    return { places: this.#places, aimed: this.#targets };
  }
}

/** All places; those of a kind that has few count for more, and all the less the more often they were tried. */
function candidates(known: FaultPlaces): { readonly target: Target; readonly weight: number }[] {
  return Object.entries(known).flatMap(([kind, tries]) => {
    const places = Object.entries(tries);
    return places.map(([place, times]) => ({
      target: [kind, place] as const,
      weight: 1 / (1 + times) ** 2 / places.length,
    }));
  });
}

function drawn(aims: ReturnType<typeof candidates>, total: number, random: Random): Target {
  let at = random.next() * total;
  for (const { target, weight } of aims) {
    at -= weight;
    if (at < 0) return target;
  }
  return aims.at(-1)!.target;
}

/** The places with what further runs add. */
export function withFaults(known: FaultPlaces, news: readonly FaultNews[]): FaultPlaces {
  const all: Record<string, Record<string, number>> = {};
  for (const [kind, places] of Object.entries(known)) all[kind] = { ...places };
  for (const { places, aimed } of news) {
    for (const [kind, place] of places) {
      const of = (all[kind] ??= {});
      if (Object.keys(of).length < PLACES_MAX) of[place] ??= 0;
    }
    for (const [kind, place] of aimed) all[kind]![place]! += 1;
  }
  return all;
}
