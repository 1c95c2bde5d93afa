// Runs a scenario once for each place at which a process may crash, with the crash at exactly that place.

import { execute } from '../src/check/execute.ts';
import { inBatches } from '../src/check/explore.ts';
import { verdictName } from '../src/check/verdict.ts';
import type { Chooser, FaultPoint } from '../src/kernel/choice.ts';
import type { Enabled } from '../src/kernel/enabled.ts';
import type { PendingEvent } from '../src/kernel/event.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { idle } from './choosers.ts';

/** Where a crash may strike: after a turn of its process, or at a storage operation inside one. */
export type CrashPlace = 'turn' | 'storage operation';

/** `crash NAME after EVENT` is between two turns, `crash NAME at OPERATION` in the middle of one. */
function placeOf({ key }: FaultPoint): CrashPlace {
  const after = key.indexOf(' after ');
  const at = key.indexOf(' at ');
  return after === -1 || (at !== -1 && at < after) ? 'storage operation' : 'turn';
}

/**
 * Lets processes crash at chosen ones of the places of one kind, counted from 1, and nowhere else. Everything but
 * crashes is up to another chooser.
 */
export class CrashAt implements Chooser {
  readonly delays: boolean;
  /** The places at which it crashed. */
  readonly struck: string[] = [];
  readonly #place: CrashPlace;
  readonly #at: ReadonlySet<number>;
  readonly #others: Chooser;
  #passed = 0;

  constructor(place: CrashPlace, at: readonly number[], others: Chooser = idle) {
    this.#place = place;
    this.#at = new Set(at);
    this.#others = others;
    this.delays = others.delays;
  }

  event(enabled: Enabled): number {
    return this.#others.event(enabled);
  }

  delay(event: PendingEvent, room: number): number {
    return this.#others.delay(event, room);
  }

  fault(point: FaultPoint): number {
    if (point.kind !== 'crash') return this.#others.fault(point);
    if (placeOf(point) !== this.#place) return 0;
    this.#passed += 1;
    if (!this.#at.has(this.#passed)) return 0;
    this.struck.push(point.key);
    return 1;
  }

  draw(name: string): number {
    return this.#others.draw(name);
  }
}

export interface Sweep {
  readonly scenario: Scenario;
  readonly subject: string;
  /** Must let a process crash at least once: `sim.process(…, { crashes: 1 })`. */
  readonly workload: unknown;
  readonly place: CrashPlace;
  /** It crashes once more, so many places after the first time. */
  readonly andAgainAfter?: number;
  /** Makes the other choices of a run: the same ones whenever it is called. Default: what an idle machine does. */
  readonly others?: () => Chooser;
}

export interface Swept {
  /** Places at which it crashed, one in each run: all that the run without a crash comes to. */
  readonly places: number;
  /** Crashes in all these runs. */
  readonly crashes: number;
  /** What did not hold, with the place of the crash. */
  readonly failed: readonly string[];
}

/**
 * Runs the scenario with one crash at place 1, at place 2 and so on, until there is no such place. Up to its crash a run
 * is the run without one, so that no place is left out.
 */
export async function crashEverywhere(sweep: Sweep): Promise<Swept> {
  const { scenario, subject, workload, place, andAgainAfter, others } = sweep;
  const failed: string[] = [];
  let places = 0;
  let crashes = 0;
  await inBatches(() => {
    const at = places + 1;
    const chooser = new CrashAt(place, andAgainAfter === undefined ? [at] : [at, at + andAgainAfter], others?.());
    const { verdict } = execute({ scenario, subject, workload, chooser, keys: true });
    const [crash] = chooser.struck;
    crashes += chooser.struck.length;
    if (verdict.kind !== 'holds') {
      failed.push(`${crash ?? 'no crash'} (${String(at)}): ${verdictName(verdict)}: ${String(verdict.message)}`);
    }
    // The last run finds no place: it is the one without a crash, and must hold, too.
    if (crash === undefined) return false;
    places += 1;
    return true;
  });
  return { places, crashes, failed };
}
