import { fc } from 'heddle';
import { describe, expect, it } from 'vitest';
import { outcomesOf } from './outcomes.ts';
import { families } from './programs.ts';

/** Programs with more schedules than this are left out: they would have to be enumerated. */
const SCHEDULES_MAX = 400;

describe.each(Object.entries(families))('source-DPOR on generated programs: %s', (_family, programs) => {
  it('reaches every outcome that plain enumeration reaches, and no other, and counts the same schedules', async () => {
    let compared = 0;
    let reduced = 0;
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const found = await outcomesOf(program, 'exhaustive', SCHEDULES_MAX);
        fc.pre(found.extent === 'all');
        const { standsFor, more } = found.covered!;
        fc.pre(BigInt(standsFor) <= SCHEDULES_MAX);
        const all = await outcomesOf(program, 'enumerate', 3 * SCHEDULES_MAX);
        fc.pre(all.extent === 'all');
        expect([...found.outcomes].sort()).toEqual([...all.outcomes].sort());
        expect({ standsFor, more }).toEqual({ standsFor: String(all.runs), more: false });
        compared += 1;
        reduced += found.runs;
        plain += all.runs;
      }),
      { numRuns: 25, seed: 7 },
    );
    expect(compared).toBe(25);
    expect(reduced).toBeLessThan(plain);
  });
});
