import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeToken, encodeToken, type ReplayRecipe } from '../../src/check/token.ts';
import { VERDICT_KINDS } from '../../src/check/verdict.ts';
import { HeddleError } from '../../src/kernel/errors.ts';

const deviation = fc.oneof(
  fc.record({ kind: fc.constant('order' as const), instead: fc.string(), fire: fc.string() }),
  fc.record({ kind: fc.constant('delay' as const), event: fc.string(), by: fc.nat() }),
  fc.record({ kind: fc.constant('fault' as const), point: fc.string(), pick: fc.nat(), fault: fc.string() }),
  fc.record({ kind: fc.constant('draw' as const), name: fc.string(), value: fc.nat() }),
);

const plain = { noNullPrototype: true };
const workload = fc.oneof(
  fc.anything({
    key: fc.oneof(fc.string(), fc.constant('__proto__')),
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: false,
  }),
  fc.array(
    fc.record({ at: fc.constantFrom(NaN, -0, Infinity, undefined, 5n), who: fc.string({ unit: 'grapheme' }) }, plain),
  ),
);

const recipe: fc.Arbitrary<ReplayRecipe> = fc.record(
  {
    scenario: fc.string(),
    subject: fc.string({ unit: 'grapheme' }),
    workload,
    schedule: fc.array(deviation),
    verdict: fc.oneof(
      fc.record({ kind: fc.constantFrom(...VERDICT_KINDS), invariant: fc.string({ minLength: 1 }) }, plain),
      fc.record({ kind: fc.constantFrom(...VERDICT_KINDS) }, plain),
    ),
    hash: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((hash) => hash.toString(16).padStart(16, '0')),
  },
  plain,
);

const sample: ReplayRecipe = {
  scenario: 'a/b',
  subject: 'ours',
  workload: [{ amount: 3 }],
  schedule: [{ kind: 'order', instead: 'c1/save', fire: 'c2/save' }],
  verdict: { kind: 'violation', invariant: 'noOverspend' },
  hash: '0123456789abcdef',
};

function refusal(token: string): string {
  try {
    decodeToken(token);
  } catch (error) {
    if (error instanceof HeddleError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a replay token', () => {
  it('brings back any recipe', () => {
    fc.assert(
      fc.property(recipe, (each) => {
        expect(decodeToken(encodeToken(each))).toEqual(each);
      }),
      { numRuns: 400 },
    );
  });

  it('is one word without anything that a shell, a chat or a URL would change', () => {
    fc.assert(
      fc.property(recipe, (each) => {
        expect(encodeToken(each)).toMatch(/^heddle1\.[0-9a-f]{8}\.[\w-]+$/);
      }),
    );
  });

  it('stays as it is: tokens printed by this version replay with its successors', () => {
    const printed =
      'heddle1.0d1d0964.WyJhL2IiLCJvdXJzIiwiW1sxXSx7XCJhbW91bnRcIjoyfSwzXSIsW1sibyIsImMxL3NhdmUiLCJjMi9zYXZlIl1dLCJ2aW9sYXRpb24iLCJub092ZXJzcGVuZCIsIjAxMjM0NTY3ODlhYmNkZWYiXQ';
    expect(encodeToken(sample)).toBe(printed);
    expect(decodeToken(printed)).toEqual(sample);
  });

  it('may come with blanks around it', () => {
    expect(decodeToken(`  ${encodeToken(sample)}\n`)).toEqual(sample);
  });

  it('is refused when it is cut off anywhere', () => {
    const token = encodeToken(sample);
    for (let length = 0; length < token.length; length += 1) {
      expect(refusal(token.slice(0, length))).toMatch(/^(BROKEN|FOREIGN)_TOKEN$/);
    }
  });

  it('is refused when a bit of it has flipped', () => {
    fc.assert(
      fc.property(recipe, fc.nat(), fc.integer({ min: 0, max: 6 }), (each, place, bit) => {
        const token = encodeToken(each);
        const at = place % token.length;
        const flipped = String.fromCharCode(token.charCodeAt(at) ^ (1 << bit));
        // Blanks around a token are no part of it.
        fc.pre(flipped.trim() !== '');
        expect(refusal(token.slice(0, at) + flipped + token.slice(at + 1))).toMatch(/^(BROKEN|FOREIGN)_TOKEN$/);
      }),
      { numRuns: 500 },
    );
  });

  it('of another format says which heddle reads it', () => {
    expect(refusal(encodeToken(sample).replace('heddle1', 'heddle2'))).toBe('FOREIGN_TOKEN');
    expect(() => decodeToken('heddle12.x.y')).toThrow(/with the version of heddle that printed it/);
  });

  it('is refused when its contents are none, even with the right checksum', async () => {
    const { crc32 } = await import('node:zlib');
    const signed = (contents: string): string => {
      const text = Buffer.from(contents).toString('base64url');
      return `heddle1.${crc32(text).toString(16).padStart(8, '0')}.${text}`;
    };
    const contents = [
      'null',
      '[]',
      '{}',
      'not json',
      '["a","b","[1]",[],"no such verdict","x","h"]',
      '["a","b","[1]",[["z"]],"violation","x","h"]',
      '["a","b","[1]",[3],"violation","x","h"]',
      '["a","b","not devalue",[],"violation","x","h"]',
    ];
    for (const each of contents) expect(refusal(signed(each)), each).toBe('BROKEN_TOKEN');
  });
});
