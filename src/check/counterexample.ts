import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workloadFrom, workloadText } from './workload-text.ts';
import writeFileAtomic from 'write-file-atomic';
import { HeddleError } from '../kernel/errors.ts';
import type { Deviation } from '../schedule/deviation.ts';
import type { Campaign } from './campaign.ts';
import type { Explanation } from './explain.ts';
import type { FailedRun } from './explore.ts';
import { decodeToken, encodeToken, type ReplayRecipe } from './token.ts';
import type { Verdict } from './verdict.ts';
import { VERSION } from './version.ts';

/** How large a counterexample is. */
export interface Size {
  readonly operations: number;
  readonly choices: number;
  readonly taskSwitches: number;
}

/** The shrunk form of a counterexample. */
export interface Shrunk extends Size {
  readonly workload: unknown;
  readonly schedule: readonly Deviation[];
  readonly verdict: Verdict;
  readonly hash: string;
  readonly tasks: number;
  readonly faults: number;
  readonly before: Size;
  readonly shrinkRuns: number;
  readonly shrinkMs: number;
  readonly explanation: Explanation;
}

/** A counterexample as it lies in the reports folder: how it was found, and what shrinking made of it. */
export interface Counterexample {
  readonly campaign: Campaign;
  /** The scenario file, relative to where heddle ran. */
  readonly file: string;
  readonly found: FailedRun;
  /** Null until it has been shrunk. */
  readonly shrunk: Shrunk | null;
}

const FORMAT = 1;

/** What a replay needs; of an unshrunk counterexample it is null, and `heddle replay … --run` repeats the run. */
export function recipeOf({ campaign, shrunk }: Counterexample): ReplayRecipe | null {
  if (shrunk === null) return null;
  const { workload, schedule, verdict, hash } = shrunk;
  return { scenario: campaign.scenario, subject: campaign.subject, workload, schedule, verdict, hash };
}

/** Where the counterexample of a campaign lies; one campaign has one. */
export function counterexamplePath(folder: string, campaign: Campaign): string {
  const name = `${campaign.scenario}@${campaign.subject}-${campaign.seed}`.replace(/[^\w@.-]+/g, '_');
  return join(folder, `${name}.json`);
}

/** Writes it whole or not at all; returns its path. */
export async function writeCounterexample(folder: string, counterexample: Counterexample): Promise<string> {
  const path = counterexamplePath(folder, counterexample.campaign);
  const { found, shrunk } = counterexample;
  const recipe = recipeOf(counterexample);
  const document = {
    heddle: VERSION,
    format: FORMAT,
    token: recipe === null ? null : encodeToken(recipe),
    ...counterexample,
    // Workloads may hold what JSON cannot: NaN, undefined, bigint.
    found: { ...found, workload: workloadText(found.workload) },
    shrunk: shrunk === null ? null : { ...shrunk, workload: workloadText(shrunk.workload) },
  };
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify(document, null, 2)}\n`);
  return path;
}

/** @throws HeddleError with code `NO_COUNTEREXAMPLE`, `BROKEN_COUNTEREXAMPLE` or `FOREIGN_COUNTEREXAMPLE`. */
export async function readCounterexample(path: string): Promise<Counterexample> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new HeddleError(
      {
        code: 'NO_COUNTEREXAMPLE',
        expected: 'a readable counterexample file',
        received: path,
        next: 'Pass a file that `heddle run` wrote, or a token.',
      },
      { cause },
    );
  }
  const broken = (received: string, cause?: unknown): HeddleError =>
    new HeddleError(
      {
        code: 'BROKEN_COUNTEREXAMPLE',
        expected: `a counterexample in ${path}`,
        received,
        next: 'Run the campaign again with its seed.',
      },
      { cause },
    );
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw broken('a file that is not whole', cause);
  }
  if (typeof document['format'] !== 'number' || typeof document['campaign'] !== 'object')
    throw broken('some other JSON document');
  if (document['format'] !== FORMAT) {
    throw new HeddleError({
      code: 'FOREIGN_COUNTEREXAMPLE',
      expected: `a counterexample of format ${FORMAT}`,
      received: `format ${document['format']} of heddle ${String(document['heddle'])}`,
      next: 'Replay it with that version of heddle.',
    });
  }
  try {
    const { campaign, file, found, shrunk } = document as unknown as Counterexample;
    const revive = <T extends { workload: unknown }>(part: T): T => ({
      ...part,
      workload: workloadFrom(part.workload as string),
    });
    // The token stands for the shrunk part: a file whose two disagree was edited.
    if (shrunk !== null) decodeToken(document['token'] as string);
    return { campaign, file, found: revive(found), shrunk: shrunk === null ? null : revive(shrunk) };
  } catch (cause) {
    throw broken('a document with missing or damaged parts', cause);
  }
}
