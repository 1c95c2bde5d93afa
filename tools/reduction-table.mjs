// How many schedules the exhaustive search runs, and how many there are: the programs of SCTBench, and generated ones.
// Writes the table in docs/exhaustive.md. Takes some minutes.
//
//   node tools/reduction-table.mjs

import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { createViteServer } from 'vitest/node';

/** Of programs that need more runs it is told how far they came. */
const REDUCED_MAX = 3000;
/** Larger sizes of programs that are there in several are left out. */
const SIZE_MAX = 5;
/** Of programs with more schedules the search's own count is taken. */
const SCHEDULES_MAX = 60_000;
/** Outcomes of generated programs are compared where there are no more than that. */
const COMPARED_MAX = 20_000;
const GENERATED = 30;

const server = await createViteServer({ configFile: 'vitest.config.ts', server: { middlewareMode: true, ws: false } });
(await server.ssrLoadModule('/src/intercept/install.ts')).install();
const load = (path) => server.ssrLoadModule(`/test/${path}.ts`);
const { searched } = await load('schedule/exhaustive/search');
const { outcomesOf } = await load('schedule/exhaustive/outcomes');
const { families } = await load('schedule/exhaustive/programs');
const { scenarios } = await load('behaviour/sctbench-own');
const { fc } = await server.ssrLoadModule('heddle');

const figure = (n) => String(n).replace(/\B(?=(\d{3})+(\.|$))/g, ',');
const fewer = ({ standsFor, runs }) => Number(standsFor) / runs;

/** Geometric. */
function mean(rows) {
  const product = rows.reduce((sum, row) => sum + Math.log(fewer(row)), 0);
  return rows.length === 0 ? '–' : Math.exp(product / rows.length).toFixed(1);
}

/** By `search(strategy, runs)`; `same` compares what comes of both searches. */
async function measured(search, max, same) {
  const { runs, extent, covered, ...rest } = await search('exhaustive', REDUCED_MAX);
  const { standsFor, more } = covered;
  const row = { runs, standsFor, more, done: extent === 'all', enumerated: false };
  if (!row.done || more || BigInt(standsFor) > max) return row;
  const all = await search('enumerate', 2 * max);
  if (all.extent !== 'all' || String(all.runs) !== standsFor || !same(rest, all))
    throw new Error(
      `enumeration: ${all.runs} schedules; the ${runs} runs stand for ${standsFor}, or come to something else`,
    );
  return { ...row, enumerated: true };
}

const equal = (a, b) => [...a].sort().join() === [...b].sort().join();

async function sctbench() {
  const rows = [];
  for (const [name, scenario] of scenarios) {
    if (Number(/_(\d+)/.exec(name)?.[1] ?? 0) > SIZE_MAX) continue;
    for (const subject of ['bad', 'good']) {
      const search = (strategy, runs) => searched(scenario, strategy, runs, undefined, subject);
      const row = await measured(search, SCHEDULES_MAX, (a, b) => equal(a.verdicts, b.verdicts));
      rows.push({ name, subject, ...row });
      process.stderr.write(`${name} ${subject} ${JSON.stringify(row)}\n`);
    }
  }
  return rows;
}

async function generated(programs) {
  const rows = [];
  for (const program of fc.sample(programs, { seed: 7, numRuns: GENERATED })) {
    const search = (strategy, runs) => outcomesOf(program, strategy, runs);
    rows.push(await measured(search, COMPARED_MAX, (a, b) => equal(a.outcomes, b.outcomes)));
  }
  process.stderr.write(`${JSON.stringify(rows)}\n`);
  return rows;
}

/** Each of the four tasks has its four events, and nobody looks at the state between turns. */
const full = families.cells
  .filter(({ tasks }) => tasks.length === 4 && tasks.every(({ length }) => length === 4))
  .map(({ tasks }) => ({ tasks, watched: false, reader: 'nobody', after: [] }));

const groups = [
  ['SCTBench', await sctbench()],
  ['generated: up to four tasks of up to four events, as in the test', await generated(families.cells)],
  ['generated: four tasks of four events', await generated(full)],
];
await server.close();
groups.push(['all', groups.flatMap(([, rows]) => rows)]);

const rowOf = (row) => {
  const { name, subject, runs, standsFor, more, done, enumerated } = row;
  const all = `${more || !done ? 'more than ' : ''}${figure(standsFor)}${enumerated ? '' : done ? ' ¹' : ' ²'}`;
  return `| \`${name}\` | ${subject} | ${all} | ${figure(runs)} | ${figure(fewer(row).toFixed(1))} |`;
};
const groupOf = ([name, rows]) => {
  const enumerated = rows.filter((row) => row.enumerated);
  const done = rows.filter((row) => row.done);
  const cells = [enumerated, done, rows].map((some) => `${figure(mean(some))} (${some.length})`);
  return `| ${name} | ${cells.join(' | ')} |`;
};

const table = `
| Program | Subject | Schedules | Run | Times fewer |
| --- | --- | ---: | ---: | ---: |
${groups[0][1].map(rowOf).join('\n')}

¹ More than ${figure(SCHEDULES_MAX)}, and not enumerated: what the runs stand for. The others are enumerated, and come to the same
figure and the same verdicts.
² Not done within ${figure(REDUCED_MAX)} runs: what those stand for.

How many times fewer, as a geometric mean, and in brackets of how many programs:

| Programs | enumerated, too | done | all, with those that are not done |
| --- | ---: | ---: | ---: |
${groups.map(groupOf).join('\n')}

Sizes of a program above ${SIZE_MAX} are left out. Generated programs are enumerated, and their outcomes compared, where they have at most
${figure(COMPARED_MAX)} schedules.
`;

const path = 'docs/exhaustive.md';
const text = readFileSync(path, 'utf8');
const [begin, end] = ['<!-- reduction: begin -->', '<!-- reduction: end -->'];
const written = `${text.slice(0, text.indexOf(begin) + begin.length)}\n${table}\n${text.slice(text.indexOf(end))}`;
writeFileSync(path, await format(written, { ...(await resolveConfig(path)), parser: 'markdown' }));
process.exit(0);
