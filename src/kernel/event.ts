import type { Channel } from './channel.ts';
import type { SimProcess } from './process.ts';
import type { Task } from './task.ts';
import type { Touch } from './touch.ts';

/** What an event is; the position in this list enters the trace hash, so it only grows at its end. */
export const EVENT_KINDS = ['main', 'start', 'timeout', 'interval', 'immediate', 'io', 'message', 'fault'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** The same as numbers, for the turn loop. */
export const KIND: { readonly [K in EventKind]: number } = {
  main: 0,
  start: 1,
  timeout: 2,
  interval: 3,
  immediate: 4,
  io: 5,
  message: 6,
  fault: 7,
};

/** How code that was queued in one async context is resumed in it. */
export type InContext = (callback: () => void) => void;

export type EventState = 'pending' | 'fired' | 'cancelled';

/**
 * Something that the outside world may deliver, with its window in virtual ms.
 * `rank` is the earliest instant at which it may fire (the heap's key), `latest` the last one.
 */
export class PendingEvent {
  rank: number;
  readonly seq: number;
  slot = -1;
  latest: number;
  /** Its place among the deadlines of its process. */
  deadlineSlot = -1;
  /** Index into {@link EVENT_KINDS}. */
  readonly kindCode: number;
  readonly label: string;
  readonly process: SimProcess;
  readonly task: Task;
  state: EventState = 'pending';
  /** The resources that its turn touches, as far as whoever queued it knows; null: unknown, it may touch anything. */
  touches: readonly Touch[] | null = null;
  /** Whether its turn touches nothing but {@link touches}: a promise of whoever queued it. */
  touchesAll = false;
  /** The turn in which its task began to wait for it, where that was queued later on: see {@link World.waits}; 0: none. */
  since = 0;
  /** The ordered channel that it travels on. */
  channel: Channel | null = null;
  /** The async context of the code that queued it; null where the callback needs none. */
  context: InContext | null = null;
  /** Where it was queued; captured only when the run asked for stacks. */
  armedAt: string | null = null;
  /** Names the event across runs: `task/label#n`. Given only when the run keeps keys. */
  key = '';
  readonly callback: (() => void) | null;

  constructor(
    seq: number,
    kindCode: number,
    label: string,
    process: SimProcess,
    task: Task,
    earliest: number,
    latest: number,
    callback: (() => void) | null,
  ) {
    this.seq = seq;
    this.kindCode = kindCode;
    this.label = label;
    this.process = process;
    this.task = task;
    this.rank = earliest;
    this.latest = latest;
    this.callback = callback;
  }

  get kind(): EventKind {
    return EVENT_KINDS[this.kindCode]!;
  }

  /** What the trace calls it. */
  describe(): string {
    return this.label;
  }

  invoke(): void {
    this.callback!();
  }
}
