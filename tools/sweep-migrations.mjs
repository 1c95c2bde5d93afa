// Fails every statement of a migration in turn, crashes it at every storage operation in every crash mode and journal
// mode, and runs two and three migrators in every order of their statements. Nothing is drawn: each case is named and
// run once. Prints the tables of docs/migrations.md and writes them there.
//
//   npm run sweep                                     everything
//   npm run sweep -- --check                          a cheap part of it, compared with what the document says
//   npm run build && node tools/sweep-migrations.mjs  the same without npm

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { execute } from '../dist/check/execute.js';
import { loadScenarios } from '../dist/check/load.js';
import { LOSSES } from '../dist/devices/disk/survival.js';
import { withWorldListeners } from '../dist/intercept/host.js';
import { install } from '../dist/intercept/install.js';
import { Strike } from '../dist/schedule/strike.js';

install();
process.env.TZ = 'UTC';

const DOCUMENT = 'docs/migrations.md';
const SUBJECTS = ['ours', 'as-documented', 'as-found'];
/** For the modes in which a part of what was not synced survives: how many parts are tried at every operation. */
const SEEDS = 8;

const scenarios = new Map();
for (const file of ['crash', 'failed-statement', 'concurrent']) {
  for (const scenario of await loadScenarios(`scenarios/migrate/${file}.ts`)) scenarios.set(scenario.name, scenario);
}

/** What is counted of a case, by the invariant that was violated. */
const COLUMNS = { noPartialMigration: 'partial', notCorrupt: 'corrupt', acknowledgedSurvives: 'lost' };

class Tally {
  cases = 0;
  partial = 0;
  corrupt = 0;
  lost = 0;
  other = 0;
  others = new Set();

  add({ verdict }) {
    this.cases += 1;
    if (verdict.kind === 'holds') return;
    const column = COLUMNS[verdict.invariant] ?? 'other';
    this[column] += 1;
    if (column === 'other') this.others.add(verdict.invariant);
  }
}

/** Runs `work` as runs want it: at macrotask level, with the process's listeners swapped for the world's. */
const inRuns = (work) =>
  new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(withWorldListeners(work));
      } catch (error) {
        reject(error);
      }
    });
  });

function run(scenario, subject, workload, chooser) {
  return execute({ scenario: scenarios.get(scenario), subject, workload, chooser });
}

/** A run for every place at which the fault can strike. */
function atEveryPlace(scenario, subject, workload, strike, tally) {
  for (let at = 1; ; at += 1) {
    const chooser = new Strike({ ...strike, at });
    const outcome = run(scenario, subject, workload, chooser);
    if (!chooser.struck) return;
    tally.add(outcome);
  }
}

/** A run for every statement that the subject issues. */
function everyStatement(subject, workload, tally) {
  for (let statement = 1; ; statement += 1) {
    const outcome = run('migrate/failed-statement', subject, { ...workload, statement }, idle());
    const failed = outcome.operations[0].outcome.kind === 'threw';
    if (!failed) return;
    tally.add(outcome);
  }
}

/** A strike that never comes: what an idle machine does. */
const idle = () => new Strike({ kind: 'none', at: 1 });

/** Makes all choices among enabled events there are, one list of them after the other. */
class EveryOrder {
  delays = false;
  #path = [];
  #at = 0;

  advance() {
    this.#path.length = this.#at;
    this.#at = 0;
    for (;;) {
      const last = this.#path.at(-1);
      if (last === undefined) return false;
      last.pick += 1;
      if (last.pick < last.count) return true;
      this.#path.pop();
    }
  }

  event(enabled) {
    const known = this.#path[this.#at];
    this.#at += 1;
    if (known !== undefined) return known.pick;
    this.#path.push({ pick: 0, count: enabled.size });
    return 0;
  }

  delay() {
    return 0;
  }

  fault() {
    return 0;
  }

  draw() {
    return 0;
  }
}

/** Follows a list of picks and stops where there is more to choose. */
class Prefix extends EveryOrder {
  state = null;
  options = 0;
  disk = null;
  #picks;
  #at = 0;
  #fired = new Map();
  /** By task: what had been written when it fired last. A connection knows the schema as it was then. */
  #seen = new Map();
  /** Who has written, turn by turn. */
  #writes = '';
  #operations = 0;
  #task = null;

  constructor(picks) {
    super();
    this.#picks = picks;
  }

  /** Told of every turn. */
  turn(_turn, _now, { task, label }) {
    const { operations } = this.disk ?? { operations: 0 };
    if (operations > this.#operations) this.#writes += ` ${this.#task} ${operations - this.#operations}`;
    this.#operations = operations;
    this.#task = task.name;
    this.#seen.set(task.name, this.#writes);
    this.#fired.set(task.name, `${this.#fired.get(task.name) ?? ''} ${label}`);
  }

  choice() {
    return undefined;
  }

  event(enabled) {
    if (this.#at < this.#picks.length) return this.#picks[this.#at++];
    this.options = enabled.size;
    this.state = this.#describe(enabled.at(0).task.run);
    throw this;
  }

  /**
   * What decides how it goes on: what was fired so far, task by task, what is pending and when, what each connection has
   * seen, and the bytes on the disk. What a statement answered shows in what its task has pending next.
   */
  #describe({ now, processes }) {
    const pending = processes.flatMap(({ ripe, future, timers }) =>
      [...ripe.items, ...future.items, ...timers].map(
        (event) => `${event.task.name} ${event.describe()} ${event.rank - now} ${event.latest - now}`,
      ),
    );
    const hash = createHash('sha1');
    hash.update(JSON.stringify([now, [...this.#fired].sort(), [...this.#seen].sort(), pending.sort()]));
    for (const [name, bytes] of this.disk?.image() ?? []) hash.update(name).update(bytes);
    return hash.digest('base64');
  }
}

/** As {@link everyOrder}, but what begins in the same state is run once, and counted as often as it is reached. */
async function everyOrderByState(subject, workload) {
  const known = new Map();
  const from = (picks) => {
    const prefix = new Prefix(picks);
    const watch = (disk) => {
      prefix.disk = disk;
    };
    try {
      const plan = { scenario: scenarios.get('migrate/concurrent'), subject, workload: { ...workload, watch } };
      const { verdict } = execute({ ...plan, chooser: prefix, recorder: prefix });
      return { orders: 1n, failed: verdict.kind === 'holds' ? 0n : 1n };
    } catch (error) {
      if (error !== prefix) throw error;
    }
    const met = known.get(prefix.state);
    if (met !== undefined) return met;
    const sum = { orders: 0n, failed: 0n };
    for (let pick = 0; pick < prefix.options; pick += 1) {
      const { orders, failed } = from([...picks, pick]);
      sum.orders += orders;
      sum.failed += failed;
    }
    known.set(prefix.state, sum);
    return sum;
  };
  const { orders, failed } = await inRuns(() => from([]));
  return { orders, failed, states: known.size };
}

/** Runs every order of the statements, one by one. */
async function everyOrder(subject, workload) {
  const chooser = new EveryOrder();
  const sum = { orders: 0n, failed: 0n };
  do {
    const { verdict } = await inRuns(() => run('migrate/concurrent', subject, workload, chooser));
    sum.orders += 1n;
    if (verdict.kind !== 'holds') sum.failed += 1n;
  } while (chooser.advance());
  return sum;
}

// --- the tables -------------------------------------------------------------------------------------------------

const KEPT = { delete: 'extra', wal: 'full' };
const lossesOf = (seeds) =>
  LOSSES.flatMap((option) =>
    Array.from({ length: option.startsWith('some') ? seeds : 1 }, (_, seed) => ({ kind: 'power loss', option, seed })),
  );

const MODES = {
  'statement fails': (subject, workload, tally) => {
    everyStatement(subject, workload, tally);
  },
  'process crash': (subject, workload, tally) => {
    atEveryPlace('migrate/process-crash', subject, workload, { kind: 'crash' }, tally);
  },
  ...Object.fromEntries(
    LOSSES.map((option) => [
      `power loss, ${option}${option.startsWith('some') ? ', torn' : ''}`,
      (subject, workload, tally, seeds) => {
        for (const strike of lossesOf(seeds).filter((each) => each.option === option)) {
          atEveryPlace('migrate/power-loss', subject, workload, strike, tally);
        }
      },
    ]),
  ),
};

function row(cells) {
  return `| ${cells.map(String).join(' | ')} |`;
}

function table(header, rows) {
  return [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');
}

async function tallied(mode, subject, workload, seeds = SEEDS) {
  const tally = new Tally();
  await inRuns(() => {
    MODES[mode](subject, workload, tally, seeds);
  });
  return tally;
}

const cells = ({ cases, partial, corrupt, lost, other, others }) => [
  cases,
  partial,
  corrupt,
  lost,
  other === 0 ? 0 : `${other} (${[...others].sort().join(', ')})`,
];

/** Sums of the part of the table that `subjects` and `modes` select. */
async function crashes(subjects, modes, seeds) {
  const rows = [];
  for (const subject of subjects) {
    for (const journal of Object.keys(KEPT)) {
      for (const mode of modes) {
        const tally = await tallied(mode, subject, { journal }, seeds);
        rows.push([subject, `${journal.toUpperCase()}, ${KEPT[journal].toUpperCase()}`, mode, ...cells(tally)]);
      }
    }
  }
  return rows;
}

/** Settings that keep less, with ours on them. */
const WEAKER = [
  { journal: 'delete', synchronous: 'full' },
  { journal: 'delete', synchronous: 'normal' },
  { journal: 'delete', synchronous: 'off' },
  { journal: 'memory', synchronous: 'extra' },
  { journal: 'wal', synchronous: 'normal' },
  { journal: 'wal', synchronous: 'off' },
];

async function weaker() {
  const rows = [];
  for (const workload of WEAKER) {
    const sums = { crash: new Tally(), power: new Tally() };
    for (const mode of Object.keys(MODES).slice(1)) {
      const sum = mode === 'process crash' ? sums.crash : sums.power;
      const tally = await tallied(mode, 'ours', workload);
      for (const name of ['cases', 'partial', 'corrupt', 'lost', 'other']) sum[name] += tally[name];
      for (const other of tally.others) sum.others.add(other);
    }
    const name = `${workload.journal.toUpperCase()}, ${workload.synchronous.toUpperCase()}`;
    rows.push([name, 'process crash', ...cells(sums.crash)], [name, 'power loss, all modes', ...cells(sums.power)]);
  }
  return rows;
}

async function orders(subjects, numbers) {
  const rows = [];
  for (const subject of subjects) {
    for (const migrators of numbers) {
      for (const journal of Object.keys(KEPT)) {
        const workload = { journal, migrators };
        const { orders, failed, states } = await everyOrderByState(subject, workload);
        const how = migrators === 2 ? 'one by one' : `by ${states.toLocaleString('en')} states`;
        // Where they can be run one by one they are, and both counts must agree.
        const single = migrators === 2 ? await everyOrder(subject, workload) : { orders, failed };
        if (single.orders !== orders || single.failed !== failed) throw new Error(`${subject}: orders miscounted`);
        const counts = [orders, failed].map((count) => count.toLocaleString('en'));
        rows.push([subject, migrators, journal.toUpperCase(), `all ${counts[0]}`, how, counts[1]]);
      }
    }
  }
  return rows;
}

const CRASH_HEADER = [
  'subject',
  'journal, synchronous',
  'what happens',
  'cases',
  'partial',
  'corrupt',
  'lost',
  'other',
];
const WEAKER_HEADER = ['journal, synchronous', 'what happens', 'cases', 'partial', 'corrupt', 'lost', 'other'];
const ORDER_HEADER = ['subject', 'migrators', 'journal', 'orders', 'run', 'not exactly one migrates'];

function put(document, name, text) {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [before, rest] = document.split(begin);
  if (rest === undefined) throw new Error(`${DOCUMENT} has no place called ${name}`);
  return `${before}${begin}\n\n${text}\n\n${end}${rest.split(end)[1]}`;
}

/** The counts that must be 0 of ours: all numbers behind that of the cases, or the only one. */
const failures = (cells) => (cells.length === 1 ? cells : cells.slice(3));

/** The cheap part: whether the document says of it what comes out now. */
async function check() {
  const document = readFileSync(DOCUMENT, 'utf8');
  const rows = [
    ...(await crashes(['ours'], ['statement fails', 'process crash', 'power loss, unsynced lost'])),
    ...(await crashes(['as-documented', 'as-found'], ['statement fails'])),
  ];
  const wrong = rows.map(row).filter((line) => !document.includes(line));
  console.log(rows.map(row).join('\n'));
  // Fewer orders than in the table: who waits asks again only when the others are done.
  const few = [];
  for (const subject of SUBJECTS) {
    const workload = { journal: 'delete', migrators: 2, longest: 2 };
    const { orders, failed } = await everyOrder(subject, workload);
    const byState = await everyOrderByState(subject, workload);
    if (byState.orders !== orders || byState.failed !== failed) wrong.push(`${subject}: orders miscounted by state`);
    few.push([subject, failed]);
    console.log(row([subject, `${orders} orders`, `${failed} fail`]));
  }
  for (const line of wrong) console.log(`not in ${DOCUMENT}: ${line}`);
  const bad = [...rows, ...few].filter(
    ([subject, ...counts]) => subject === 'ours' && failures(counts).some((count) => Number(count) !== 0),
  );
  for (const line of bad) console.log(`ours fails: ${row(line)}`);
  return wrong.length + bad.length === 0 ? 0 : 1;
}

async function sweep() {
  const began = performance.now();
  const crashTable = table(CRASH_HEADER, await crashes(SUBJECTS, Object.keys(MODES), SEEDS));
  console.log(crashTable, '\n');
  const weakerTable = table(WEAKER_HEADER, await weaker());
  console.log(weakerTable, '\n');
  const orderTable = table(ORDER_HEADER, [...(await orders(SUBJECTS, [2])), ...(await orders(['ours'], [3]))]);
  console.log(orderTable, '\n');
  console.log(`${Math.round((performance.now() - began) / 1000)} s`);
  let document = readFileSync(DOCUMENT, 'utf8');
  document = put(document, 'crashes', crashTable);
  document = put(document, 'weaker', weakerTable);
  document = put(document, 'orders', orderTable);
  writeFileSync(DOCUMENT, document);
  return 0;
}

process.exitCode = await (process.argv.includes('--check') ? check() : sweep());
