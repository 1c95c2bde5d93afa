import { expect, test } from 'vitest';
import { answerOf } from './observe.ts';

const fixture = new URL('./fixtures/modules.mjs', import.meta.url);

test('fact 8: module state survives a crash that the process itself survives', async () => {
  expect(await answerOf(fixture, 'after a crash')).toEqual([
    { calls: 1, usesOfTheDependency: 1 },
    { calls: 2, usesOfTheDependency: 2 },
  ]);
});

test('fact 8: importing again by query gives a module fresh state, but does not reach its dependencies', async () => {
  expect(await answerOf(fixture, 'by query')).toEqual([
    { calls: 1, usesOfTheDependency: 1 },
    { calls: 1, usesOfTheDependency: 2 },
    { calls: 2, usesOfTheDependency: 3 },
  ]);
});
