// The model is complete: whatever order the event loop of this Node runs the callbacks of a program in, the world
// can run them in, too. Nothing here is timed. libuv's own clock tells what kind of run it was: an order seen on a
// machine that kept pace must be among those of the world as it is; where something was late by more than the
// world's lag, among those of a world that may stall. Runs in which a callback took a millisecond or more are no
// evidence: in the world a turn takes no time (docs/event-loop.md, "What is not modelled").

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFor } from '../../src/schedule/random.ts';
import { atMacrotask } from '../in-world.ts';
import { RealLoop, type Pace } from './real-loop.ts';
import { describeProgram, smallProgram, type Step, type Way } from './small-program.ts';
import { allows } from './world-orders.ts';

let loop: RealLoop;

beforeAll(async () => {
  loop = await RealLoop.open();
});

afterAll(async () => {
  await loop[Symbol.asyncDispose]();
});

/** The orders that `runs` real runs of the program came in, by pace. */
async function realOrders(program: readonly Step[], runs: number): Promise<Record<Pace, Set<string>>> {
  const orders: Record<Pace, Set<string>> = { calm: new Set(), late: new Set(), slow: new Set() };
  for (let i = 0; i < runs; i += 1) {
    const { order, pace } = await loop.run(program);
    orders[pace].add(order);
  }
  return orders;
}

/** Whether a world that may stall up to three times allows the order. */
const allowsWithStalls = (program: readonly Step[], order: string): boolean =>
  [0, 1, 2, 3].some((stalls) => allows(program, order, stalls));

/** Orders seen for real that the world does not allow. */
function missing(program: readonly Step[], { calm, late }: Record<Pace, Set<string>>): Promise<string[]> {
  return atMacrotask(() => [
    ...[...calm].filter((order) => !allows(program, order)).map((order) => `${order} (calm)`),
    ...[...late].filter((order) => !allowsWithStalls(program, order)).map((order) => `${order} (late)`),
  ]);
}

describe('the world allows what Node does', () => {
  test('for generated programs of timers, immediates, nextTicks, microtasks, files and sockets', async () => {
    const notAllowed: string[] = [];
    let compared = 0;
    for (let seed = 0; seed < 150; seed += 1) {
      const random = randomFor('real orders', seed);
      const program = smallProgram(random, 2 + random.below(7));
      const orders = await realOrders(program, 10);
      compared += orders.calm.size;
      for (const order of await missing(program, orders)) notAllowed.push(`${describeProgram(program)}: ${order}`);
    }
    expect(notAllowed).toEqual([]);
    expect(compared).toBeGreaterThan(0);
  });

  const step = (way: Way, label: string, ms = 0, then: readonly Step[] = []): Step => ({ way, label, ms, then });
  const timeout = (ms: number, name: string, then: readonly Step[] = []): Step =>
    step('timeout', `${name}(${String(ms)})`, ms, then);
  const immediate = (name: string, then: readonly Step[] = []): Step => step('immediate', name, 0, then);
  const file = (name: string, then: readonly Step[] = []): Step => step('file', name, 0, then);
  const socket = (name: string, then: readonly Step[] = []): Step => step('socket', name, 0, then);

  // Each of these has shown an order that an earlier model did not allow, or one that it ought not to have allowed.
  test.each<[string, readonly Step[]]>([
    [
      'a timer overtakes one that was tied with its own duration',
      [timeout(3, 'a'), timeout(1, 'b', [timeout(2, 'c'), timeout(3, 'd')])],
    ],
    ['a completion against an immediate of the completion that started it', [file('f', [immediate('i'), file('g')])]],
    ['the same on a socket', [socket('s', [immediate('i'), socket('t'), file('f')]), file('g')]],
    [
      'immediates, a timer and completions of the main script',
      [immediate('i'), timeout(1, 't'), file('f'), socket('s')],
    ],
    [
      'immediates queued by immediates',
      [immediate('i', [immediate('j', [immediate('k')])]), timeout(1, 't'), file('f')],
    ],
    ['timers that expire together', [timeout(2, 'a', [file('f')]), timeout(2, 'b', [immediate('i')]), timeout(1, 'c')]],
  ])('%s', async (_, program) => {
    const orders = await realOrders(program, 60);
    expect(await missing(program, orders)).toEqual([]);
    expect(orders.calm.size + orders.late.size + orders.slow.size).toBeGreaterThan(0);
  });
});

describe('the comparison can fail', () => {
  const program: readonly Step[] = [
    { way: 'file', label: 'f', ms: 0, then: [{ way: 'immediate', label: 'i', ms: 0, then: [] }] },
    { way: 'timeout', label: 't', ms: 1, then: [] },
    { way: 'timeout', label: 'u', ms: 1, then: [] },
  ];

  test.each(['f t i u', 'f t u i', 't f u i', 'u t f i', 'f i u t', 'i f t u'])(
    'an order that Node never shows is not allowed: %s',
    async (order) => {
      expect(await atMacrotask(() => allows(program, order))).toBe(false);
      expect(await atMacrotask(() => allowsWithStalls(program, order))).toBe(false);
    },
  );

  test.each(['f i t u', 't u f i'])('one that it shows is: %s', async (order) => {
    expect(await atMacrotask(() => allows(program, order))).toBe(true);
  });
});
