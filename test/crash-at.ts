// Runs a scenario once for each place at which a process may crash, with the crash at exactly that place.

import { execute } from '../src/check/execute.ts';
import { inBatches } from '../src/check/explore.ts';
import { verdictName } from '../src/check/verdict.ts';
import type { Chooser } from '../src/kernel/choice.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { Strike } from '../src/schedule/strike.ts';
import { idle } from './choosers.ts';

/** Where a crash may strike: after a turn of its process, or at a storage operation inside one. */
export type CrashPlace = 'turn' | 'storage operation';

/** `crash NAME after EVENT` is between two turns, `crash NAME at OPERATION` in the middle of one. */
const BETWEEN_TURNS = '(?:(?! at ).)* after ';
const WHERE: Readonly<Record<CrashPlace, RegExp>> = {
  turn: new RegExp(`^${BETWEEN_TURNS}`),
  'storage operation': new RegExp(`^(?!${BETWEEN_TURNS})`),
};

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
  const { scenario, subject, workload, place, andAgainAfter, others = () => idle } = sweep;
  const failed: string[] = [];
  let places = 0;
  let crashes = 0;
  await inBatches(() => {
    const first = places + 1;
    const at = andAgainAfter === undefined ? [first] : [first, first + andAgainAfter];
    const chooser = new Strike({ kind: 'crash', where: WHERE[place], at, others: others() });
    const { verdict } = execute({ scenario, subject, workload, chooser, keys: true });
    const [crash] = chooser.places;
    crashes += chooser.places.length;
    if (verdict.kind !== 'holds') {
      failed.push(`${crash ?? 'no crash'} (${String(first)}): ${verdictName(verdict)}: ${String(verdict.message)}`);
    }
    // The last run finds no place: it is the one without a crash, and must hold, too.
    if (crash === undefined) return false;
    places += 1;
    return true;
  });
  return { places, crashes, failed };
}
