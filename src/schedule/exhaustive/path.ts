import type { Signature } from './dependence.ts';
import type { Demand } from './races.ts';
import type { Sleeper } from './sleep.ts';
import type { Caution } from './turn-log.ts';

/** Where a run is to branch off. */
export interface Path {
  /** Choices from the root: ids of events; of workloads, faults and delays the pick. */
  readonly entries: readonly number[];
  /** What sleeps at the last fork. */
  readonly sleep: readonly Sleeper[];
  /** Ids of the events to fire first, where they are enabled; nothing hangs on it. */
  readonly guide: readonly number[];
  readonly caution: Caution;
}

/** A fork that a run passed behind its path's end. */
export type Passed =
  | { readonly kind: 'data'; readonly ways: number }
  | {
      readonly kind: 'order';
      readonly enabled: readonly number[];
      /** None of the enabled events has said what it touches, so each may touch anything. */
      readonly unknown: boolean;
      readonly fired: number;
      readonly touches: Signature;
      /** Positions in the path's list of those that slept there still. */
      readonly asleep: readonly number[];
    };

/** What a run tells of the tree of choices. */
export interface Report {
  readonly passed: readonly Passed[];
  /** What the turn at the path's end touches, where that is an event. */
  readonly branch: Signature;
  readonly demands: readonly Demand[];
  /** All that could go on slept: from there on, the run only repeats others. */
  readonly redundant: boolean;
  /** For how many schedules the run stands, in decimal digits. */
  readonly standsFor: string;
  /** It is more than that. */
  readonly more: boolean;
  /** Something was drawn from 2³² values, of which only the first is tried. */
  readonly endless: boolean;
  /** The path could not be followed: something is not under control. */
  readonly lost: boolean;
  readonly caution: Caution;
}
