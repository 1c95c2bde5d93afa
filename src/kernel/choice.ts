import type { Enabled } from './enabled.ts';
import type { PendingEvent } from './event.ts';
import type { Task } from './task.ts';
import type { Touch } from './touch.ts';

/** A place where a fault may strike. Option 0 is always "no fault". */
export interface FaultPoint {
  /** Names the place across runs, for example `crash worker after worker/io save#1`. */
  readonly key: string;
  /** The kind that swarm testing turns on and off, for example `crash`. */
  readonly kind: string;
  /** What may happen, without the leading "no fault". */
  readonly options: readonly string[];
}

/**
 * Makes every choice of one run. The world asks it only where there is something to choose, and keeps the answers
 * on one list, from which the run can be repeated.
 */
export interface Chooser {
  /** Whether events may fire later than their earliest instant in this run; if not, `delay` is never called. */
  readonly delays: boolean;
  /** Which of two or more enabled events fires next: an index into `enabled`. */
  event(enabled: Enabled): number;
  /** How many whole virtual ms after its earliest instant the event fires: 0 to `room`. */
  delay(event: PendingEvent, room: number): number;
  /** 0 for no fault, otherwise 1 + the index of the option. */
  fault(point: FaultPoint): number;
  /** A 32-bit unsigned integer that seeds a stream of random values; 0 is the default stream. */
  draw(name: string): number;
  /** Told of every turn before it begins, of those without an alternative, too. */
  fires?(event: PendingEvent, now: number): void;
  /** Who wants to know what turns have to do with each other. */
  readonly witness?: Witness;
}

/** Of what is observed of a run: that an operation begins or ends, or a fact. */
export type Entry = 'operation' | 'fact';

/** Hears what each turn does that others may notice. Costs nothing where nobody listens. */
export interface Witness {
  /** Code of task `by` queued an event, or armed a timer again; also between turns. */
  queued(event: PendingEvent, by: Task): void;
  /** An event is taken back, if it has not fired yet. */
  cancelled(event: PendingEvent): void;
  /** Code of task `by` read or wrote something that tasks have in common. */
  touched(resource: string, writes: boolean, by: Task): void;
  /** What the turn's task goes on with is queued once that which it touches permits it. */
  waits(touches: readonly Touch[]): void;
  /** Code of task `by` begins or ends an operation, or tells a fact: an entry in what is observed of the run. */
  entered(entry: Entry, by: Task): void;
  /** Somebody may notice the order of such entries. */
  noticed(entry: Entry): void;
  /** The turn did what no resource stands for: a process began, ended or stalled. */
  concernsAll(): void;
  /** A task has ended, for which the task `starter` may be waiting. */
  ended(starter: Task): void;
  /** The turn has drained. `watched`: somebody looks at the state between turns. */
  over(watched: boolean): void;
  /** The run has its verdict. */
  judged(): void;
  /** The loop stops between two turns: what was asked for has come, or the run has its verdict. */
  stopped(): void;
}

/** One choice as a person and a shrinker read it, with what the default would have been. */
export type Choice =
  | {
      readonly kind: 'order';
      readonly turn: number;
      /** Key of the event that an idle machine would have fired. */
      readonly instead: string;
      /** Key of the event that fired. */
      readonly fire: string;
      /** Keys of all enabled events in canonical order; the default first. */
      readonly among: readonly string[];
    }
  | {
      readonly kind: 'delay';
      readonly turn: number;
      readonly event: string;
      readonly by: number;
      readonly room: number;
    }
  | {
      readonly kind: 'fault';
      readonly turn: number;
      readonly point: string;
      readonly fault: string;
      readonly pick: number;
      readonly options: readonly string[];
    }
  | { readonly kind: 'draw'; readonly turn: number; readonly name: string; readonly value: number };

/** What an observer of a run is told. Observers cost nothing where there is none. */
export interface Recorder {
  /** A choice was made; only choices with an alternative are told. */
  choice(choice: Choice): void;
  /** An event is about to fire. */
  turn(turn: number, now: number, event: PendingEvent): void;
}
