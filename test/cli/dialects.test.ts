import { describe, expect, it } from 'vitest';
import { createProject } from './project.ts';

/** The parts of a scenario that are the same in every dialect. */
const definition = (name: string): string => `scenario({
  name: '${name}',
  subjects: { racy: fail('bounded', () => new Counter()) },
  workload: fc.constant(null),
  body: async ({ sim, subject }) => {
    await sim.clients([1, 2], () => subject.add());
  },
  invariants: [always('bounded', ({ subject }) => subject.value < 2)],
})`;

const counter = (exported: string): string => `${exported} class Counter {
  value = 0;
  async add() {
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.value += 1;
  }
}
`;

const names = 'always, fail, fc, scenario';

const modules = createProject({ type: 'module' })
  .write('lib/counter.cjs', `${counter('')}\nexports.Counter = Counter;\n`)
  .write(
    'scenarios/a.mjs',
    `import { ${names} } from 'heddle';\nimport { Counter } from '../lib/counter.cjs';\nexport default ${definition('esm/mjs')};\n`,
  )
  .write(
    'scenarios/b.ts',
    `import { ${names} } from 'heddle';\n${counter('')}enum Kind { A }\nexport default ${definition('esm/ts')};\nexport { Kind };\n`,
  )
  .write(
    'scenarios/c.mts',
    `import { ${names} } from 'heddle';\n${counter('')}export default [${definition('esm/mts')}];\n`,
  )
  .write(
    'src/near.scenario.js',
    `import { ${names} } from 'heddle';\n${counter('')}export default ${definition('esm/near')};\n`,
  );

const commonjs = createProject({ name: 'common' })
  .write('lib/counter.js', `${counter('')}\nmodule.exports = { Counter };\n`)
  .write(
    'scenarios/a.js',
    `const { ${names} } = require('heddle');\nconst { Counter } = require('../lib/counter.js');\nmodule.exports = ${definition('cjs/required')};\n`,
  )
  .write(
    'scenarios/b.js',
    `const { ${names} } = require('heddle');\nconst { Counter } = require('../lib/counter.js');\nexports.default = [${definition('cjs/exported')}];\n`,
  )
  .write(
    'scenarios/c.ts',
    `import { ${names} } from 'heddle';\nimport { Counter } from '../lib/counter.js';\nexport default ${definition('cjs/ts')};\n`,
  )
  .write(
    'scenarios/d.mjs',
    `import { ${names} } from 'heddle';\nimport { Counter } from '../lib/counter.js';\nexport default ${definition('cjs/mjs')};\n`,
  )
  .write(
    'scenarios/e.cjs',
    `const { ${names} } = require('heddle');\nconst { Counter } = require('../lib/counter.js');\nmodule.exports = ${definition('cjs/cjs')};\n`,
  )
  .write(
    'scenarios/f.cts',
    `import { ${names} } from 'heddle';\nimport { Counter } from '../lib/counter.js';\nexport default ${definition('cjs/cts')};\n`,
  );

describe.concurrent('scenario files are loaded as they are', () => {
  it.each([
    ['ES module', modules, ['esm/mjs', 'esm/mts', 'esm/near', 'esm/ts']],
    ['CommonJS', commonjs, ['cjs/cjs', 'cjs/cts', 'cjs/exported', 'cjs/mjs', 'cjs/required', 'cjs/ts']],
  ])('in a package of %s files', async (_kind, project, expected) => {
    const { code, document } = await project.run('--seed', '7', '--runs', '20');
    expect(document.errors).toEqual([]);
    expect(document.results.map(({ scenario }) => scenario).sort()).toEqual(expected);
    expect(document.summary).toMatchObject({ caught: expected.length });
    expect(code).toBe(0);
    const replays = document.results.map(({ counterexample }) => project.heddle('replay', counterexample!.token!));
    expect((await Promise.all(replays)).map((replay) => replay.code)).toEqual(expected.map(() => 0));
  });
});
