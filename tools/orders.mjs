// Every order of statements in which two requests can reach a real PostgreSQL at $95 of $100, for several ways of
// reserving: how many orders there are, and what comes of them. Writes the tables in docs/ledger.md.
//
//   npm run orders

import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { execute } from '../dist/check/execute.js';
import { inBatches } from '../dist/check/explore.js';
import { loadScenarios } from '../dist/check/load.js';
import { provide, release } from '../dist/devices/postgres/provider.js';
import { install } from '../dist/intercept/install.js';
import { setProvided } from '../dist/scenario/requirement.js';

/**
 * Goes through the tree of choices, one path a run. That a client starts is no choice: it sends its first statement then,
 * and nothing else; so what is counted are orders of statements.
 */
class EveryOrder {
  delays = false;
  #path = [];
  #at = 0;

  event(enabled) {
    const events = enabled.sorted();
    const start = events.findIndex(({ kind }) => kind === 'start');
    return enabled.indexOf(events[start >= 0 ? start : this.#pick(events.length)]);
  }

  delay() {
    return 0;
  }

  fault({ options }) {
    return this.#pick(options.length + 1);
  }

  draw() {
    return 0;
  }

  #pick(count) {
    if (count === 1) return 0;
    const fork = (this.#path[this.#at] ??= { pick: 0, count });
    this.#at += 1;
    return fork.pick;
  }

  /** Prepares the next path; false when there is none. */
  next() {
    this.#path.length = this.#at;
    this.#at = 0;
    while (this.#path.length > 0) {
      const last = this.#path[this.#path.length - 1];
      last.pick += 1;
      if (last.pick < last.count) return true;
      this.#path.pop();
    }
    return false;
  }
}

async function everyOrder(scenario, workload) {
  const chooser = new EveryOrder();
  const came = { orders: 0, overspend: 0, none: 0, one: 0, waited: 0, repeat: 0, broken: null };
  await inBatches(() => {
    const { verdict, reached } = execute({ scenario, subject: 'program', workload, chooser });
    came.orders += 1;
    if (verdict.kind === 'violation') came.overspend += 1;
    else if (verdict.kind !== 'holds') came.broken = verdict.message;
    if (reached.includes('granted 0')) came.none += 1;
    if (reached.includes('granted 1')) came.one += 1;
    if (reached.includes('waited')) came.waited += 1;
    if (reached.includes('repeat')) came.repeat += 1;
    return chooser.next() && came.broken === null;
  });
  if (came.broken !== null) throw new Error(`${scenario.about}: ${came.broken}`);
  return came;
}

install();
const provision = await provide(process.env);
if (!provision.ok) {
  console.error(`no PostgreSQL: ${provision.reason}`);
  process.exitCode = 4;
} else {
  setProvided('postgres', provision.value);
  const began = Date.now();
  const scenarios = await loadScenarios('scenarios/ledger/specimens/orders.ts');
  const tables = [];
  for (const amount of [5, 10]) {
    const rows = [];
    for (const scenario of scenarios) {
      const { orders, overspend, none, one, waited, repeat } = await everyOrder(scenario, amount);
      rows.push([scenario.about, orders, overspend, one, none, waited, repeat]);
    }
    tables.push([
      `Two requests of $${amount}:`,
      '',
      '| program | all orders | overspend | one granted | none granted | one waits | one is told to repeat |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...rows.map((row) => `| ${row.join(' | ')} |`),
    ]);
  }
  await release();
  const text = tables.map((lines) => lines.join('\n')).join('\n\n');
  console.log(text);
  console.log(`\nin ${((Date.now() - began) / 1000).toFixed(1)} s`);
  const file = 'docs/ledger.md';
  const document = readFileSync(file, 'utf8');
  const [before, rest] = document.split('<!-- orders -->\n');
  const [, after] = rest.split('<!-- end of orders -->');
  const written = `${before}<!-- orders -->\n\n${text}\n\n<!-- end of orders -->${after}`;
  const style = await resolveConfig(file);
  writeFileSync(file, await format(written, { ...style, parser: 'markdown' }));
}
