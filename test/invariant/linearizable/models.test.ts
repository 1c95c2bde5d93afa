import { describe, expect, it } from 'vitest';
import { linearizable } from '../../../src/invariant/linearizable/linearizable.ts';
import * as models from '../../../src/invariant/linearizable/models/index.ts';
import type { Model } from '../../../src/invariant/linearizable/model.ts';
import { Timeline } from '../timeline.ts';

/** Plays `[name, input, value]` one after the other, each by a client of its own, and says whether the model agrees. */
function agrees<State, Input, Output>(
  model: Model<State, Input, Output>,
  steps: readonly (readonly [name: string, input: object, value?: unknown])[],
): boolean {
  const time = new Timeline(linearizable('agrees', model));
  for (const [i, [name, input, value]] of steps.entries()) time.did(`c${i + 1}`, name, input, value);
  const run = { subject: null, history: time.history, now: () => 0, armedTimers: () => [] };
  return linearizable('agrees', model).watch(run).afterBody!() === undefined;
}

const r = { resource: 'r' };

describe('the model of', () => {
  it('a register compares values by what is in them, and keeps keys apart', () => {
    const model = models.register({ initial: null, read: 'get', write: 'put', compareAndSet: 'cas' });
    const put = ['put', { key: 'a', value: { n: 1 } }] as const;
    expect(agrees(model, [put, ['get', { key: 'a' }, { n: 1 }], ['get', { key: 'b' }, null]])).toBe(true);
    expect(agrees(model, [put, ['get', { key: 'b' }, { n: 1 }]])).toBe(false);
    const swap = { key: 'a', expected: { n: 1 }, value: 2 };
    expect(agrees(model, [put, ['cas', swap, true], ['cas', swap, false], ['get', { key: 'a' }, 2]])).toBe(true);
    expect(agrees(model, [put, ['cas', swap, false]])).toBe(false);
  });

  it('a queue is first in, first out, and may say that it is empty in its own way', () => {
    const model = models.queue({ empty: 'nothing' });
    const two = [['enqueue', { value: 1 }] as const, ['enqueue', { value: 2 }] as const];
    expect(agrees(model, [...two, ['dequeue', {}, 1], ['dequeue', {}, 2], ['dequeue', {}, 'nothing']])).toBe(true);
    expect(agrees(model, [...two, ['dequeue', {}, 2]])).toBe(false);
    expect(agrees(model, [...two, ['dequeue', {}, 'nothing']])).toBe(false);
    expect(agrees(models.queue(), [['dequeue', {}, null]])).toBe(true);
  });

  it.each([
    ['grants what is free', [['acquire', r, 'lock']], true],
    [
      'does not grant twice',
      [
        ['acquire', r, 'lock'],
        ['acquire', r, 'lock'],
      ],
      false,
    ],
    [
      'refuses what is held',
      [
        ['acquire', r, 'lock'],
        ['acquire', r, null],
      ],
      true,
    ],
    ['refuses nothing that is free', [['acquire', r, { granted: false }]], false],
    [
      'is released by its holder only',
      [
        ['acquire', r, 'lock'],
        ['release', r],
        ['acquire', r, 'lock'],
      ],
      false,
    ],
  ] as const)('a mutex %s', (_what, steps, right) => {
    expect(agrees(models.mutex(), steps)).toBe(right);
  });

  it('a mutex may have other owners than tasks', () => {
    const model = models.mutex({ owner: ({ input }) => (input as { owner: string }).owner });
    const mine = { ...r, owner: 'me' };
    expect(
      agrees(model, [
        ['acquire', mine, 'lock'],
        ['release', mine],
        ['acquire', mine, 'lock'],
      ]),
    ).toBe(true);
  });

  it('a semaphore counts permits', () => {
    const model = models.semaphore({ permits: 3 });
    const two = { ...r, permits: 2 };
    expect(
      agrees(model, [
        ['acquire', two, true],
        ['acquire', r, true],
        ['acquire', r, false],
      ]),
    ).toBe(true);
    expect(
      agrees(model, [
        ['acquire', two, true],
        ['acquire', two, true],
      ]),
    ).toBe(false);
    expect(
      agrees(model, [
        ['acquire', two, true],
        ['acquire', r, false],
      ]),
    ).toBe(false);
    expect(
      agrees(model, [
        ['acquire', two, true],
        ['release', two],
        ['acquire', { ...r, permits: 3 }, true],
      ]),
    ).toBe(true);
  });

  const yes = { approved: true };
  const no = { approved: false };
  const a = { id: 'a', amount: 6 };
  const b = { id: 'b', amount: 6 };
  it.each([
    [
      'approves what fits',
      [
        ['reserve', a, yes],
        ['reserve', { id: 'b', amount: 4 }, yes],
      ],
      true,
    ],
    [
      'approves no more',
      [
        ['reserve', a, yes],
        ['reserve', b, yes],
      ],
      false,
    ],
    [
      'refuses what does not fit',
      [
        ['reserve', a, yes],
        ['reserve', b, no],
      ],
      true,
    ],
    ['refuses nothing that fits', [['reserve', a, no]], false],
    [
      'has room again after a release',
      [
        ['reserve', a, yes],
        ['release', a],
        ['reserve', b, no],
      ],
      false,
    ],
    [
      'counts what was spent, not what was reserved',
      [
        ['reserve', a, yes],
        ['spend', { id: 'a', amount: 1 }],
        ['reserve', b, yes],
      ],
      true,
    ],
    [
      'may be overrun',
      [
        ['reserve', a, yes],
        ['spend', { id: 'a', amount: 60 }],
        ['reserve', b, no],
      ],
      true,
    ],
    ['lets nobody spend what was not reserved', [['spend', a]], false],
    [
      'refuses an id that was used',
      [
        ['reserve', a, yes],
        ['release', a],
        ['reserve', a, no],
      ],
      true,
    ],
  ] as const)('a budget %s', (_what, steps, right) => {
    expect(agrees(models.budget({ limit: 10 }), steps)).toBe(right);
  });

  const admit = (call: string, answer = true): readonly [string, object, boolean] => ['admit', { call }, answer];
  const report = (call: string, succeeded = false): readonly [string, object] => ['report', { call, succeeded }];
  it.each([
    ['opens after so many failures', [admit('1'), admit('2'), report('1'), report('2'), admit('3', false)], true],
    ['does not open earlier', [admit('1'), report('1'), admit('3', false)], false],
    ['counts failures in a row', [admit('1'), admit('2'), report('1'), report('2', true), admit('3', false)], false],
    ['counts each call once', [admit('1'), report('1'), report('1'), admit('2', false)], false],
    [
      'may end OPEN with one probe',
      [admit('1'), admit('2'), report('1'), report('2'), admit('3'), admit('4', false)],
      true,
    ],
    ['has no second probe', [admit('1'), admit('2'), report('1'), report('2'), admit('3'), admit('4')], false],
    [
      'closes after a probe that succeeded',
      [admit('1'), admit('2'), report('1'), report('2'), admit('3'), report('3', true), admit('4'), admit('5')],
      true,
    ],
    [
      'opens again after a probe that failed',
      [admit('1'), admit('2'), report('1'), report('2'), admit('3'), report('3'), admit('4', false)],
      true,
    ],
  ] as const)('a breaker %s', (_what, steps, right) => {
    expect(agrees(models.breaker({ failureThreshold: 2 }), steps)).toBe(right);
  });

  it('a breaker that opens for good has no probes', () => {
    const steps = [admit('1'), report('1'), admit('2')];
    expect(agrees(models.breaker({ failureThreshold: 1 }), steps)).toBe(true);
    expect(agrees(models.breaker({ failureThreshold: 1, opensForGood: true }), steps)).toBe(false);
  });
});

describe('an operation that threw', () => {
  it('may have taken effect late, or not at all', () => {
    for (const value of [0, 1]) {
      const time = new Timeline(linearizable('any', models.register({ initial: 0 })));
      time
        .fail(time.begin('c1', 'write', { value: 1 }))
        .did('c2', 'read', {}, 0)
        .did('c2', 'read', {}, value);
      const run = { subject: null, history: time.history, now: () => 0, armedTimers: () => [] };
      expect(linearizable('any', models.register({ initial: 0 })).watch(run).afterBody!()).toBeUndefined();
    }
  });

  it('has no effect where the model says that this is known', () => {
    const model = { ...models.register({ initial: 0 }), isUnknown: () => false };
    const time = new Timeline(linearizable('any', model));
    time.fail(time.begin('c1', 'write', { value: 1 })).did('c2', 'read', {}, 1);
    const run = { subject: null, history: time.history, now: () => 0, armedTimers: () => [] };
    expect(linearizable('any', model).watch(run).afterBody!()).toMatch(/^c2 read → 1 fits no order/);
  });
});
