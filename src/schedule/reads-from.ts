import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import { Constraint } from './constraint.ts';
import { Coverage, covering, NOTHING_COVERED, type Covered, type NewlyCovered } from './coverage.ts';
import type { Random } from './random.ts';
import type { Strategy, StrategyChooser } from './strategy.ts';
import { Swarm } from './swarm.ts';
import { drawTarget, type Target, type Tried } from './target.ts';

export interface ReadsFromKnowledge {
  readonly covered: Covered;
  readonly tried: Tried;
}

interface ReadsFromReport extends NewlyCovered {
  /** What the run was made for, if it was made for anything. */
  readonly tried?: string;
}

/** Brings about its target; where that leaves the choice open, any enabled event may be next. */
class ReadsFromChooser extends Swarm implements StrategyChooser {
  readonly #random: Random;
  readonly #coverage = new Coverage();
  readonly #covered: Covered;
  readonly #target: Target | null;
  readonly #constraints: readonly Constraint[];
  readonly #free: number[] = [];

  constructor(random: Random, { covered, tried }: ReadsFromKnowledge) {
    super(random);
    this.#random = random;
    this.#covered = covered;
    this.#target = drawTarget(covered, tried, random);
    this.#constraints = (this.#target?.pairs ?? []).map((pair) => new Constraint(pair));
  }

  event(enabled: Enabled): number {
    const free = this.#free;
    let count = 0;
    for (let i = 0; i < enabled.size; i += 1) {
      if (this.#isHeld(enabled.at(i), enabled)) continue;
      free[count] = i;
      count += 1;
    }
    if (count > 0) return free[this.#random.below(count)]!;
    const chosen = this.#random.below(enabled.size);
    // All wait for something that cannot come: what holds this one back is given up.
    const site = this.#coverage.siteOf(enabled.at(chosen));
    for (const constraint of this.#constraints) if (constraint.holds(site)) constraint.open = false;
    return chosen;
  }

  #isHeld(event: PendingEvent, enabled: Enabled): boolean {
    for (const constraint of this.#constraints) {
      if (!constraint.open) continue;
      const near = (): boolean => this.#isEnabled(constraint.pair.site, enabled);
      if (constraint.holds(this.#coverage.siteOf(event), near)) return true;
    }
    return false;
  }

  #isEnabled(site: string, enabled: Enabled): boolean {
    for (let i = 0; i < enabled.size; i += 1) if (this.#coverage.siteOf(enabled.at(i)).name === site) return true;
    return false;
  }

  fires(event: PendingEvent): void {
    const site = this.#coverage.fires(event);
    for (const constraint of this.#constraints) if (constraint.open) constraint.fired(site);
  }

  report(): ReadsFromReport {
    const news = this.#coverage.report(this.#covered);
    return this.#target === null ? news : { ...news, tried: this.#target.key };
  }
}

/** How often each target was tried, with further runs. */
function withTried(tried: Tried, keys: readonly string[]): Tried {
  const counts: Record<string, number> = { ...tried };
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/**
 * Feedback by reads-from coverage, after Wolff, Shi, Duck, Mathur and Roychoudhury, "Greybox Fuzzing for Concurrency
 * Testing", ASPLOS 2024: what matters of a schedule is which write each access finds. From the runs so far it is known
 * which sites touch which resource; a run is made so that an access finds a write that it never found before: accesses
 * are held back until that write has come, and other writes until the access has. Where nobody says what events touch,
 * a pair is of two events in succession (a hand-off).
 */
export const readsFrom: Strategy<ReadsFromKnowledge> = {
  name: 'reads-from',
  initial: { covered: NOTHING_COVERED, tried: {} },
  chooser: ({ random, knowledge }) => new ReadsFromChooser(random, knowledge),
  learn: ({ covered, tried }, round) => {
    const news = round.map(({ report }) => report as ReadsFromReport);
    return {
      covered: covering(covered, news),
      tried: withTried(
        tried,
        news.flatMap((each) => each.tried ?? []),
      ),
    };
  },
};
