import { describe, expect, it } from 'vitest';
import { explore } from '../../src/check/explore.ts';
import { strategyNamed } from '../../src/schedule/strategies.ts';
import { createProject } from '../cli/project.ts';
import { campaignOf, hunted, type Hunting } from '../fixtures/runs.ts';
import { specimens } from '../fixtures/toys/index.ts';

const toys = Object.values(specimens);

/** Hashes of the runs from `from` to `to`, those that fail included. */
async function hashesOf(hunting: Hunting, from: number, to: number): Promise<string[]> {
  const campaign = campaignOf({ ...hunting, seed: '5' });
  const knowledge = strategyNamed(campaign.strategy).initial;
  const hashes: string[] = [];
  for (let at = from; at < to; at += 1) {
    const chunk = { campaign, from: at, to: at + 1, knowledge, samples: [] };
    hashes.push(...(await explore(hunting.scenario, chunk, { cells: null })).hashes);
  }
  return hashes;
}

describe('a run', () => {
  it('depends on its seed and index, not on the runs before it', async () => {
    for (const hunting of toys) {
      const forwards = await hashesOf(hunting, 0, 12);
      const backwards: string[] = [];
      for (let at = 11; at >= 0; at -= 1) backwards.unshift(...(await hashesOf(hunting, at, at + 1)));
      expect(backwards).toEqual(forwards);
      expect(new Set(forwards).size).toBeGreaterThan(3);
    }
  });

  it('depends on its seed', async () => {
    for (const hunting of toys) {
      const [one, two] = [
        await hunted({ ...hunting, seed: '1', runs: 1 }),
        await hunted({ ...hunting, seed: '2', runs: 1 }),
      ];
      const again = await hunted({ ...hunting, seed: '1', runs: 1 });
      expect(again.hashes).toEqual(one.hashes);
      expect(two.hashes).not.toEqual(one.hashes);
    }
  });
});

describe('state that leaks from run to run', () => {
  const project = createProject().copy('leaky');

  it('does not leak with a worker for every run', async () => {
    const isolated = createProject().copy('leaky');
    const text = isolated
      .read('scenarios/leaky.ts')
      .replaceAll('workload: fc', "isolation: 'worker',\n    workload: fc");
    isolated.write('scenarios/leaky.ts', text);
    const { code, document } = await isolated.run('--seed', '7', '--runs', '8');
    expect(document.results.map(({ verdict, runs }) => [verdict.kind, runs])).toEqual([
      ['holds', 8],
      ['holds', 8],
    ]);
    expect(code).toBe(0);
  });

  it('is reported as a divergence that names the first turn that differs', async () => {
    const { code, document } = await project.run('--seed', '7', '--runs', '100');
    const [counter, pool] = document.results;
    expect(counter!.verdict).toMatchObject({ kind: 'divergence', invariant: 'noDivergence' });
    expect(counter!.verdict.message).toMatch(
      /^run \d+ differs when repeated in a fresh worker: first "turn 2 at \S+ ms: main\/(use|round trip)", then "turn 2 at \S+ ms: main\/(use|round trip)"$/,
    );
    expect(pool!.verdict.message).toMatch(
      /^run \d+ differs when repeated in a fresh worker: first "turn 2 at \S+ ms: main\/timeout \d+ ms", then "turn 2 at \S+ ms: main\/timeout \d+ ms"$/,
    );
    expect(code).toBe(3);
  });
});

const ticker = `
const { setTimeout: captured } = globalThis;
let ticks = 0;
setInterval(() => { ticks += 1; }, 10);
export const ticksSoFar = () => ticks;
export const pause = (ms) => new Promise((resolve) => captured(resolve, ms));
`;

const scenarioOf = (subject: string): string => `
import { atRest, fc, hold, scenario } from 'heddle';
import { pause, ticksSoFar } from 'ticker';

export default scenario({
  name: 'ticker/ticks',
  subjects: { it: ${subject} },
  workload: fc.integer({ min: 20, max: 90 }),
  body: async ({ sim, workload }) => {
    const before = ticksSoFar();
    await pause(workload);
    sim.tell('ticks', ticksSoFar() - before);
  },
  shutdown: () => undefined,
  invariants: [
    atRest('ticked', ({ history, now }) => {
      const [{ data }] = history.facts;
      return Math.abs(data - now() / 10) <= 1.5 || \`\${data} ticks in \${now()} ms\`;
    }),
  ],
});
`;

describe('a package that starts an interval and captures its timers when it is imported', () => {
  it('is controlled in every run, and leaks nothing', async () => {
    const project = createProject()
      .write('node_modules/ticker/package.json', '{ "name": "ticker", "type": "module", "exports": "./index.js" }')
      .write('node_modules/ticker/index.js', ticker)
      .write('scenarios/ticker.ts', scenarioOf('hold(() => null)'));
    const { code, document } = await project.run('--seed', '7', '--runs', '100');
    expect(document.errors).toEqual([]);
    expect(document.results[0]).toMatchObject({ verdict: { kind: 'holds' }, runs: 100 });
    expect(code).toBe(0);
  });
});
