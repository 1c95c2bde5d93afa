import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMailbox, EventSystem, type EmitOutcome } from '../../../src/systems/events/index.ts';
import { resultOf, simulate } from '../../in-world.ts';

it('a bounded mailbox is a queue that refuses what is beyond its limit, and counts it', () => {
  const step = fc.option(fc.nat(), { nil: 'take' as const });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
      const mailbox = new BoundedMailbox<number>(limit);
      const model: number[] = [];
      let refused = 0;
      for (const each of steps) {
        if (each === 'take') {
          expect(mailbox.take()?.message).toBe(model.shift());
        } else if (model.length < limit) {
          expect(mailbox.offer(each)).toBe(true);
          model.push(each);
        } else {
          expect(mailbox.offer(each)).toBe(false);
          refused += 1;
        }
        expect([mailbox.size, mailbox.refused]).toEqual([model.length, refused]);
      }
    }),
  );
});

describe('the event system', () => {
  it('takes 10,000 signals in unless told otherwise, and not one more', async () => {
    const bus = new EventSystem<number>();
    const outcomes = Array.from({ length: 10_002 }, (_, i) => bus.emitSignal(i));
    expect(outcomes.filter(({ ok }) => ok).length).toBe(10_000);
    expect(outcomes.at(-2)).toEqual({ ok: false, error: 'backpressure', limit: 10_000, dropped: 1 });
    expect(outcomes.at(-1)).toEqual({ ok: false, error: 'backpressure', limit: 10_000, dropped: 2 });
    expect([bus.queued, bus.dropped]).toEqual([10_000, 2]);
    const delivered: number[] = [];
    bus.subscribe((signal) => delivered.push(signal));
    await bus.close();
    expect(delivered).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    expect(bus.queued).toBe(0);
  });

  it('delivers in order to all, one signal after the other, and runs no handler inside of emitSignal', async () => {
    const told = await resultOf(async () => {
      const seen: string[] = [];
      const bus = new EventSystem<string>();
      bus.subscribe(async (signal) => {
        await sleep(10);
        seen.push(`slow ${signal}`);
      });
      const unsubscribe = bus.subscribe((signal) => {
        seen.push(`quick ${signal}`);
        if (signal === 'b') unsubscribe();
      });
      for (const signal of ['a', 'b', 'c']) bus.emitSignal(signal);
      seen.push('emitted');
      await bus.drained();
      return seen;
    });
    expect(told).toEqual(['emitted', 'quick a', 'slow a', 'quick b', 'slow b', 'slow c']);
  });

  it('does not count the signal that is being delivered as waiting, and accepts from a handler', async () => {
    const outcomes: EmitOutcome[] = [];
    const bus = new EventSystem<string>({ mailboxLimit: 1 });
    const delivered: string[] = [];
    bus.subscribe((signal) => {
      delivered.push(signal);
      if (signal === 'a') outcomes.push(bus.emitSignal('b'), bus.emitSignal('c'));
    });
    bus.emitSignal('a');
    await bus.drained();
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false]);
    expect(delivered).toEqual(['a', 'b']);
  });

  it('refuses after close, and delivers first what it accepted before', async () => {
    const bus = new EventSystem<string>();
    const delivered: string[] = [];
    bus.subscribe((signal) => delivered.push(signal));
    bus.emitSignal('a');
    const closing = bus.close();
    expect(bus.emitSignal('b')).toEqual({ ok: false, error: 'closed' });
    await closing;
    expect(delivered).toEqual(['a']);
    expect(bus.dropped).toBe(0);
  });

  it('lets other work of the process have its turn while it delivers', async () => {
    const seen = await resultOf(async () => {
      const bus = new EventSystem<number>();
      const delivered: number[] = [];
      bus.subscribe((signal) => delivered.push(signal));
      for (let i = 0; i < 1000; i += 1) bus.emitSignal(i);
      await new Promise((resolve) => setImmediate(resolve));
      const meanwhile = delivered.length;
      await bus.close();
      return [meanwhile < 1000, delivered.length];
    });
    expect(seen).toEqual([true, 1000]);
  });

  it('tells drops to who listens, and survives who throws', async () => {
    const { errors, result } = await simulate(async () => {
      const bus = new EventSystem<string>({ mailboxLimit: 1 });
      const told: unknown[] = [];
      bus.on('dropped', (signal, dropped) => {
        told.push(signal, dropped);
        throw new Error('listener is broken');
      });
      const outcomes = ['a', 'b', 'c'].map((signal) => bus.emitSignal(signal).ok);
      await bus.close();
      return [told, outcomes];
    });
    expect(result).toEqual([
      ['b', 1, 'c', 2],
      [true, false, false],
    ]);
    expect(errors).toEqual(['listener is broken', 'listener is broken']);
  });

  it('tells what a handler throws, and delivers to the others and after it', async () => {
    const bus = new EventSystem<string>();
    const failures: unknown[] = [];
    const delivered: string[] = [];
    const cause = new Error('handler is broken');
    bus.subscribe(() => {
      throw cause;
    });
    bus.subscribe((signal) => delivered.push(signal));
    bus.on('handlerFailed', (error, signal) => failures.push([error.exception, error.handlerArgs, signal]));
    bus.emitSignal('a');
    bus.emitSignal('b');
    await bus.close();
    expect(delivered).toEqual(['a', 'b']);
    expect(failures).toEqual([
      [cause, ['a'], 'a'],
      [cause, ['b'], 'b'],
    ]);
  });

  it('makes what a handler throws an uncaught exception where nobody listens: nothing is swallowed', async () => {
    const { errors } = await simulate(async () => {
      const bus = new EventSystem<string>();
      bus.subscribe(() => Promise.reject(new Error('handler is broken')));
      bus.emitSignal('a');
      await bus.close();
    });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('handler is broken');
  });

  it('refuses nonsense', () => {
    for (const mailboxLimit of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => new EventSystem({ mailboxLimit })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    }
    expect(() => new EventSystem().subscribe('handler' as never)).toThrow('the handler to be a function');
  });
});
