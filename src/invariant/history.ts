/** How an operation ended; `pending` while it has not. */
export type OperationOutcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown };

/** One operation that a client performed on the subject. Times are virtual ms, turns count from 1. */
export interface Operation {
  readonly index: number;
  readonly name: string;
  readonly input: unknown;
  /** Name of the task that performed it. */
  readonly task: string;
  /** Name of the process that the task lives in. */
  readonly process: string;
  readonly invokedAt: number;
  readonly invokedTurn: number;
  /** Position of its invocation among all invocations and endings of the run: also those of one turn have an order. */
  readonly invokedPosition: number;
  endedAt: number;
  endedTurn: number;
  /** Position of its ending among all invocations and endings of the run; Infinity while it has not ended. */
  endedPosition: number;
  outcome: OperationOutcome;
  /** The process of the client crashed before the operation ended. */
  abandoned: boolean;
}

/** Something that happened at an instant, told by the scenario: a write that a resource accepted, for example. */
export interface Fact {
  readonly kind: string;
  readonly data: unknown;
  readonly at: number;
  readonly turn: number;
  readonly task: string;
}

/** What was observed of a run, in the order in which it happened. */
export class History {
  readonly operations: Operation[] = [];
  readonly facts: Fact[] = [];
  /** How often an operation was invoked or ended. */
  positions = 0;
}

/** The operation's input as an object of unknown fields, for invariants that read single fields. */
export function inputOf(operation: Operation): Readonly<Record<string, unknown>> {
  const { input } = operation;
  return typeof input === 'object' && input !== null ? (input as Readonly<Record<string, unknown>>) : {};
}

/** What the operation returned, as an object of unknown fields; null unless it returned an object. */
export function returnedObject(operation: Operation): Readonly<Record<string, unknown>> | null {
  if (operation.outcome.kind !== 'returned') return null;
  const { value } = operation.outcome;
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
}
