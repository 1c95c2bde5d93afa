// What an invariant says of a history that is written by hand.

import { History, type Operation, type OperationOutcome } from '../../src/invariant/history.ts';
import type { Invariant, Watch } from '../../src/invariant/invariant.ts';

export class Timeline {
  readonly history: History = new History();
  /** What the invariant complained of, in order. */
  readonly complaints: string[] = [];
  readonly #watch: Watch;
  #now = 0;
  #turn = 0;

  constructor(invariant: Invariant) {
    const { history } = this;
    this.#watch = invariant.watch({ subject: null, history, now: () => this.#now, armedTimers: () => [] });
  }

  /** Goes on to that instant. */
  at(ms: number): this {
    this.#now = ms;
    return this;
  }

  /** A client begins an operation, in a turn of its own. */
  begin(task: string, name: string, input: unknown): Operation {
    this.#turn += 1;
    const operation: Operation = {
      index: this.history.operations.length,
      name,
      input,
      task,
      process: 'main',
      invokedAt: this.#now,
      invokedTurn: this.#turn,
      invokedPosition: this.history.positions++,
      endedAt: Infinity,
      endedTurn: Infinity,
      endedPosition: Infinity,
      outcome: { kind: 'pending' },
      abandoned: false,
    };
    this.history.operations.push(operation);
    this.#heard(this.#watch.invoked?.(operation));
    return operation;
  }

  /** It ends, in a turn of its own. */
  end(operation: Operation, value?: unknown): this {
    return this.#end(operation, { kind: 'returned', value });
  }

  fail(operation: Operation): this {
    return this.#end(operation, { kind: 'threw', error: new Error('no') });
  }

  /** An operation that begins and ends with nothing between. */
  did(task: string, name: string, input: unknown, value?: unknown): this {
    return this.end(this.begin(task, name, input), value);
  }

  told(kind: string, data: unknown): this {
    this.#turn += 1;
    const fact = { kind, data, at: this.#now, turn: this.#turn, task: 'main' };
    this.history.facts.push(fact);
    this.#heard(this.#watch.told?.(fact));
    return this;
  }

  #end(operation: Operation, outcome: OperationOutcome): this {
    this.#turn += 1;
    operation.outcome = outcome;
    operation.endedAt = this.#now;
    operation.endedTurn = this.#turn;
    operation.endedPosition = this.history.positions++;
    this.#heard(this.#watch.ended?.(operation));
    return this;
  }

  #heard(complaint: string | undefined): void {
    if (complaint !== undefined) this.complaints.push(complaint);
  }
}
