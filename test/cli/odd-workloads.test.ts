// Workloads that JSON cannot hold: what is found with them is on disk all the same, and can be repeated.

import { expect, it } from 'vitest';
import { createProject } from './project.ts';

const project = createProject().write(
  'scenarios/odd.ts',
  `import { atRest, fc, judge, scenario } from 'heddle';
  const holdsNot = [atRest('holdsNot', () => 'it never does')];
  const rest = { subjects: { it: judge(() => null) }, body: () => undefined, invariants: holdsNot };
  export default [
    scenario({ ...rest, name: 'odd/function', workload: fc.constant({ act: () => 1 }) }),
    scenario({ ...rest, name: 'odd/proto', workload: fc.constant(JSON.parse('{"__proto__":[1,2]}')) }),
  ];
`,
);
const { code, document } = await project.run('--seed', '7', '--runs', '5');
const [withFunction, withProto] = document.results;

it('a finding whose workload holds a function is repeated by its number', async () => {
  expect(code).toBe(0);
  expect(withFunction).toMatchObject({ verdict: { invariant: 'holdsNot' }, firstFailingRun: 0 });
  expect(withFunction!.counterexample!.token).toBeNull();
  const replayed = await project.heddle('replay', withFunction!.counterexample!.file);
  expect(replayed.stdout + replayed.stderr).toContain('violation holdsNot');
});

it('a finding whose workload has a key __proto__ of its own has a token', async () => {
  expect(withProto).toMatchObject({ verdict: { invariant: 'holdsNot' } });
  const replayed = await project.heddle('replay', withProto!.counterexample!.token!);
  expect(replayed.code).toBe(0);
});
