import { fail, fc, hold, HeddleError, judge, scenario } from 'heddle';
import { describe, expect, it } from 'vitest';
import { infoOf } from '../../src/check/load.ts';
import { standing } from '../../src/check/verdict.ts';
import { exitCodeForError, exitCodeOf } from '../../src/cli/exit-codes.ts';
import { isScenario } from '../../src/scenario/scenario.ts';
import { erased, hunted, verdictOf } from '../fixtures/runs.ts';
import { small } from '../fixtures/small.ts';

const good = {
  name: 'a/b',
  subjects: { it: hold(() => null) },
  workload: fc.constant(null),
  body: () => undefined,
};

function refusal(change: object): string {
  try {
    scenario({ ...good, ...change });
  } catch (error) {
    if (error instanceof HeddleError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('a scenario', () => {
  it.each([
    [{ name: undefined }, /a name of letters, digits and/],
    [{ name: 'with blank' }, /a name of letters, digits and .* received "with blank"/],
    [{ name: '' }, /a name of letters/],
    [{ subjects: {} }, /at least one subject, received \{\}/],
    [{ subjects: undefined }, /at least one subject, received none/],
    [{ subjects: { it: { expect: 'fail', create: () => null } } }, /the invariant that it must violate/],
    [{ subjects: { it: fail('noSuchThing', () => null) } }, /it to fail one of .*, received "noSuchThing"/],
    [{ workload: [1, 2] }, /a fast-check arbitrary as workload, received object/],
    [{ workload: undefined }, /a fast-check arbitrary as workload, received undefined/],
    [{ body: 'later' }, /a body function, received string/],
    [{ every: [] }, /at least one workload in every, received \[\]/],
    [{ workload: undefined, every: 'all' }, /at least one workload in every, received "all"/],
    [{ restsOn: { other: 'a line' } }, /names of subjects in restsOn, received "other"/],
  ])('%o is refused', (change, words) => {
    expect(refusal(change)).toMatch(/^BAD_SCENARIO: expected .* Mend the definition of scenario /);
    expect(refusal(change)).toMatch(words);
  });

  it('is recognised also when another copy of the package made it', () => {
    expect(isScenario(scenario(good))).toBe(true);
    expect(isScenario({ ...good, [Symbol.for('heddle.scenario')]: true })).toBe(true);
    for (const other of [good, null, undefined, 3, 'x']) expect(isScenario(other)).toBe(false);
  });

  it('is described with what it leaves open filled in', () => {
    const made = scenario({
      ...good,
      subjects: { a: hold(() => null), b: fail('noEscape', () => null), c: judge(() => null) },
    });
    expect(infoOf(erased(made), 'f.ts')).toEqual({
      name: 'a/b',
      file: 'f.ts',
      ids: [],
      about: '',
      runs: 1000,
      isolation: 'shared',
      onRequest: false,
      exhaustible: false,
      requires: [],
      subjects: [
        { name: 'a', expect: 'hold' },
        { name: 'b', expect: 'fail', invariant: 'noEscape' },
        { name: 'c', expect: 'judge' },
      ],
      sometimes: [],
    });
  });
});

describe('a run in which hardly anything happens', () => {
  it('holds', async () => {
    expect(await verdictOf(small({ body: () => undefined }))).toEqual({ kind: 'holds' });
    expect(await verdictOf(small({ body: (sim) => sim.clients([], () => undefined) }))).toEqual({ kind: 'holds' });
    expect(await verdictOf(small({ body: () => undefined, shutdown: () => undefined }))).toEqual({ kind: 'holds' });
  });

  it('has turns all the same, and hashes that differ from those of others', async () => {
    const empty = await hunted({ ...small({ body: () => undefined }), runs: 3 });
    const one = await hunted({ ...small({ body: (sim) => sim.sleep(1) }), runs: 3 });
    expect(empty.hashes).toHaveLength(3);
    for (const hash of one.hashes) expect(empty.hashes).not.toContain(hash);
  });
});

describe('how a verdict stands', () => {
  const violation = { kind: 'violation', invariant: 'x' } as const;
  const limit = { kind: 'limit', invariant: 'limit' } as const;

  it.each([
    ['hold', undefined, { kind: 'holds' }, 'held'],
    ['hold', undefined, { kind: 'exhausted' }, 'held'],
    ['hold', undefined, violation, 'unexpected'],
    ['hold', undefined, limit, 'inconclusive'],
    ['fail', 'x', violation, 'caught'],
    ['fail', 'y', violation, 'unexpected'],
    ['fail', 'x', { kind: 'holds' }, 'inconclusive'],
    ['fail', 'x', limit, 'inconclusive'],
    ['fail', 'limit', limit, 'caught'],
    ['judge', undefined, violation, 'judged'],
    ['judge', undefined, { kind: 'holds' }, 'judged'],
    ['judge', undefined, limit, 'inconclusive'],
    ['judge', undefined, { kind: 'escape', invariant: 'noEscape' }, 'broken'],
    ['hold', undefined, { kind: 'divergence', invariant: 'noDivergence' }, 'broken'],
    ['fail', 'noEscape', { kind: 'escape', invariant: 'noEscape' }, 'caught'],
  ] as const)('expected to %s (%s), found %o: %s', (expectation, invariant, verdict, stands) => {
    expect(standing(expectation, invariant, verdict)).toBe(stands);
  });

  it('decides the exit code, worst first', () => {
    expect(exitCodeOf(['held', 'caught', 'judged'], 0)).toBe(0);
    expect(exitCodeOf(['held', 'inconclusive'], 0)).toBe(4);
    expect(exitCodeOf(['held', 'inconclusive'], 1)).toBe(2);
    expect(exitCodeOf(['inconclusive', 'unexpected'], 1)).toBe(1);
    expect(exitCodeOf(['unexpected', 'broken', 'held'], 1)).toBe(3);
    expect(exitCodeForError(new HeddleError({ code: 'X', expected: 'a', received: 'b', next: 'C.' }))).toBe(2);
    expect(exitCodeForError(new Error('internal'))).toBe(3);
  });
});
