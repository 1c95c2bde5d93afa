import { describe, expect, it } from 'vitest';
import { createProject } from '../cli/project.ts';
import { codeBlocksOf, typeErrors, withOwnExports, writeBlocks, type CodeBlock } from './code-blocks.ts';
import { files, sources, textOf } from './sources.ts';

const documents = files.filter((file) => file === 'README.md' || /^docs\/[^/]+\.md$/.test(file));

/** One project for all blocks of one document: named ones may import each other. */
function check(blocks: readonly CodeBlock[]): { errors: string[]; scenarios: number; run: () => Promise<string> } {
  const project = createProject();
  const paths = writeBlocks(project.folder, blocks);
  const places = paths.map((path, i) => `${path} is ${blocks[i]!.place}`);
  const errors = typeErrors(project.folder, paths);
  return {
    errors: errors.length === 0 ? [] : [...errors, ...places],
    scenarios: blocks.filter(({ isScenario }) => isScenario).length,
    run: async () => {
      const { code, stdout, stderr } = await project.heddle('run', '--seed', '7', '--runs', '200');
      return code === 0 ? 'as expected' : `${String(code)}\n${stdout}\n${stderr}`;
    },
  };
}

const withCode = (names: readonly string[]): [string, CodeBlock[]][] =>
  names.map((file) => [file, codeBlocksOf(file)] as [string, CodeBlock[]]).filter(([, blocks]) => blocks.length > 0);

describe('examples in docstrings', () => {
  const examples = withCode(sources).flatMap(([file, blocks]) => blocks.map((block) => withOwnExports(file, block)));
  const { errors, scenarios, run } = check(examples);

  it('are found', () => {
    expect(examples.length).toBeGreaterThan(5);
    expect(scenarios).toBeGreaterThan(0);
  });

  it('type-check', () => {
    expect(errors).toEqual([]);
  });

  it('that are scenarios end as they say', async () => {
    expect(await run()).toBe('as expected');
  });
});

for (const [file, blocks] of withCode(documents)) {
  describe(`code in ${file}`, () => {
    const { errors, scenarios, run } = check(blocks);

    it('type-checks', () => {
      expect(errors).toEqual([]);
    });

    if (scenarios === 0) return;
    it('ends as it says where it is a scenario', async () => {
      expect(await run()).toBe('as expected');
    });
  });
}

describe('the list of decisions', () => {
  it('has each record once, under its own number', () => {
    const folder = 'docs/decisions/';
    const listed = [...textOf(`${folder}README.md`).matchAll(/^(\d+)\. \[.+\]\((.+)\)$/gm)];
    const records = files.filter((file) => file.startsWith(`${folder}0`)).map((file) => file.slice(folder.length));
    expect(listed.map((match) => match[2])).toEqual(records.sort());
    expect(listed.map((match) => Number(match[1]))).toEqual(records.map((name) => Number(name.slice(0, 4))));
  });
});

describe('the check of examples', () => {
  const block = (code: string, path: string | null = null): CodeBlock => ({
    place: 'here:1',
    code,
    path,
    isScenario: code.includes('export default scenario('),
  });

  it('sees a type that is wrong, and a name that heddle does not have', () => {
    const { errors } = check([block("const n: number = 'one';\n"), block("import { knot } from 'heddle';\nknot();\n")]);
    expect(errors.join('\n')).toMatch(/blocks\/block-1\.ts:1 Type 'string' is not assignable/);
    expect(errors.join('\n')).toMatch(/blocks\/block-2\.ts:1 .*has no exported member 'knot'/);
  });

  it('lets blocks with names import each other, and sees a scenario that does not end as it says', async () => {
    const { errors, run } = check([
      block('export const two = (): number => 2;\n', 'src/two.ts'),
      block(
        "import { always, fc, hold, scenario } from 'heddle';\nimport { two } from '../src/two.ts';\nexport default scenario({\n  name: 'a/b',\n  subjects: { two: hold(two) },\n  workload: fc.nat(),\n  body: async ({ sim }) => { await sim.io('x'); },\n  invariants: [always('three', ({ subject }) => subject === 3)],\n});\n",
        'scenarios/two.ts',
      ),
    ]);
    expect(errors).toEqual([]);
    expect(await run()).toMatch(/^1\n[\s\S]*✗ violation three/);
  });
});
