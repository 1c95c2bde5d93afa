import { describe, expect, it } from 'vitest';
import type { Choice } from '../../src/kernel/choice.ts';
import type { PendingEvent } from '../../src/kernel/event.ts';
import { brief, TraceRecorder } from '../../src/check/trace.ts';

function event(label: string): PendingEvent {
  return { task: { name: 'c1', process: { name: 'main' } }, describe: () => label } as unknown as PendingEvent;
}

const order: Choice = { kind: 'order', turn: 1, instead: 'a', fire: 'b', among: ['a', 'b'] };
const late: Choice = { kind: 'delay', turn: 1, event: 'b', by: 5, room: 9 };
const lost: Choice = { kind: 'fault', turn: 2, point: 'call 1', fault: 'lost reply', pick: 1, options: ['lost reply'] };
const idle: Choice = { ...order, fire: 'a' };

describe('the turns of a trace', () => {
  it('show the choices that led to them, and the faults that struck in them', () => {
    const recorder = new TraceRecorder();
    recorder.turn(1, 0, event('start'));
    recorder.choice(order);
    recorder.choice(late);
    recorder.turn(2, 5, event('b'));
    recorder.choice(lost);
    recorder.choice({ ...lost, point: 'call 2' });
    recorder.choice(idle);
    recorder.turn(3, 6, event('a'));
    expect(recorder.turns.map(({ event: label, deviation }) => [label, deviation])).toEqual([
      ['start', null],
      ['b', 'b before a; b 5 ms late; lost reply: call 1; lost reply: call 2'],
      ['a', null],
    ]);
  });
});

describe('a value on one line', () => {
  class Money {
    readonly cents = 5;
  }
  const loop: Record<string, unknown> = { name: 'loop' };
  loop['self'] = loop;

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['a "b"', '"a \\"b\\""'],
    [12n, '12n'],
    [-0.5, '-0.5'],
    [Symbol('x'), 'Symbol(x)'],
    [function named() {}, 'named'],
    [() => 1, 'function'],
    [new TypeError('bad'), 'TypeError: bad'],
    [[1, [2, [3, [4]]]], '[1, [2, [3, …]]]'],
    [new Money(), '{cents: 5}'],
    [{ a: 1, run: () => 1 }, '{a: 1}'],
    [loop, '{name: "loop", self: {name: "loop", self: {name: "loop", self: …}}}'],
  ])('%#: %o', (value, text) => {
    expect(brief(value)).toBe(text);
  });

  it('is cut off where it is long', () => {
    const text = brief('x'.repeat(1000));
    expect(text).toHaveLength(160);
    expect(text.endsWith('…')).toBe(true);
  });
});
