import { expect, test } from 'vitest';
import { answerOf, nodeMajor } from './observe.ts';

const fixture = new URL('./fixtures/dynamic-import.mjs', import.meta.url);
const readAtOnce = ['a CommonJS file', 'a builtin', 'a data URL', 'a loaded module'];

if (nodeMajor === 20)
  test('fact 12: import() of an ES module that is not loaded never settles within a run on Node 20, only after it', async () => {
    expect(await answerOf(fixture, 'within a run')).toEqual({ within: readAtOnce, after: ['a file'] });
  });

if (nodeMajor >= 22)
  test('fact 12: from Node 22 on, any import() settles within a run', async () => {
    const everything = [...readAtOnce, 'a file'].sort();
    expect(await answerOf(fixture, 'within a run')).toEqual({ within: everything, after: [] });
  });
