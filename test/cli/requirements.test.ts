import { describe, expect, it } from 'vitest';
import { createProject } from './project.ts';
import { schemaErrors } from './schema.ts';

const scenario = (name: string, requires: string): string => `
  import { atRest, fc, hold, scenario } from 'heddle';
  const provider = new URL('../provider.mjs', import.meta.url).href;
  export default scenario({
    name: '${name}',
    ids: ['R1'],
    ${requires}
    subjects: { it: hold((sim) => sim.attach(({ provided }) => provided('weather'))) },
    workload: fc.constant(1),
    runs: 5,
    body: async ({ sim, subject }) => {
      await sim.op('look', { subject }, () => subject);
    },
    invariants: [atRest('isSunny', ({ subject }) => subject === undefined || subject.sky === 'blue')],
  });
`;
const REQUIRES = `requires: [{ name: 'weather', provider }],`;

const project = createProject()
  .write('scenarios/outside.ts', scenario('walk/outside', REQUIRES))
  .write('scenarios/inside.ts', scenario('walk/inside', ''));

const provider = (provide: string): void => {
  project.write(
    'provider.mjs',
    `import { appendFileSync } from 'node:fs';
     export async function provide(environment) { appendFileSync('log', 'provided '); ${provide} }
     export async function release() { appendFileSync('log', 'released '); }`,
  );
  project.write('log', '');
};

describe('what a scenario requires', () => {
  it('is provided once, given to all threads, and released', async () => {
    provider(`return { ok: true, value: { sky: 'blue' } };`);
    const { code, document } = await project.run('walk/', '--workers', '2');
    expect(schemaErrors(document)).toEqual([]);
    expect(document).toMatchObject({ skipped: [], summary: { held: 2 } });
    expect(code).toBe(0);
    expect(project.read('log')).toBe('provided released ');
  });

  it.each([
    ['says no', `return { ok: false, reason: 'it rains' };`, 'no weather: it rains'],
    ['throws', `throw new Error('no window');`, 'no weather: no window'],
  ])('is missing where its provider %s: the scenario is skipped, and named', async (_how, provide, reason) => {
    provider(provide);
    const all = await project.run('walk/', '--workers', '1');
    expect(schemaErrors(all.document)).toEqual([]);
    expect(all.document.skipped).toEqual([{ scenario: 'walk/outside', ids: ['R1'], reason }]);
    expect(all.document.results.map((result) => result.scenario)).toEqual(['walk/inside']);
    expect(all.stderr).toContain(`skipped (${reason}): walk/outside`);
    expect(all.code).toBe(0);
    const only = await project.run('walk/outside', '--workers', '1');
    expect(only.document.results).toEqual([]);
    expect(only.code).toBe(4);
  });

  it('is provided for a replay, too', async () => {
    provider(`return { ok: true, value: { sky: 'grey' } };`);
    const { document } = await project.run('walk/outside', '--workers', '1');
    const [result] = document.results;
    expect(result).toMatchObject({ verdict: { invariant: 'isSunny' } });
    const again = await project.heddle('replay', result!.counterexample!.token!);
    expect(again.code).toBe(0);
    provider(`return { ok: false, reason: 'it rains' };`);
    const without = await project.heddle('replay', result!.counterexample!.token!);
    expect(without.stdout).toContain('walk/outside cannot be run here: no weather: it rains');
    expect(without.code).toBe(4);
  });
});
