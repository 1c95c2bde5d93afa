import { SqlSession, type SqlDatabase, type SqlRow, type SqlTransaction, type SqlValue } from '../sql/index.ts';
import { TaskError } from './task-error.ts';
import { unknownDependency } from './task-refusals.ts';
import type { TaskPage, TaskRepository } from './task-repository.ts';
import type { Task, TaskState } from './task.ts';

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS task (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     payload TEXT NOT NULL,
     status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
     attempt INTEGER NOT NULL,
     outcome TEXT,
     progress TEXT NOT NULL,
     version INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS task_dependency (
     task_id TEXT NOT NULL REFERENCES task (id),
     depends_on TEXT NOT NULL REFERENCES task (id),
     PRIMARY KEY (task_id, depends_on)) WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS task_dependency_target ON task_dependency (depends_on)',
  "CREATE INDEX IF NOT EXISTS task_unfinished ON task (seq) WHERE status IN ('queued', 'running')",
];

const COLUMNS = `task.id, task.payload, task.status, task.attempt, task.outcome, task.progress,
  task.version,
  (SELECT json_group_array(depends_on) FROM task_dependency WHERE task_id = task.id) AS depends_on`;

/**
 * Tasks in SQLite, or in anything that speaks its SQL.
 *
 * @example
 * ```ts
 * import { SqlTaskRepository, type SqlDatabase } from 'heddle/systems';
 * export async function openTasks(database: SqlDatabase): Promise<SqlTaskRepository> {
 *   return await SqlTaskRepository.open(database);
 * }
 * ```
 */
export class SqlTaskRepository implements TaskRepository {
  readonly #session: SqlSession;

  private constructor(session: SqlSession) {
    this.#session = session;
  }

  /**
   * Takes over the connection and makes the tables where they are missing. If that fails the connection is the
   * caller's to close.
   */
  static async open(database: SqlDatabase): Promise<SqlTaskRepository> {
    const session = new SqlSession(database);
    await session.transaction(async (tx) => {
      for (const statement of SCHEMA) await tx.run(statement);
    });
    return new SqlTaskRepository(session);
  }

  insert(task: Task): Promise<Task> {
    return this.#session.transaction(async (tx) => {
      const known = await find(tx, task.id);
      if (known !== undefined) return known;
      if (task.dependsOn.length > 0) {
        const stored = await statuses(tx, task.dependsOn);
        const missing = task.dependsOn.filter((id) => !stored.has(id));
        if (missing.length > 0) throw unknownDependency(task.id, missing);
      }
      const { id, payload, status, attempt, outcome, progress, version } = task;
      await tx.run(
        'INSERT INTO task (id, payload, status, attempt, outcome, progress, version) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [id, payload, status, attempt, outcome, progress, version],
      );
      for (const other of task.dependsOn) {
        await tx.run('INSERT INTO task_dependency (task_id, depends_on) VALUES (?, ?)', [id, other]);
      }
      return task;
    });
  }

  find(id: string): Promise<Task | undefined> {
    return find(this.#session, id);
  }

  async replace({ id, status, attempt, outcome, progress, version }: Task): Promise<boolean> {
    const { changes } = await this.#session.run(
      'UPDATE task SET status = ?, attempt = ?, outcome = ?, progress = ?, version = ? WHERE id = ? AND version = ?',
      [status, attempt, outcome, progress, version, id, version - 1],
    );
    return changes > 0;
  }

  async unfinished(): Promise<readonly string[]> {
    return ids(await this.#session.all("SELECT id FROM task WHERE status IN ('queued', 'running') ORDER BY seq"));
  }

  async waitingFor(id: string): Promise<readonly string[]> {
    const rows = await this.#session.all(
      `SELECT task.id FROM task_dependency JOIN task ON task.id = task_dependency.task_id
       WHERE task_dependency.depends_on = ? AND task.status = 'queued' ORDER BY task.seq`,
      [id],
    );
    return ids(rows);
  }

  statuses(wanted: readonly string[]): Promise<ReadonlyMap<string, TaskState>> {
    return statuses(this.#session, wanted);
  }

  async list({ limit, status, after }: TaskPage): Promise<readonly Task[]> {
    const conditions: string[] = [];
    const params: SqlValue[] = [];
    if (status !== undefined) {
      conditions.push('task.status = ?');
      params.push(status);
    }
    if (after !== undefined) {
      conditions.push('task.seq > coalesce((SELECT seq FROM task WHERE id = ?), 0)');
      params.push(after);
    }
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    params.push(limit);
    const rows = await this.#session.all(`SELECT ${COLUMNS} FROM task ${where} ORDER BY task.seq LIMIT ?`, params);
    return rows.map(taskOf);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

async function find(tx: SqlTransaction, id: string): Promise<Task | undefined> {
  const [row] = await tx.all(`SELECT ${COLUMNS} FROM task WHERE task.id = ?`, [id]);
  return row === undefined ? undefined : taskOf(row);
}

async function statuses(tx: SqlTransaction, wanted: readonly string[]): Promise<ReadonlyMap<string, TaskState>> {
  const rows = await tx.all(
    'SELECT task.id, task.status FROM json_each(?) AS wanted JOIN task ON task.id = wanted.value',
    [JSON.stringify(wanted)],
  );
  return new Map(rows.map((row) => [text(row, 'id'), status(row)]));
}

function ids(rows: readonly SqlRow[]): string[] {
  return rows.map((row) => text(row, 'id'));
}

function taskOf(row: SqlRow): Task {
  const outcome = row['outcome'] ?? null;
  return Object.freeze({
    id: text(row, 'id'),
    payload: text(row, 'payload'),
    dependsOn: Object.freeze(dependencies(row)),
    status: status(row),
    attempt: whole(row, 'attempt'),
    outcome: outcome === null ? null : text(row, 'outcome'),
    progress: text(row, 'progress'),
    version: whole(row, 'version'),
  });
}

// What a database returns is input as any other: somebody may have written to it by hand.

function malformed(column: string, expected: string, row: SqlRow): TaskError {
  return new TaskError('malformed-record', {
    expected: `column ${column} to hold ${expected}`,
    received: String(row[column]),
    nextStep: 'repair the row in table task',
  });
}

function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw malformed(column, 'a text', row);
  return value;
}

function whole(row: SqlRow, column: string): number {
  const value = Number(row[column] ?? NaN);
  if (!Number.isSafeInteger(value)) throw malformed(column, 'a whole number', row);
  return value;
}

const STATUSES: readonly string[] = ['queued', 'running', 'completed', 'failed', 'cancelled'] satisfies TaskState[];

function isStatus(value: string): value is TaskState {
  return STATUSES.includes(value);
}

function status(row: SqlRow): TaskState {
  const value = text(row, 'status');
  if (!isStatus(value)) throw malformed('status', 'a status', row);
  return value;
}

function dependencies(row: SqlRow): string[] {
  const value: unknown = JSON.parse(text(row, 'depends_on'));
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw malformed('depends_on', 'a JSON array of texts', row);
  }
  return value.sort();
}
