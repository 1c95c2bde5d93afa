import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import type { FaultPoint } from '../kernel/choice.ts';
import { FaultPlan, withFaults, type FaultNews, type FaultPlaces } from './fault-plan.ts';
import { Coverage, covering, NOTHING_COVERED, type Covered, type NewlyCovered } from './coverage.ts';
import { PROFILED_RUNS, Profiler, type RunProfile } from './profile.ts';
import type { Strategy, StrategyChooser } from './strategy.ts';

/** What a portfolio knows: what its members know, and what each has been worth. */
export interface PortfolioKnowledge {
  readonly members: readonly unknown[];
  readonly covered: Covered;
  /** By member: pairs covered first by its runs, older runs counting less. */
  readonly pays: readonly number[];
  readonly faults: FaultPlaces;
}

/** What is seen of every run, whoever made it: all members learn from all runs. */
interface PortfolioReport extends NewlyCovered, Partial<RunProfile> {
  readonly member: number;
  readonly faults: FaultNews;
}

export interface Member {
  readonly strategy: Strategy;
  /** Its part of the runs before anything is known, in relation to the others'. */
  readonly share: number;
}

/** What part of the runs goes by shares whatever pays: nothing is ruled out for good. */
const SHARED = 0.5;

/** How fast older gains fade, a run. */
const FADING = 0.98;

/** A member's chooser, with somebody who looks on. */
class Watched implements StrategyChooser {
  readonly delays: boolean;
  readonly #chooser: StrategyChooser;
  readonly #member: number;
  readonly #covered: Covered;
  readonly #faults: FaultPlan;
  readonly #coverage = new Coverage();
  readonly #profiler: Profiler | null;

  constructor(
    chooser: StrategyChooser,
    member: number,
    knowledge: PortfolioKnowledge,
    faults: FaultPlan,
    profiled: boolean,
  ) {
    this.#chooser = chooser;
    this.#faults = faults;
    this.#profiler = profiled ? new Profiler() : null;
    this.delays = chooser.delays;
    this.#member = member;
    this.#covered = knowledge.covered;
  }

  event(enabled: Enabled): number {
    return this.#chooser.event(enabled);
  }

  delay(event: PendingEvent, room: number): number {
    return this.#chooser.delay(event, room);
  }

  fault(point: FaultPoint): number {
    return this.#faults.fault(point) ?? this.#chooser.fault(point);
  }

  draw(name: string): number {
    return this.#chooser.draw(name);
  }

  fires(event: PendingEvent, now: number): void {
    this.#coverage.fires(event);
    this.#profiler?.fires(event);
    this.#chooser.fires?.(event, now);
  }

  report(): PortfolioReport {
    const own = this.#chooser.report?.() as Record<string, unknown> | undefined;
    return {
      ...own,
      ...this.#profiler?.report(),
      ...this.#coverage.report(this.#covered),
      faults: this.#faults.report(),
      member: this.#member,
    };
  }
}

/**
 * Several strategies share the runs. Half of the runs go by fixed shares; the other half goes to members in proportion
 * to what they have paid of late: how many pairs of accesses their runs showed for the first time. Which member makes a
 * run is drawn from the run's own stream, and what is learnt changes between rounds only.
 */
export function portfolio(name: string, members: readonly Member[]): Strategy<PortfolioKnowledge> {
  const shares = members.map(({ share }) => share);
  return {
    name,
    initial: {
      members: members.map(({ strategy }) => strategy.initial),
      covered: NOTHING_COVERED,
      pays: members.map(() => 0),
      faults: {},
    },
    chooser: ({ index, random, knowledge }) => {
      const draw = random.next();
      const paid = knowledge.pays.some((each) => each > 0);
      const weights = paid && draw >= SHARED ? knowledge.pays : shares;
      const member = drawn(weights, random.next());
      const { strategy } = members[member]!;
      const chooser = strategy.chooser({ index, random, knowledge: knowledge.members[member] });
      const faults = new FaultPlan(knowledge.faults, random);
      return new Watched(chooser, member, knowledge, faults, index < PROFILED_RUNS);
    },
    learn: ({ members: known, covered, pays, faults }, round) => {
      const reports = round.map(({ report }) => report as PortfolioReport);
      const worth = [...pays];
      const now = covering(covered, reports, (at, pairs) => {
        for (let i = 0; i < worth.length; i += 1) worth[i]! *= FADING;
        worth[reports[at]!.member]! += pairs;
      });
      return {
        members: members.map(({ strategy }, i) => strategy.learn(known[i], round)),
        covered: now,
        pays: worth,
        faults: withFaults(
          faults,
          reports.map((each) => each.faults),
        ),
      };
    },
  };
}

function drawn(weights: readonly number[], at: number): number {
  let left = at * weights.reduce((sum, each) => sum + each, 0);
  for (let i = 0; i < weights.length; i += 1) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
