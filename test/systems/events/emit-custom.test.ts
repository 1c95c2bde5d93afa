import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emitCustom, EventError, HandlerError, type CustomOutcome } from '../../../src/systems/events/index.ts';

it('gives what the handler returns or resolves to', async () => {
  expect(await emitCustom((a: number, b: number) => a + b, 1, 2)).toEqual({ ok: true, value: 3 });
  expect(await emitCustom((a: string) => Promise.resolve(a), 'x')).toEqual({ ok: true, value: 'x' });
});

it('gives everything that is known of what the handler threw or rejected with, whatever it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.boolean(), async (thrown, later) => {
      const handler = async (..._args: unknown[]): Promise<void> => {
        if (later) await Promise.resolve();

        throw thrown;
      };
      const outcome: CustomOutcome<void> = await emitCustom(handler, 'order', 7);
      expect(outcome.ok).toBe(false);
      if (outcome.ok) return;
      const { error } = outcome;
      expect(error).toBeInstanceOf(HandlerError);
      expect(error).toBeInstanceOf(EventError);
      expect(Object.is(error.exception, thrown) && Object.is(error.cause, thrown)).toBe(true);
      expect(error.handlerArgs).toEqual(['order', 7]);
      expect(error.handler).toBe('handler');
      expect(error.code).toBe('handler-failed');
      expect(error.stacktrace).toContain('at ');
    }),
  );
});

it('has the message and the stack of an error', async () => {
  const outcome = await emitCustom(() => {
    throw new TypeError('no such order');
  });
  expect(outcome).toMatchObject({ ok: false, error: { handler: '(anonymous)', category: 'system' } });
  if (outcome.ok) return;
  expect(outcome.error.message).toContain('TypeError: no such order');
  expect(outcome.error.stacktrace).toMatch(/TypeError: no such order[\s\S]*emit-custom\.test\.ts/);
});

it('reports also what cannot be shown', async () => {
  const hostile = new Proxy(new Error('hidden'), {
    get: () => {
      throw new Error('do not look');
    },
  });
  const outcome = await emitCustom(() => {
    throw hostile;
  });
  expect(outcome.ok).toBe(false);
  if (!outcome.ok) expect(outcome.error.message).toContain('a value that cannot be shown');
});

it('rejects what is no handler', async () => {
  await expect(emitCustom('handler' as never)).rejects.toMatchObject({ code: 'invalid-argument' });
});
