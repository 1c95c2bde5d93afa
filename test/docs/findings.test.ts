// docs/findings.md is written by a command; here it is held against the scenarios as they are now.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/check/discover.ts';
import type { ScenarioInfo } from '../../src/check/load.ts';
import { Requirements } from '../../src/check/requirements.ts';
import { Threads } from '../../src/check/threads.ts';
import { decodeToken } from '../../src/check/token.ts';
import { sameFailure } from '../../src/check/verdict.ts';

const IDS = [
  ...['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'P1', 'P2', 'P3', 'C1', 'C2', 'C3'],
  ...Array.from({ length: 17 }, (_, i) => `F${String(i + 1)}`),
  ...Array.from({ length: 10 }, (_, i) => `W${String(i + 1)}`),
];
/** The document prints no fix for these. */
const UNFIXED = IDS.filter((id) => id.startsWith('W') && id !== 'W2' && id !== 'W3');

const text = readFileSync('docs/findings.md', 'utf8');
const tokens = [...new Set([...text.matchAll(/heddle replay (heddle1\.\S+)/g)].map(([, token]) => token!))];
const recipes = tokens.map(decodeToken).map((recipe) => ({ what: `${recipe.scenario}@${recipe.subject}`, recipe }));
let threads: Threads;
let requirements: Requirements;
let infos: ScenarioInfo[];

beforeAll(async () => {
  threads = new Threads(2);
  requirements = new Requirements(threads, process.env);
  const catalog = await threads.do('catalog', { files: await discover(process.cwd()) });
  const all = catalog.flatMap((entry) => ('scenarios' in entry ? entry.scenarios : []));
  infos = all.filter(({ onRequest }) => !onRequest);
});
afterAll(async () => {
  await Promise.all([threads.end(), requirements.release()]);
});

/** The cells of the table's row: as found, as documented, ours. */
function row(id: string): string[] {
  const line = text.split('\n').find((each) => each.startsWith(`| [${id}](`)) ?? '';
  return line
    .split('|')
    .slice(3, 6)
    .map((cell) => cell.trim());
}

/** `- subject: …` below the heading of a scenario. */
function subjectsTold(scenario: string): string[] {
  const told = new RegExp(`### \\w+: ${scenario}\n([^#]*?\n- [^#]*)`).exec(text)?.[1] ?? '';
  return [...told.matchAll(/^- ([\w-]+): (?:\*\*|held)/gm)].map(([, subject]) => subject!);
}

describe('docs/findings.md', () => {
  it.each(IDS)('has a row for %s: ours holds, and what is said of the specimens', (id) => {
    const [found, documented, ours] = row(id);
    expect(ours).toMatch(/^held: (all )?\d+ schedules/);
    expect(found).toMatch(/^(held: (all )?\d+ schedules|violates \w+)/);
    if (UNFIXED.includes(id)) expect(documented).toBe('–');
    else expect(documented).toMatch(/^(held: (all )?\d+ schedules|violates \w+)/);
  });

  it('tells of every scenario and every subject that there is, and of no other', () => {
    for (const { name, subjects, ids } of infos) {
      expect(subjectsTold(name), name).toEqual(subjects.map((subject) => subject.name));
      for (const id of ids) expect(text).toContain(`### ${id}: ${name}\n`);
    }
    const told = new Set([...text.matchAll(/^### \w+: (\S+)$/gm)].map(([, name]) => name!));
    expect([...told].sort()).toEqual(infos.map(({ name }) => name).sort());
  });

  it('has replay lines', () => {
    expect(recipes.length).toBeGreaterThan(IDS.length);
  });

  it.each(recipes)('$what still fails in the same way, with the same trace', async ({ recipe }) => {
    const { scenario, subject, workload, schedule, verdict, hash } = recipe;
    const { file, requires } = infos.find(({ name }) => name === scenario)!;
    const lacking = await requirements.lacking(requires);
    // Somebody has asked for no server: then the reason is all there is to be had.
    if (requires.length > 0 && process.env['HEDDLE_POSTGRES'] === 'off') {
      expect(lacking).toBe('no postgres: HEDDLE_POSTGRES is off');
      return;
    }
    expect(lacking).toBeNull();
    const replayed = await threads.do('replay', { file, scenario, subject, workload, schedule });
    expect(sameFailure(replayed.verdict, verdict)).toBe(true);
    expect(replayed.hash).toBe(hash);
  });
});
