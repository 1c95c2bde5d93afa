import pg from 'pg';
import type { Provided } from './provider.ts';
import { configOf, Session, type Answer } from './sessions.ts';
import { SettleWatch, type Settled } from './settle.ts';

/** A schema that runs have to themselves: made once, emptied before each. */
export interface SchemaOrder {
  /** Statements that make it: tables, functions. */
  readonly setup: string;
  /** Statements that bring it into the state in which each run begins. */
  readonly reset: string;
  /** What `now()` says while they are executed. */
  readonly now: string;
  /** How many sessions to have ready. */
  readonly sessions: number;
}

/** What a thread with runs can ask. */
export type Ask =
  | { readonly kind: 'begin'; readonly order: SchemaOrder }
  | { readonly kind: 'open' }
  | { readonly kind: 'send'; readonly session: number; readonly bytes: Uint8Array; readonly first: readonly string[] }
  | { readonly kind: 'sacrifice'; readonly session: number }
  | { readonly kind: 'end'; readonly session: number }
  | { readonly kind: 'look'; readonly sql: string; readonly values: readonly (string | null)[] };

/** What it is told. */
export interface Told extends Settled {
  readonly answers: readonly Answer[];
  /** Sessions that are ready to be used. */
  readonly ready: readonly number[];
  /** Sessions that the server has ended, or that have broken. */
  readonly gone: readonly number[];
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

const NOTHING: Told = { answers: [], waits: [], cycle: null, ready: [], gone: [], rows: [] };

/**
 * Dead rows of the runs before slow every scan down. VACUUM would help, and leave other statistics behind, by which the
 * server plans differently in one thread than in another: so a schema is made anew after so many runs.
 */
const RUNS_OF_A_SCHEMA = 200;

/**
 * What runs take from the real server's surroundings and may not: the clock and random ids. Functions of the same names
 * in the run's own schema come before the server's.
 */
const VIRTUAL = `
  CREATE SEQUENCE heddle_uuid;
  CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT current_setting('heddle.now')::timestamptz $$;
  CREATE FUNCTION transaction_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT current_setting('heddle.now')::timestamptz $$;
  CREATE FUNCTION gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE
    AS $$ SELECT lpad(nextval('heddle_uuid')::text, 32, '0')::uuid $$;
`;

/** The real side of the device: the server's sessions, one more that looks at it, and the schemas of the runs. */
export class ServerAccess {
  readonly #provided: Provided;
  readonly #admin: pg.Client;
  readonly #watch: SettleWatch;
  /** By what makes them. */
  readonly #schemas = new Map<string, { readonly name: string; runs: number }>();
  #made = 0;
  readonly #sessions = new Map<number, Session>();
  /** Sessions that no connection of the run has. */
  #free: Session[] = [];
  #schema = '';
  #now = '';

  private constructor(provided: Provided, admin: pg.Client) {
    this.#provided = provided;
    this.#admin = admin;
    // Processes of a server that is not ours may be on another machine.
    this.#watch = new SettleWatch(admin, 'host' in provided && process.platform !== 'win32');
  }

  static async connect(provided: Provided): Promise<ServerAccess> {
    // What is looked at is shown as the server says it.
    const types = { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig;
    const admin = new pg.Client({ ...configOf(provided), types });
    // The server may be stopped before the thread is: nobody asks it any more then, or who asks is told.
    admin.on('error', () => undefined);
    await admin.connect();
    return new ServerAccess(provided, admin);
  }

  answer(ask: Ask): Promise<Told> {
    switch (ask.kind) {
      case 'begin':
        return this.#begin(ask.order);
      case 'open':
        return this.#open();
      case 'send':
        this.#session(ask.session).send(ask.bytes, ask.first);
        return this.#settled();
      case 'sacrifice':
        return this.#sacrifice(this.#session(ask.session));
      case 'end':
        return this.#end(this.#session(ask.session));
      case 'look':
        return this.#look(ask.sql, ask.values);
    }
  }

  #session(id: number): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new Error(`the server has ended session ${String(id)}`);
    return session;
  }

  async #begin(order: SchemaOrder): Promise<Told> {
    this.#now = order.now;
    await this.#finishRun();
    await this.#enter(order.setup);
    while (this.#free.length < order.sessions) this.#free.push(await this.#connect());
    const ready = this.#free.splice(0, order.sessions);
    for (const session of ready) this.#prepare(session);
    await this.#admin.query(
      `SET search_path = ${this.#schema}, pg_catalog; SET heddle.now = '${this.#now}'; SELECT setval('heddle_uuid', 1, false); ${order.reset}`,
    );
    await this.#watch.quiet(this.#sessions.values());
    return { ...NOTHING, ready: ready.map(({ id }) => id) };
  }

  /** Nothing of the run before is left: what is under way is broken off, and all sessions are free. */
  async #finishRun(): Promise<void> {
    this.#watch.release();
    for (const session of this.#sessions.values()) {
      session.answers.length = 0;
      if (!session.busy || session.gone) continue;
      await this.#admin.query('SELECT pg_terminate_backend($1, 5000)', [session.pid]);
      session.close();
      this.#sessions.delete(session.id);
    }
    for (const [id, { gone }] of this.#sessions) if (gone) this.#sessions.delete(id);
    this.#free = [...this.#sessions.values()];
    for (const session of this.#free) if (session.status !== 'I') session.tell(['ROLLBACK']);
    await this.#watch.quiet(this.#free);
  }

  async #enter(setup: string): Promise<void> {
    let schema = this.#schemas.get(setup);
    if (schema !== undefined && schema.runs >= RUNS_OF_A_SCHEMA) {
      await this.#admin.query(`DROP SCHEMA ${schema.name} CASCADE`);
      schema = undefined;
    }
    schema ??= { name: await this.#make(setup), runs: 0 };
    schema.runs += 1;
    this.#schemas.set(setup, schema);
    this.#schema = schema.name;
  }

  async #make(setup: string): Promise<string> {
    const { rows } = await this.#admin.query<{ pid: string }>('SELECT pg_backend_pid() AS pid');
    this.#made += 1;
    const schema = `heddle_${rows[0]!.pid}_${String(this.#made)}`;
    await this.#admin.query(
      `CREATE SCHEMA ${schema}; SET search_path = ${schema}, pg_catalog; SET heddle.now = '${this.#now}'; ${VIRTUAL} ${setup}`,
    );
    return schema;
  }

  async #connect(): Promise<Session> {
    const session = await Session.open(this.#provided, this.#watch.changed);
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Makes a session that was used as good as new. */
  #prepare(session: Session): void {
    const settings = `SET search_path = ${this.#schema}, pg_catalog; SET TimeZone = 'UTC'; SET heddle.now = '${this.#now}'`;
    if (session.preparedFor === settings) return;
    session.tell(['ROLLBACK', 'DISCARD ALL', settings]);
    session.preparedFor = settings;
  }

  async #open(): Promise<Told> {
    const session = this.#free.pop() ?? (await this.#connect());
    this.#prepare(session);
    await this.#watch.quiet([session]);
    return { ...NOTHING, ready: [session.id] };
  }

  async #settled(): Promise<Told> {
    const settled = await this.#watch.settled([...this.#sessions.values()]);
    const sessions = [...this.#sessions.values()];
    const gone = sessions.filter((session) => session.gone).map(({ id }) => id);
    for (const id of gone) this.#sessions.delete(id);
    return { ...NOTHING, ...settled, answers: sessions.flatMap((session) => session.answers.splice(0)), gone };
  }

  async #sacrifice(session: Session): Promise<Told> {
    session.victim = true;
    session.continue();
    await this.#admin.query('SELECT pg_cancel_backend($1)', [session.pid]);
    // Until it has noticed, the circle is still there.
    await this.#watch.quiet([session]);
    return this.#settled();
  }

  /** The client is gone: what it had begun is rolled back, and what it had locked is free. */
  async #end(session: Session): Promise<Told> {
    session.preparedFor = null;
    session.tell(['ROLLBACK', 'DISCARD ALL']);
    const told = await this.#settled();
    this.#free.push(session);
    return told;
  }

  async #look(sql: string, values: readonly (string | null)[]): Promise<Told> {
    const { rows } = await this.#admin.query<Record<string, string | null>>(sql, [...values]);
    return { ...NOTHING, rows };
  }
}
