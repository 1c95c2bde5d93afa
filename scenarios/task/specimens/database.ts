/** A database of tasks behind a connection whose statements take their time and take turns, as SQLite's do. */
import type { Process, Remote, Sim } from 'heddle';
import { Mutex, TaskError, type Task, type TaskPage, type TaskRepository, type TaskState } from 'heddle/systems';

/** What the specimens store; the rest of a row is ours alone. */
export type SavedTask = Pick<Task, 'id' | 'payload' | 'status' | 'progress'>;

/** What is stored: outlives processes. Each method is one statement or one transaction. */
export class Rows {
  readonly tasks = new Map<string, Task>();
  /** Tasks that had finished and were made unfinished. */
  readonly revived: string[] = [];

  insert(task: Task): Task {
    const known = this.tasks.get(task.id);
    if (known !== undefined) return known;
    if (!task.dependsOn.every((id) => this.tasks.has(id))) {
      const received = task.dependsOn.join(', ');
      throw new TaskError('unknown-dependency', { expected: 'known dependencies', received, nextStep: 'wait' });
    }
    this.tasks.set(task.id, task);
    return task;
  }

  save(saved: SavedTask): void {
    const stored = this.tasks.get(saved.id);
    if (stored !== undefined && isFinished(stored) && !isFinished(saved)) this.revived.push(saved.id);
    const known = stored ?? { dependsOn: [], attempt: 0, outcome: null, version: 0 };
    this.tasks.set(saved.id, { ...known, ...saved, version: known.version + 1 });
  }

  find(id: string): Task | undefined {
    return this.tasks.get(id);
  }

  replace(task: Task): boolean {
    if (this.tasks.get(task.id)?.version !== task.version - 1) return false;
    this.tasks.set(task.id, task);
    return true;
  }

  allUnfinished(): Task[] {
    return [...this.tasks.values()].filter((task) => !isFinished(task));
  }

  unfinished(): string[] {
    return this.allUnfinished().map(({ id }) => id);
  }

  waitingFor(id: string): string[] {
    const waiting = this.allUnfinished().filter(
      ({ status, dependsOn }) => status === 'queued' && dependsOn.includes(id),
    );
    return waiting.map((task) => task.id);
  }

  statuses(ids: readonly string[]): Map<string, TaskState> {
    return new Map(ids.flatMap((id) => (this.tasks.has(id) ? [[id, this.tasks.get(id)!.status]] : [])));
  }

  list({ limit, status, after }: TaskPage): Task[] {
    const all = [...this.tasks.values()];
    const from = all.findIndex(({ id }) => id === after) + 1;
    return all
      .slice(from)
      .filter((task) => status === undefined || task.status === status)
      .slice(0, limit);
  }
}

function isFinished({ status }: Pick<Task, 'status'>): boolean {
  return status !== 'queued' && status !== 'running';
}

export interface ConnectionOptions {
  /** The process that it lives in; its statements die with it. */
  readonly in?: Process;
  /** `lost request`: the statement fails, nothing is done. `lost reply`: it fails, and is done. */
  readonly faults?: readonly ('lost request' | 'lost reply')[];
  /** How often the list of unfinished tasks cannot be read. */
  readonly unreadable?: number;
  /** How often the end of a task cannot be stored. */
  readonly endsRefused?: number;
}

/**
 * One connection. It tells of each statement on one task when it is asked for and when it has ended; of the list of
 * unfinished tasks, whether it could be read; and of an end that it refused.
 */
export class Connection implements TaskRepository {
  readonly #sim: Sim;
  readonly #db: Remote<Rows>;
  readonly #turns = new Mutex();
  closed = false;
  #unreadable: number;
  #endsRefused: number;

  constructor(sim: Sim, rows: Rows, options: ConnectionOptions = {}) {
    const { unreadable = 0, endsRefused = 0, ...device } = options;
    this.#endsRefused = endsRefused;
    this.#sim = sim;
    this.#unreadable = unreadable;
    this.#db = sim.device('db', rows, { latency: [0, 3], ...device });
  }

  async #statement<T>(id: string | null, perform: () => Promise<T>): Promise<T> {
    if (id === null) return await this.#turns.runExclusive(perform);
    this.#sim.tell('statement', { id });
    try {
      return await this.#turns.runExclusive(perform);
    } finally {
      this.#sim.tell('statement ended', { id });
    }
  }

  insert(task: Task): Promise<Task> {
    return this.#statement(task.id, () => this.#db.insert(task));
  }

  save(task: SavedTask): Promise<void> {
    return this.#statement(task.id, () => this.#end(task, () => this.#db.save(task)));
  }

  find(id: string): Promise<Task | undefined> {
    return this.#statement(id, () => this.#db.find(id));
  }

  replace(task: Task): Promise<boolean> {
    return this.#statement(task.id, () => this.#end(task, () => this.#db.replace(task)));
  }

  allUnfinished(): Promise<Task[]> {
    return this.#statement(null, () => this.#list(() => this.#db.allUnfinished()));
  }

  unfinished(): Promise<string[]> {
    return this.#statement(null, () => this.#list(() => this.#db.unfinished()));
  }

  async #end<T>(task: Pick<Task, 'status'>, write: () => Promise<T>): Promise<T> {
    if (this.#endsRefused === 0 || !isFinished(task)) return await write();
    this.#endsRefused -= 1;
    this.#sim.tell('end refused', task);
    throw new Error('database or disk is full');
  }

  async #list<T>(read: () => Promise<T>): Promise<T> {
    const listed = await read();
    if (this.#unreadable === 0) {
      this.#sim.tell('listed', {});
      return listed;
    }
    this.#unreadable -= 1;
    this.#sim.tell('list refused', {});
    throw new Error('disk I/O error');
  }

  waitingFor(id: string): Promise<string[]> {
    return this.#statement(null, () => this.#db.waitingFor(id));
  }

  statuses(ids: readonly string[]): Promise<Map<string, TaskState>> {
    return this.#statement(null, () => this.#db.statuses(ids));
  }

  list(page: TaskPage): Promise<Task[]> {
    return this.#statement(null, () => this.#db.list(page));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
