import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../../src/invariant/linearizable/check.ts';
import { identityOf } from '../../../src/invariant/linearizable/identity.ts';
import { bruteForce, bruteForcePrefix, bruteForceStates, isOrder } from './brute-force.ts';
import { generate, randomness } from './generate.ts';
import { kinds } from './kinds.ts';

const HISTORIES = 2000;

/** As brute force finds it: of each verdict at least so many. */
const ENOUGH = 0.15 * HISTORIES;

describe('generated histories are judged as by brute force', () => {
  it.each(kinds)(`${String(HISTORIES)} of a $name`, ({ name, kind, lies }) => {
    const { model } = kind;
    const random = randomness(name.length);
    const seen = { linearizable: 0, wrong: 0, undecided: 0, unknown: 0, atAnExpense: 0 };
    for (let i = 0; i < HISTORIES; i += 1) {
      const plan = { clients: 2 + (i % 3), operations: 3 + (i % 4), dies: 0.03, throws: 0.05, lies };
      const calls = generate(kind, plan, random);
      const result = checkLinearizable(model, calls);
      const shortest = bruteForcePrefix(model, calls);
      const history = JSON.stringify(calls);
      seen[result.kind] += 1;
      if (calls.some(({ outcome }) => outcome.kind !== 'returned')) seen.unknown += 1;
      expect(result.kind, history).toBe(bruteForce(model, calls) ? 'linearizable' : 'wrong');
      if (result.kind === 'linearizable') expect(isOrder(model, calls, result.order), history).toBe(true);
      if (result.kind !== 'wrong') continue;
      expect(result, history).toMatchObject({ until: shortest, shortest: true });
      expect(result.blocking[0]!.endedPosition, history).toBe(shortest);
      if (result.blocking.length > 1) seen.atAnExpense += 1;
      const states = bruteForceStates(model, result.prefix, result.blocking[0]!).map(identityOf);
      if (result.blocking.length > 1) expect(states, history).toEqual([]);
      else
        expect(result.states.map(({ state }) => identityOf(state)).sort(), history).toEqual(
          [...new Set(states)].sort(),
        );
    }
    expect(seen.linearizable).toBeGreaterThan(ENOUGH);
    expect(seen.wrong).toBeGreaterThan(ENOUGH);
    expect(seen.unknown).toBeGreaterThan(ENOUGH);
    if (name === 'lock') expect(seen.atAnExpense).toBeGreaterThan(0);
  });
});
