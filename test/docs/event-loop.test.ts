// Every rule of the model names the tests that hold it; here these must exist.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const page = read('docs/event-loop.md');
const [model, facts] = page.split('# Facts about Node\n') as [string, string];
const named = [...model.matchAll(/^ *- `(test\/[^`]+)`: (.+)$/gm)].map(([, file, title]) => [title!, file!] as const);

/** A test's title as its source has it, quotes and escapes aside. */
const plain = (text: string): string => text.replaceAll(/\\u2019|\\'|\u2019/g, "'");

describe('docs/event-loop.md', () => {
  test.each(named)('names a test that exists: %s', (title, file) => {
    expect(plain(read(file))).toContain(plain(title));
  });

  test('holds every rule by a test', () => {
    const rules = model.slice(0, model.indexOf('## What is not modelled')).split(/^## /m).slice(1);
    for (const rule of rules) expect(rule).toContain('- `test/');
  });

  test('numbers the facts from 1 to 20, each with tests, unless it says where they are', () => {
    const numbers = [...facts.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('is what the code refers to: no reference to a fact that is not there', () => {
    const sources = ['kernel/drain.ts', 'intercept/escapes.ts', 'intercept/load-timers.ts', 'intercept/weak.ts'];
    const referred = sources.flatMap((file) =>
      [...read(`src/${file}`).matchAll(/docs\/event-loop\.md,\s+(?:\*\s+)?fact (\d+)/g)].map(([, number]) =>
        Number(number),
      ),
    );
    expect(referred.sort((a, b) => a - b)).toEqual([1, 10, 11, 14]);
  });
});
