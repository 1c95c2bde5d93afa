import type { HeddleErrorDetails } from '../kernel/errors.ts';
import type { Deviation } from '../schedule/deviation.ts';
import type { Campaign } from './campaign.ts';
import type { Shrunk } from './counterexample.ts';
import type { Chunk, ChunkResult, FailedRun, Sample } from './explore.ts';
import type { FirstFailure } from './first-failure.ts';
import type { Replayed } from './jobs.ts';
import type { ScenarioInfo } from './load.ts';

/** What a worker can be asked to do, with what it answers. Values travel by structured clone. */
export interface Jobs {
  /** Load files and say what is in them. */
  catalog: { ask: { files: readonly string[] }; answer: CatalogEntry[] };
  explore: { ask: { file: string; chunk: Chunk }; answer: ChunkResult };
  /** A whole campaign in one thread, up to its first failing run. */
  firstFailure: { ask: { file: string; campaign: Campaign }; answer: FirstFailure };
  shrink: { ask: { file: string; campaign: Campaign; found: FailedRun }; answer: Shrunk | null };
  audit: {
    ask: { file: string; campaign: Campaign; samples: readonly (Sample & { readonly knowledge: unknown })[] };
    answer: string | null;
  };
  replay: {
    ask: { file: string; scenario: string; subject: string; workload: unknown; schedule: readonly Deviation[] };
    answer: Replayed;
  };
  rerun: { ask: { file: string; campaign: Campaign; index: number; knowledge: unknown }; answer: Replayed };
}

export type JobKind = keyof Jobs;

/** What one file turned out to hold. */
export type CatalogEntry =
  | { readonly file: string; readonly scenarios: readonly ScenarioInfo[] }
  | { readonly file: string; readonly error: string };

export interface JobMessage {
  readonly id: number;
  readonly kind: JobKind;
  readonly ask: Jobs[JobKind]['ask'];
}

/** Not a job: something that scenarios require is there. Nothing is answered. */
export interface ProvideMessage {
  readonly id: 0;
  readonly kind: 'provide';
  readonly ask: { readonly name: string; readonly value: unknown };
}

/** An error as it travels between threads. */
export interface TravellingError {
  readonly message: string;
  readonly stack: string;
  readonly details: HeddleErrorDetails | null;
}

export type AnswerMessage =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: TravellingError };
