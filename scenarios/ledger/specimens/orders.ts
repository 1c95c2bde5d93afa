/** Programs of which `npm run orders` runs every order of statements: two requests, several ways of reserving. */
import { atRest, judge, scenario, sometimes, type Scenario } from 'heddle';
import { openPostgres, postgres, type Postgres } from 'heddle/postgres';
import { BudgetLedger, LEDGER_SCHEMA } from 'heddle/systems';
import pg from 'pg';
import { AS_DOCUMENTED_SQL } from './as-documented.ts';
import { codeOf, LIMIT, TODAY, type Caller } from './adapter.ts';

/** A program as one client runs it: what it sends, in its own transaction if it begins one. */
interface Program {
  readonly name: string;
  readonly ours?: boolean;
  readonly run: (client: Caller, amount: number, key: string) => Promise<void>;
}

const spend = async (client: Caller): Promise<number> => {
  const { rows } = await client.query('SELECT sum(cost) AS spend FROM cost_tracking WHERE DATE(created_at) = $1', [
    TODAY,
  ]);
  return Number(rows[0]!['spend']);
};

const insert = (client: Caller, amount: number): Promise<unknown> =>
  client.query('INSERT INTO cost_tracking (cost, service_name) VALUES ($1, $2)', [amount, 'manager']);

const readThenInsert = async (client: Caller, amount: number): Promise<void> => {
  if (!((await spend(client)) + amount > LIMIT)) await insert(client, amount);
};

const documented = (client: Caller, amount: number): Promise<unknown> =>
  client.query('SELECT * FROM check_and_reserve_budget($1, $2)', [amount, 'manager']);

const reserve = (client: Caller, amount: number, key: string): Promise<unknown> =>
  new BudgetLedger({ database: client, limit: LIMIT }).checkAndReserve(
    { requestKey: key, estimate: amount },
    { within: client },
  );

const within =
  (isolation: string, work: (client: Caller, amount: number, key: string) => Promise<unknown>): Program['run'] =>
  async (client, amount, key) => {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
    try {
      await work(client, amount, key);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    }
  };

const after =
  (work: (client: Caller, amount: number, key: string) => Promise<unknown>) =>
  async (client: Caller, amount: number, key: string): Promise<void> => {
    await client.query('SELECT 1 FROM (VALUES (1)) AS earlier');
    await work(client, amount, key);
  };

const locked =
  (mode: string) =>
  async (client: Caller, amount: number): Promise<void> => {
    await client.query(`LOCK TABLE cost_tracking IN ${mode} MODE`);
    await readThenInsert(client, amount);
  };

const LEVELS = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'];

const PROGRAMS: readonly Program[] = [
  { name: 'as found: read, then insert, each by itself', run: readThenInsert },
  { name: 'as found, in a transaction', run: within('READ COMMITTED', readThenInsert) },
  { name: 'LOCK TABLE first, in a transaction', run: within('READ COMMITTED', locked('SHARE ROW EXCLUSIVE')) },
  { name: 'LOCK TABLE … IN ROW EXCLUSIVE MODE: too weak', run: within('READ COMMITTED', locked('ROW EXCLUSIVE')) },
  ...LEVELS.map((level) => ({ name: `as documented, ${level}`, run: within(level, documented) })),
  ...LEVELS.map((level) => ({
    name: `as documented, ${level}, after an earlier read`,
    run: within(level, after(documented)),
  })),
  ...LEVELS.map((level) => ({ name: `ours, ${level}`, ours: true, run: within(level, reserve) })),
  ...LEVELS.map((level) => ({
    name: `ours, ${level}, after an earlier read`,
    ours: true,
    run: within(level, after(reserve)),
  })),
];

function open(sim: Parameters<typeof openPostgres>[0], { ours = false }: Program): Postgres {
  if (ours) {
    return openPostgres(sim, {
      setup: LEDGER_SCHEMA,
      reset: `TRUNCATE ledger_entry, ledger_day; INSERT INTO ledger_day VALUES ('${TODAY}', 95000000)`,
      repliesAtOnce: true,
    });
  }
  const reset = `TRUNCATE cost_tracking; INSERT INTO cost_tracking (cost) VALUES (95)`;
  return openPostgres(sim, { setup: AS_DOCUMENTED_SQL, reset, repliesAtOnce: true });
}

function granted(db: Postgres, amount: number, ours: boolean): number {
  const of = ours
    ? `SELECT committed / 1000000 - 95 AS n FROM ledger_day`
    : `SELECT sum(cost) - 95 AS n FROM cost_tracking`;
  return Math.round(Number(db.query(of)[0]!['n']) / amount);
}

export default PROGRAMS.map((program, index): Scenario<Postgres, number> =>
  scenario<Postgres, number>({
    name: `orders/${index}`,
    about: program.name,
    requires: [postgres],
    subjects: { program: judge((sim) => open(sim, program)) },
    every: [5, 10],
    body: async ({ sim, subject, workload: amount }) => {
      const clients = [1, 2].map(() => new pg.Client(subject.connection()));
      await Promise.all(clients.map((client) => client.connect()));
      await sim.clients(clients, (client, name) =>
        sim.attempt('request', { amount }, () => program.run(client, amount, name)),
      );
      sim.tell('granted', granted(subject, amount, program.ours === true));
      await Promise.all(clients.map((client) => client.end()));
    },
    invariants: [
      atRest<Postgres>('noOverspend', ({ history }) => {
        const { data } = history.facts[0]!;
        const { amount } = history.operations[0]!.input as { amount: number };
        return 95 + Number(data) * amount <= LIMIT;
      }),
      ...[0, 1].map((count) =>
        sometimes<Postgres>(`granted ${count}`, ({ history }) => history.facts[0]?.data === count),
      ),
      sometimes<Postgres>('waited', ({ subject }) => subject.waits > 0),
      sometimes<Postgres>('repeat', ({ history }) =>
        history.operations.some(({ outcome }) => outcome.kind === 'threw' && codeOf(outcome.error) === '40001'),
      ),
    ],
  }),
);
