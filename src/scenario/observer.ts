import type { Entry } from '../kernel/choice.ts';
import type { SimProcess } from '../kernel/process.ts';
import type { World } from '../kernel/world.ts';
import { History, type Operation, type OperationOutcome } from '../invariant/history.ts';
import { sentence, type Watch } from '../invariant/invariant.ts';

/** What a trace shows beside the events: operations, facts, crashes. */
export type Note =
  | { readonly kind: 'invoked' | 'ended'; readonly operation: Operation }
  | { readonly kind: 'told'; readonly task: string; readonly what: string; readonly data: unknown }
  | { readonly kind: 'crash' | 'restart'; readonly process: string }
  | { readonly kind: 'output'; readonly task: string; readonly text: string };

/** One invariant at work in this run. */
export interface Watching {
  readonly name: string;
  readonly kind: 'violation' | 'leak' | 'error';
  readonly watch: Watch;
}

/** Keeps the history of a run and tells invariants and the trace of every entry. */
export class Observer {
  readonly history: History = new History();
  /** How often an operation began or ended, or a fact was told. */
  entries = 0;
  readonly #world: World;
  readonly #report: (watching: Watching, message: string) => void;
  readonly #note: ((note: Note) => void) | null;
  readonly #invoked: Watching[] = [];
  readonly #ended: Watching[] = [];
  readonly #told: Watching[] = [];
  #crashed: Map<SimProcess, (() => void)[]> | null = null;
  /** Set when the shutdown has settled: what begins afterwards is late. */
  onLateWork: ((what: string) => void) | null = null;

  constructor(
    world: World,
    report: (watching: Watching, message: string) => void,
    note: ((note: Note) => void) | null,
  ) {
    this.#world = world;
    this.#report = report;
    this.#note = note;
  }

  add(watching: Watching): void {
    const { watch } = watching;
    const { witness } = this.#world;
    if (watch.invoked !== undefined) this.#invoked.push(watching);
    if (watch.ended !== undefined) this.#ended.push(watching);
    if (watch.told !== undefined) this.#told.push(watching);
    // Who is told of an ending sees when the operation was invoked, too.
    if (watch.invoked !== undefined || watch.ended !== undefined) witness?.noticed('operation');
    if (watch.told !== undefined) witness?.noticed('fact');
  }

  invoked(name: string, input: unknown): Operation {
    this.work(name);
    const world = this.#world;
    const task = world.currentTask();
    const operation: Operation = {
      index: this.history.operations.length,
      name,
      input,
      task: task.name,
      process: task.process.name,
      invokedAt: world.now,
      invokedTurn: world.turn,
      invokedPosition: this.history.positions++,
      endedAt: Infinity,
      endedTurn: Infinity,
      endedPosition: Infinity,
      outcome: { kind: 'pending' },
      abandoned: false,
    };
    this.history.operations.push(operation);
    this.#entered('operation');
    if (task.process.name !== 'main') {
      this.onCrash(task.process, () => {
        operation.abandoned = operation.outcome.kind === 'pending';
      });
    }
    this.#note?.({ kind: 'invoked', operation });
    for (const watching of this.#invoked) this.ask(watching, () => watching.watch.invoked!(operation));
    return operation;
  }

  ended(operation: Operation, outcome: OperationOutcome): void {
    operation.outcome = outcome;
    this.#entered('operation');
    operation.endedAt = this.#world.now;
    operation.endedTurn = this.#world.turn;
    operation.endedPosition = this.history.positions++;
    this.#note?.({ kind: 'ended', operation });
    for (const watching of this.#ended) this.ask(watching, () => watching.watch.ended!(operation));
  }

  told(kind: string, data: unknown): void {
    const world = this.#world;
    const task = world.currentTask().name;
    const fact = { kind, data, at: world.now, turn: world.turn, task };
    this.history.facts.push(fact);
    this.#entered('fact');
    this.#note?.({ kind: 'told', task, what: kind, data });
    for (const watching of this.#told) this.ask(watching, () => watching.watch.told!(fact));
  }

  #entered(entry: Entry): void {
    this.entries += 1;
    const world = this.#world;
    world.witness?.entered(entry, world.currentTask());
  }

  /** The history for those who judge: where somebody asks what turns have to do with each other, it is seen to be read. */
  get watched(): History {
    const { history } = this;
    const { witness } = this.#world;
    if (witness === null) return history;
    return {
      get operations() {
        witness.noticed('operation');
        return history.operations;
      },
      get facts() {
        witness.noticed('fact');
        return history.facts;
      },
      get positions() {
        witness.noticed('operation');
        return history.positions;
      },
    };
  }

  note(note: Note): void {
    this.#note?.(note);
  }

  /** Something begins: fine, unless the shutdown has settled. */
  work(what: string): void {
    this.onLateWork?.(what);
  }

  onCrash(process: SimProcess, callback: () => void): void {
    this.#crashed ??= new Map();
    const callbacks = this.#crashed.get(process);
    if (callbacks === undefined) this.#crashed.set(process, [callback]);
    else callbacks.push(callback);
  }

  crashed(process: SimProcess): void {
    this.#note?.({ kind: 'crash', process: process.name });
    const callbacks = this.#crashed?.get(process) ?? [];
    this.#crashed?.delete(process);
    for (const callback of callbacks) callback();
  }

  /** Puts a question to an invariant; one that throws is at fault itself, and says so. */
  ask(watching: Watching, question: () => string | undefined): void {
    let message: string | undefined;
    try {
      // Types keep hooks from answering anything else; scenarios in plain JavaScript have none.
      message = sentence(question(), watching.name);
    } catch (error) {
      this.#report({ ...watching, kind: 'error' }, `the invariant itself threw ${String(error)}`);
      return;
    }
    if (message !== undefined) this.#report(watching, message);
  }
}
