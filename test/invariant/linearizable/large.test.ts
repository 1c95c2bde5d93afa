import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../../src/invariant/linearizable/check.ts';
import type { RecordedCall } from '../../../src/invariant/linearizable/model.ts';
import * as models from '../../../src/invariant/linearizable/models/index.ts';
import { generate, randomness, type Kind, type Plan } from './generate.ts';

const OPERATIONS = 10_000;

const registers = (keys: number): Kind<unknown, models.RegisterInput> => ({
  model: models.register({ initial: 0 }),
  ask: (random) => ({
    name: random() < 0.5 ? 'read' : 'write',
    input: { key: Math.floor(random() * keys), value: Math.floor(random() * 5) },
  }),
  answers: (name) => (name === 'read' ? [0, 1, 2, 3, 4] : [undefined]),
});

/** 20 clients, 100 keys. */
function histories(plan: Partial<Plan>): RecordedCall[][] {
  const full = { clients: 20, operations: OPERATIONS, dies: 0, throws: 0, lies: 0, ...plan };
  return [1, 2, 3, 4].map((seed) => generate(registers(100), full, randomness(seed)));
}

describe(`${String(OPERATIONS)} operations on 100 registers by 20 clients`, () => {
  const { model } = registers(100);

  it.each([0, 0.02])('are linearizable after few steps, when %f of them threw', (throws) => {
    for (const calls of histories({ throws })) {
      const result = checkLinearizable(model, calls);
      expect(calls).toHaveLength(OPERATIONS);
      expect(result.kind).toBe('linearizable');
      expect(result.steps).toBeLessThan(2 * OPERATIONS);
    }
  });

  it('are wrong from the return of the first read on that lies', () => {
    for (const calls of histories({})) {
      // It reads what nobody writes, in the middle of the history.
      const at = calls.findIndex(({ name, invokedPosition }) => name === 'read' && invokedPosition > OPERATIONS);
      const liar = { ...calls[at]!, outcome: { kind: 'returned', value: 7 } as const };
      const result = checkLinearizable(model, [...calls.slice(0, at), liar, ...calls.slice(at + 1)]);
      expect(result).toMatchObject({ kind: 'wrong', blocking: [liar], until: liar.endedPosition, shortest: true });
      expect(result.steps).toBeLessThan(2 * OPERATIONS);
    }
  });

  it('are wrong from where they are wrong for the first time, however often and in whatever key', () => {
    let wrong = 0;
    for (const calls of histories({ lies: 0.02, throws: 0.02 })) {
      const result = checkLinearizable(model, calls);
      if (result.kind !== 'wrong') continue;
      wrong += 1;
      expect(result.shortest).toBe(true);
      expect(result.steps).toBeLessThan(2 * OPERATIONS);
      const before = calls
        .filter(({ invokedPosition }) => invokedPosition < result.until)
        .map((call): RecordedCall => {
          return call.endedPosition < result.until ? call : { ...call, outcome: { kind: 'pending' } };
        });
      expect(checkLinearizable(model, before).kind).toBe('linearizable');
      const last = calls.find(({ endedPosition }) => endedPosition === result.until)!;
      const others = before.filter(({ invokedPosition }) => invokedPosition !== last.invokedPosition);
      expect(checkLinearizable(model, [...others, last]).kind).toBe('wrong');
    }
    expect(wrong).toBe(4);
  });
});

it('a thousand operations under way at once take a place each', () => {
  const write = { name: 'write', task: 'c', outcome: { kind: 'returned', value: undefined } } as const;
  const calls: RecordedCall[] = Array.from({ length: 1000 }, (_, i) => ({
    ...write,
    input: { value: i },
    invokedPosition: i,
    endedPosition: 2000 + i,
  }));
  const read = { name: 'read', task: 'd', input: {}, invokedPosition: 1000, endedPosition: 1001 };
  const reading = (value: number): RecordedCall => ({ ...read, outcome: { kind: 'returned', value } });
  const { model } = registers(1);
  const result = checkLinearizable(model, [...calls, reading(990)]);
  expect(result).toMatchObject({ kind: 'linearizable', order: { length: 1001 } });
  expect(result.steps).toBeLessThan(20_000);
});

it('a search that takes too long is undecided', () => {
  const [calls] = histories({});
  const result = checkLinearizable(registers(100).model, calls!, { maxSteps: 100 });
  expect(result).toMatchObject({ kind: 'undecided', steps: 100 });
});
