import type { Channel } from '../../kernel/channel.ts';
import { EPOCH } from '../../kernel/clock.ts';
import type { DeviceHost } from '../../kernel/device-host.ts';
import { HeddleError } from '../../kernel/errors.ts';
import { identity } from '../../kernel/identity.ts';
import type { SimProcess } from '../../kernel/process.ts';
import type { Task } from '../../kernel/task.ts';
import { bridgeTo, type Bridge } from './bridge.ts';
import { Connection, type Statement } from './connection.ts';
import type { Provided } from './provider.ts';
import type { Ask, Told } from './server-access.ts';
import type { VirtualSocket } from './virtual-socket.ts';

/** What may go wrong with a statement, by choice: it never arrives, or it is executed and nobody is told. */
export type StatementFault = 'lost request' | 'lost reply';

export interface PostgresOptions {
  /**
   * SQL that makes tables and functions; run once a thread, in a schema of its own. `CURRENT_DATE` and
   * `CURRENT_TIMESTAMP` in it are taken from virtual time, as `now()` is everywhere.
   */
  readonly setup: string;
  /** SQL that makes the state in which every run begins: `DELETE` what runs leave behind, and insert. Default: nothing. */
  readonly reset?: string;
  /** Virtual ms of each leg, request and reply: `[min, max]`, or one number for both. Default `[0, 10]`; 0 in a scenario with `every`. */
  readonly latency?: number | readonly [number, number];
  /** The answer is there when the statement was executed, in the same turn: then only orders of statements are choices. */
  readonly repliesAtOnce?: boolean;
  /** What may go wrong with a statement, by choice. The connection is broken then. Default: nothing. */
  readonly faults?: readonly StatementFault[];
  /** The server's wall clock at virtual instant 0, in ms since 1970. Default: that of runs, 2025-01-01 at 00:00 UTC. */
  readonly clock?: number;
  /** What it is called in traces. Default `pg`. */
  readonly name?: string;
}

export interface ConnectionOptions {
  /** The session's time zone. Default UTC. */
  readonly timeZone?: string;
  /** The isolation level of transactions that name none. Default `read committed`. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
}

/** What `pg.Client` and `pg.Pool` are given. */
export interface ClientConfig {
  readonly user: string;
  readonly database: string;
  readonly ssl: false;
  // `any`: what pg's own type asks for is a whole Node stream, of which it uses what a VirtualSocket has.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly stream: () => any;
}

/** How many sessions runs of a setup have needed: so many are made ready before a run. */
const needed = new Map<string, number>();

/**
 * A real PostgreSQL, statement by statement: what a client sends arrives as one event and is executed by the server
 * then, what the server answers comes back as another. A statement that waits for a lock is recognised, and the run
 * goes on without it; its answer becomes an event when it has got the lock.
 */
export class Postgres {
  /** Statements in the order in which the server received them, with the task that each is of. */
  readonly received: { readonly task: string; readonly statement: string }[] = [];
  /** How often a statement had to wait for a lock. */
  waits = 0;
  /** How many deadlocks there were. */
  deadlocks = 0;
  readonly #host: DeviceHost;
  readonly #bridge: Bridge;
  readonly #options: PostgresOptions;
  readonly #name: string;
  readonly #latency: readonly [number, number];
  readonly #outside: SimProcess;
  readonly #task: Task;
  readonly #setup: string;
  readonly #ready: number[];
  readonly #connections: Connection[] = [];

  constructor(host: DeviceHost, options: PostgresOptions) {
    const { world } = host;
    const { latency, name = 'pg' } = options;
    this.#host = host;
    this.#options = options;
    this.#name = name;
    this.#latency = typeof latency === 'number' ? [latency, latency] : (latency ?? world.latency);
    this.#outside = world.spawn(name);
    this.#task = world.createTask(name, this.#outside);
    this.#setup = onVirtualTime(options.setup);
    const provided = host.provided('postgres');
    if (provided === undefined) {
      throw new HeddleError({
        code: 'NOT_REQUIRED',
        expected: 'a scenario that requires what it uses',
        received: 'openPostgres in one that does not',
        next: 'Add `requires: [postgres]` to the scenario, from heddle/postgres.',
      });
    }
    this.#bridge = host.outside(() => bridgeTo(provided as Provided));
    const order = {
      setup: this.#setup,
      reset: onVirtualTime(options.reset ?? ''),
      now: this.#now(),
      sessions: needed.get(this.#setup) ?? 1,
    };
    this.#ready = [...this.#ask({ kind: 'begin', order }).ready];
  }

  /**
   * What to give to `pg.Pool` or `pg.Client`, in the process whose connections they are. Each client then has a
   * connection of its own to the simulated server.
   */
  connection(options: ConnectionOptions = {}): ClientConfig {
    const settings: string[] = [];
    if (options.timeZone !== undefined) settings.push(`SET TimeZone = ${quoted(options.timeZone)}`);
    if (options.isolation !== undefined) {
      settings.push(`SET default_transaction_isolation = ${quoted(options.isolation)}`);
    }
    return { user: 'heddle', database: 'heddle', ssl: false, stream: () => this.#connect(settings) };
  }

  /**
   * Looks at what is committed, past all clients: for invariants. Values come as text, as the server writes them.
   * Takes no virtual time and is no event.
   */
  query(sql: string, values: readonly (string | null)[] = []): readonly Readonly<Record<string, string | null>>[] {
    return this.#ask({ kind: 'look', sql, values }).rows;
  }

  #ask(ask: Ask): Told {
    return this.#bridge.ask(ask);
  }

  #now(): string {
    const ms = (this.#options.clock ?? EPOCH) + Math.floor(this.#host.world.now);
    return new Date(ms).toISOString();
  }

  // --- clients ---------------------------------------------------------------------------------------------------

  #connect(settings: readonly string[]): VirtualSocket {
    const { world } = this.#host;
    const connection = new Connection(this.#connections.length, world.currentTask().process, settings, {
      currentTask: () => world.currentTask(),
      sent: (sender, statement) => {
        this.#sent(sender, statement);
      },
      hungUp: (sender) => {
        this.#hungUp(sender);
      },
    });
    this.#connections.push(connection);
    this.#host.onCrash(connection.process, () => {
      this.#hungUp(connection);
    });
    return connection.socket;
  }

  #sent(connection: Connection, statement: Statement): void {
    const { label, task } = statement;
    this.#host.work(`${this.#name} ${label}`);
    const where = this.#options.repliesAtOnce === true ? connection.process : this.#outside;
    this.#deliver(`${this.#name} ${label}`, where, task, connection.requests, () => {
      this.#arrived(connection, statement);
    });
  }

  #deliver(label: string, process: SimProcess, task: Task, channel: Channel, callback: () => void): void {
    if (process.alive) this.#host.world.deliver('message', label, process, task, this.#latency, callback, channel);
  }

  /** The server will notice, after what was sent before has arrived. Who has nothing open need not be noticed. */
  #hungUp(connection: Connection): void {
    if (connection.deaf) return;
    connection.deaf = true;
    const pending = connection.requests.head !== null || connection.underWay.length > 0;
    if (!pending && connection.status === 'I' && !connection.sessionLocks) {
      connection.over = true;
      return;
    }
    this.#deliver(`${this.#name} connection ends`, this.#outside, this.#task, connection.requests, () => {
      connection.over = true;
      if (connection.underWay.length === 0) this.#end(connection);
    });
  }

  #end(connection: Connection): void {
    const { session } = connection;
    connection.session = null;
    if (session !== null) this.#settle(this.#ask({ kind: 'end', session }));
  }

  // --- the server ------------------------------------------------------------------------------------------------

  #strikes(fault: StatementFault, { task, label }: Statement): boolean {
    if (this.#options.faults?.includes(fault) !== true) return false;
    const key = `${fault} of ${task.name}/${this.#name} ${label}`;
    return this.#host.world.fault({ key, kind: fault, options: [fault] }) > 0;
  }

  #arrived(connection: Connection, statement: Statement): void {
    if (connection.over) return;
    if (!connection.deaf && this.#strikes('lost request', statement)) {
      this.#break(connection, statement);
      return;
    }
    const first: string[] = [];
    if (connection.session === null) {
      connection.session = this.#session();
      first.push(...connection.settings);
    }
    const now = this.#now();
    if (connection.status === 'I' && connection.underWay.length === 0 && connection.now !== now) {
      connection.now = now;
      first.push(`SET heddle.now = '${now}'`);
    }
    connection.underWay.push(statement);
    this.received.push({ task: statement.task.name, statement: statement.label });
    this.#settle(this.#ask({ kind: 'send', session: connection.session, bytes: statement.bytes, first }));
  }

  #session(): number {
    const used = this.#connections.filter(({ session }) => session !== null).length + 1;
    if (used > (needed.get(this.#setup) ?? 1)) needed.set(this.#setup, used);
    return this.#ready.shift() ?? this.#ask({ kind: 'open' }).ready[0]!;
  }

  /** Makes events of what the server said until it has nothing more to say. */
  #settle(first: Told): void {
    let told: Told | null = first;
    while (told !== null) {
      const bySession = new Map(this.#connections.map((each) => [each.session, each]));
      const of = (session: number): Connection => bySession.get(session)!;
      for (const session of told.gone) if (bySession.has(session)) this.#broken(of(session));
      const answered = told.answers
        .filter(({ session }) => bySession.has(session))
        .sort((a, b) => of(a.session).index - of(b.session).index);
      for (const answer of answered) this.#answered(of(answer.session), answer);
      const waiting = told.waits.filter(({ session }) => bySession.has(session));
      for (const { session, by } of waiting)
        this.#waits(
          of(session),
          by.flatMap((each) => bySession.get(each) ?? []),
        );
      const over = this.#connections.find((each) => each.over && each.session !== null && each.underWay.length === 0);
      if (told.cycle !== null) told = this.#sacrifice(told.cycle.map(of));
      else if (over !== undefined) told = this.#endOf(over);
      else told = null;
    }
  }

  #endOf(connection: Connection): Told {
    const session = connection.session!;
    connection.session = null;
    return this.#ask({ kind: 'end', session });
  }

  #answered(connection: Connection, { bytes, status }: Told['answers'][number]): void {
    const statement = connection.underWay.shift()!;
    connection.status = status;
    connection.waits = false;
    if (connection.deaf) return;
    if (this.#strikes('lost reply', statement)) {
      this.#break(connection, statement);
      return;
    }
    const { world } = this.#host;
    const { socket, process } = connection;
    if (this.#options.repliesAtOnce === true && process === world.process) {
      identity.run(statement.task, () => {
        socket.received(bytes);
      });
      return;
    }
    this.#deliver(`${this.#name} ${statement.label} reply`, process, statement.task, connection.replies, () => {
      socket.received(bytes);
    });
  }

  /** The network gives up the connection: the client is told, and after a while so is the server. */
  #break(connection: Connection, { label, task }: Statement): void {
    const { process, socket, replies } = connection;
    this.#hungUp(connection);
    this.#deliver(`${this.#name} ${label} broken`, process, task, replies, () => {
      socket.broken(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }));
    });
  }

  /** The server has ended the session by itself. */
  #broken(connection: Connection): void {
    const statement = connection.underWay.shift();
    connection.session = null;
    connection.over = true;
    connection.underWay.length = 0;
    this.#break(connection, statement ?? { bytes: Buffer.alloc(0), label: 'connection', task: this.#task });
  }

  #waits(connection: Connection, by: readonly Connection[]): void {
    if (connection.waits) return;
    connection.waits = true;
    this.waits += 1;
    const { label, task } = connection.underWay[0]!;
    const names = by.map((each) => `connection ${String(each.index + 1)}`);
    this.#host.note('waits for a lock', { statement: label, of: task.name, held: names });
  }

  /** One of those who wait in a circle must go. The server takes who comes to look first: who has waited longest, or another. */
  #sacrifice(circle: readonly Connection[]): Told {
    this.deadlocks += 1;
    const options = circle.slice(1).map(({ index }) => `connection ${String(index + 1)} gives way`);
    const pick = this.#host.world.fault({ key: 'deadlock', kind: 'deadlock victim', options });
    const victim = circle[pick]!;
    this.#host.note('deadlock', { givesWay: `connection ${String(victim.index + 1)}` });
    return this.#ask({ kind: 'sacrifice', session: victim.session! });
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What the grammar takes from the clock cannot be replaced in the server: in what the scenario gives us it can. */
function onVirtualTime(sql: string): string {
  return sql.replaceAll(/\bCURRENT_DATE\b/gi, '(now()::date)').replaceAll(/\bCURRENT_TIMESTAMP\b/gi, 'now()');
}
