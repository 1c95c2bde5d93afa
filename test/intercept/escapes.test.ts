import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { callSite } from '../../src/intercept/escapes.ts';
import { simulateWatched } from '../in-world.ts';
import { escaping, harmless } from './fixtures/escaping.ts';

const fixture = fileURLToPath(new URL('./fixtures/escaping.ts', import.meta.url));
const lines = readFileSync(fixture, 'utf8').split('\n');

/** Where the fixture makes the call: its line, counted from 1. */
const lineOf = (call: string): number =>
  1 + lines.findIndex((line) => line.trimStart().startsWith(`${/\W/.test(call) ? `'${call}'` : call}: `));

describe('what reaches the real world is an escape, with the line of its call', () => {
  test.each(Object.keys(escaping))('%s', async (call) => {
    const { escapes } = await simulateWatched(escaping[call]!);
    expect(escapes.length).toBeGreaterThan(0);
    const [path, line] = /^(.*):(\d+):\d+$/.exec(escapes[0]!.site)!.slice(1);
    expect(path).toBe(fixture);
    const first = lineOf(call);
    // A formatter may spread the call over a few lines.
    expect(Number(line)).toBeGreaterThanOrEqual(first);
    expect(Number(line)).toBeLessThanOrEqual(first + 2);
  });

  test.each(Object.keys(escaping))('%s is none outside of a run', async (call) => {
    const { escapes } = await simulateWatched(() => undefined);
    escaping[call]!();
    expect(escapes).toEqual([]);
  });
});

describe('what only computes is none', () => {
  test.each(Object.keys(harmless))('%s', async (call) => {
    const { escapes, uncaught } = await simulateWatched(harmless[call]!);
    expect([escapes, uncaught]).toEqual([[], []]);
  });
});

describe('the call site', () => {
  test.each([
    ['a plain frame', 'Error: x\n    at f (/app/a.ts:3:7)', '/app/a.ts:3:7'],
    ['a frame without a function', 'Error: x\n    at /app/a.ts:3:7', '/app/a.ts:3:7'],
    ['a module', 'Error: x\n    at f (file:///app/a.mjs:3:7)', '/app/a.mjs:3:7'],
    ['an async frame', 'Error: x\n    at async f (/app/a.ts:3:7)', '/app/a.ts:3:7'],
    [
      'Node\u2019s own frames before it',
      'Error: x\n    at stat (node:fs:1:2)\n    at f (/app/a.ts:3:7)',
      '/app/a.ts:3:7',
    ],
    ['only Node\u2019s own frames', 'Error: x\n    at stat (node:fs:1:2)', 'unknown place'],
    ['a Windows path', 'Error: x\n    at f (C:\\app\\a.ts:3:7)', 'C:\\app\\a.ts:3:7'],
  ])('%s', (_, stack, site) => {
    expect(callSite(stack)).toBe(site);
  });

  test("heddle's own frames are passed over", () => {
    const own = fileURLToPath(new URL('../../src/scenario/sim.ts', import.meta.url));
    expect(callSite(`Error: x\n    at io (${own}:1:2)\n    at f (/app/a.ts:3:7)`)).toBe('/app/a.ts:3:7');
  });
});
