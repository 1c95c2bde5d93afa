import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { EventPublisher, EventSystem, type EmitOutcome } from '../../../src/systems/events/index.ts';
import { resultOf } from '../../in-world.ts';

it('a publisher keeps its order over a transport that does not', async () => {
  const delivered = await resultOf(async () => {
    const bus = new EventSystem<number>();
    const seen: number[] = [];
    bus.subscribe((signal) => seen.push(signal));
    let takes = 50;
    const publisher = new EventPublisher<number>(async (signal) => {
      // Each is faster than the one before.
      takes -= 10;
      await sleep(takes);
      return bus.emitSignal(signal);
    });
    await Promise.all([1, 2, 3, 4].map((signal) => publisher.emitSignal(signal)));
    await bus.close();
    return seen;
  });
  expect(delivered).toEqual([1, 2, 3, 4]);
});

it('a publisher refuses what is beyond its bound, without sending it', async () => {
  let open: (() => void) | undefined;
  const sent: string[] = [];
  const publisher = new EventPublisher<string>(
    async (signal): Promise<EmitOutcome> => {
      sent.push(signal);
      await new Promise<void>((resolve) => (open = resolve));
      return { ok: true };
    },
    { maxPending: 1 },
  );
  const first = publisher.emitSignal('a');
  expect(await publisher.emitSignal('b')).toEqual({ ok: false, error: 'backpressure', limit: 1, dropped: 1 });
  expect([publisher.pending, publisher.dropped]).toEqual([1, 1]);
  open?.();
  expect(await first).toEqual({ ok: true });
  expect([sent, publisher.pending]).toEqual([['a'], 0]);
});

it('a publisher tells when the outcome of a signal is not known, and goes on with the next', async () => {
  const cause = new Error('connection reset');
  const publisher = new EventPublisher<string>((signal) =>
    signal === 'a' ? Promise.reject(cause) : Promise.resolve({ ok: true }),
  );
  const outcomes = await Promise.allSettled([publisher.emitSignal('a'), publisher.emitSignal('b')]);
  expect(outcomes).toEqual([
    { status: 'rejected', reason: expect.objectContaining({ code: 'unknown-outcome', cause }) as unknown },
    { status: 'fulfilled', value: { ok: true } },
  ]);
  expect(() => new EventPublisher(() => Promise.resolve({ ok: true }), { maxPending: 0 })).toThrow('maxPending');
});
