import { expect, test } from 'vitest';
import { answerOf, nodeMajor } from './observe.ts';

const fixture = new URL('./fixtures/typescript.mjs', import.meta.url);

test('fact 19: tsImport from tsx/esm/api loads TypeScript and what it imports inside a worker', async () => {
  expect(await answerOf(fixture, 'tsImport, "type": "module"')).toEqual({ whole: 42, byDefault: { whole: 42 } });
});

test('fact 19: of a package without "type": "module" it nests the default export in a default', async () => {
  expect(await answerOf(fixture, 'tsImport, no type')).toEqual({
    whole: 42,
    byDefault: { whole: 42, default: { whole: 42 } },
  });
});

test('fact 19: --import tsx in the execArgv of a worker fails on Node 20 and works from 22 on', async () => {
  const outcome = nodeMajor === 20 ? 'ERR_UNKNOWN_FILE_EXTENSION' : 'loaded';
  expect(await answerOf(fixture, '--import tsx')).toBe(outcome);
});
