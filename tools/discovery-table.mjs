// For every specimen that is caught: how many schedules until the first failure, over 30 seeds, how large the shrunk
// counterexample is, and how often shrinking ends in the same one. Writes docs/discovery.md.
//
//   npm run build && node tools/discovery-table.mjs [seeds]

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'devalue';
import { discover } from '../dist/check/discover.js';
import { Hunt } from '../dist/check/hunt.js';
import { Threads } from '../dist/check/threads.js';
import { install } from '../dist/intercept/install.js';

install();
process.env.TZ = 'UTC';
const SEEDS = Number(process.argv[2] ?? 30);
const RUNS = 1000;
const threads = new Threads(2);
const quiet = { made: () => undefined, finished: () => undefined };

const hunt = (targets, seed) =>
  new Hunt({
    targets,
    threads,
    seed: String(seed),
    strategy: 'mix',
    budget: { kind: 'runs', runs: RUNS },
    out: mkdtempSync(join(tmpdir(), 'heddle-discovery-')),
  }).run(quiet);

const entries = await threads.do('catalog', { files: await discover(process.cwd()) });
const all = entries
  .flatMap(({ scenarios = [] }) => scenarios)
  // What needs a server is run in every order: there is nothing to be discovered.
  .filter(({ requires }) => requires.length === 0)
  .flatMap((info) => info.subjects.map((subject) => ({ info, subject })))
  .filter(({ subject }) => subject.expect !== 'hold');

const nameOf = ({ info, subject }) => `${info.name}@${subject.name}`;
const found = new Map();
let targets = all;
for (let seed = 1; seed <= SEEDS; seed += 1) {
  const results = await hunt(targets, seed);
  for (const result of results) {
    const { value } = result.counterexample ?? {};
    if (value === undefined) continue;
    const list = found.get(nameOf(result.target)) ?? [];
    list.push({
      seed,
      schedules: result.firstFailingRun + 1,
      shrunk: value.shrunk,
      invariant: result.verdict.invariant,
    });
    found.set(nameOf(result.target), list);
  }
  // What the first three seeds did not break is taken to hold: its 1000 runs a seed would be most of the time.
  if (seed === 3) targets = all.filter((target) => found.has(nameOf(target)));
  process.stderr.write(`seed ${seed}: ${results.length} subjects\n`);
}
await threads.end();

const median = (figures) => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];
const rows = all.flatMap((target) => {
  const list = found.get(nameOf(target));
  if (list === undefined) return [];
  const forms = new Map();
  for (const { shrunk } of list) {
    const form = shrunk === null ? 'unshrunk' : stringify([shrunk.workload, shrunk.schedule]);
    forms.set(form, (forms.get(form) ?? 0) + 1);
  }
  const most = Math.max(...forms.values());
  const size = (pick) => median(list.map(({ shrunk }) => (shrunk === null ? NaN : pick(shrunk))));
  const invariants = [...new Set(list.map(({ invariant }) => invariant))].join(', ');
  const cells = [
    target.info.name,
    target.subject.name,
    invariants,
    `${list.length} of ${SEEDS}`,
    median(list.map(({ schedules }) => schedules)),
    Math.max(...list.map(({ schedules }) => schedules)),
    `${size(({ before }) => before.operations)} → ${size(({ operations }) => operations)}`,
    `${size(({ before }) => before.choices)} → ${size(({ choices }) => choices)}`,
    size(({ shrinkRuns }) => shrinkRuns),
    `${most} of ${list.length}`,
  ];
  return [{ cells, share: most / list.length, one: !invariants.includes(',') }];
});

const canonical = rows.filter(({ one }) => one);
const share = canonical.reduce((sum, row) => sum + row.share, 0) / canonical.length;
const text = `# Discovery and shrinking, measured

Written by \`node tools/discovery-table.mjs ${SEEDS}\` on Node ${process.version}: strategy \`mix\`, ${RUNS} runs at most, seeds 1 to ${SEEDS}.
*Schedules* counts runs up to and with the first that failed. *Same* says how many of the counterexamples found from
different seeds shrank to the very same one, workload and schedule. Over all rows with one cause: ${(share * 100).toFixed(1)} %.

| scenario | subject | invariant | caught | schedules, median | schedules, most | operations | choices | shrink runs | same |
| --- | --- | --- | --- | ---: | ---: | --- | --- | ---: | --- |
${rows.map(({ cells }) => `| ${cells.join(' | ')} |`).join('\n')}
`;
writeFileSync('docs/discovery.md', text);
process.stdout.write(text);
