// What one sweep of health checks over ten dead connections costs, in virtual ms: as found, as documented, ours.
// Measured in the scenario connection/sweep-time. Prints the table, and writes it to docs/health-checks.md.
//
//   npm run health-checks

import { writeFileSync } from 'node:fs';
import { execute } from '../dist/check/execute.js';
import { inBatches, plans } from '../dist/check/explore.js';
import { loadScenarios } from '../dist/check/load.js';
import { install } from '../dist/intercept/install.js';
import { FollowChooser } from '../dist/schedule/follow.js';
import { strategyNamed } from '../dist/schedule/strategies.js';

install();
const SCHEDULES = 1000;
const [strategy, seed] = ['mix', '7'];

const scenario = (await loadScenarios('scenarios/connection/health-checks.ts')).find(
  ({ name }) => name === 'connection/sweep-time',
);

/** What the sweep of one run cost, and how long the client waited that waited longest for a connection. */
function costOf({ operations, time }) {
  const sweep = operations.find(({ name }) => name === 'sweep').outcome.value;
  const waits = operations
    .filter(({ name }) => name === 'take')
    .map(({ invokedAt, endedAt }) => Math.min(endedAt, time) - invokedAt);
  return { ...sweep, waitedMs: Math.max(0, ...waits) };
}

/** The run that an idle machine would make, with nobody else there, and runs of all kinds with clients. */
async function measure(subject) {
  const campaign = { scenario: scenario.name, subject, seed, strategy, runs: SCHEDULES };
  const planOf = plans(scenario, campaign);
  const costs = [];
  await inBatches(() => {
    const index = costs.length - 1;
    const plan =
      index < 0
        ? { scenario, subject, workload: [], chooser: new FollowChooser([]), keys: true }
        : planOf(index, strategyNamed(strategy).initial);
    costs.push(costOf(execute(plan)));
    return costs.length <= SCHEDULES;
  });
  const [idle, ...all] = costs;
  const most = (pick) => Math.max(...all.map(pick));
  const ms = (value) => `${value.toLocaleString('en')} ms`;
  return [
    subject,
    ms(idle.tookMs),
    ms(idle.lockHeldMs),
    ms(most(({ tookMs }) => tookMs)),
    ms(most(({ lockHeldMs }) => lockHeldMs)),
    ms(most(({ waitedMs }) => waitedMs)),
  ];
}

const rows = [];
for (const subject of ['as-found', 'as-documented', 'ours']) rows.push(await measure(subject));
const line = (cells) => `| ${cells.join(' | ')} |`;
const text = `# Health checks, measured

Written by \`npm run health-checks\`, in virtual time: one sweep over ten connections that hang, each probe with 5,000 ms. The
first two columns are the run that an idle machine makes with nobody else there; the others are the most over ${SCHEDULES} schedules
of \`${scenario.name}\` (seed ${seed}), in which up to three clients take a connection meanwhile, and timers may be a
millisecond late.

${line(['subject', 'sweep', 'lock held during I/O', 'sweep, at most', 'lock held, at most', 'wait for a connection, at most'])}
${line(['---', '---:', '---:', '---:', '---:', '---:'])}
${rows.map(line).join('\n')}
`;
writeFileSync('docs/health-checks.md', text);
process.stdout.write(text);
