import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { LockManager, lockEndpoint } from '../../../src/systems/lock/index.ts';

const locks = new LockManager();
const answer = lockEndpoint(locks);
afterEach(() => {
  expect(locks.inspect('r').holder).toBeUndefined();
});

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

it('answers in plain JSON, with durations and no instants', async () => {
  const acquire = { resourceId: 'r', agentId: 'a', requestId: 'q', waitMs: 0, leaseMs: 1_000 };
  const reply = (await answer('acquire', acquire)) as { ok: true; value: { token: number; leaseMs: number } };
  expect(json(reply)).toEqual(reply);
  expect(Object.keys(reply.value)).toEqual(['lockId', 'token', 'leaseMs']);
  expect(reply.value.leaseMs).toBeLessThanOrEqual(1_000);
  const key = { resourceId: 'r', requestId: 'q', token: reply.value.token };
  expect(await answer('renew', { ...key, leaseMs: 1_000 })).toMatchObject({ ok: true });
  expect(await answer('release', { ...key, token: key.token + 1 })).toMatchObject({
    ok: false,
    error: { code: 'not-owner' },
  });
  expect(await answer('release', key)).toEqual({ ok: true, value: { status: 'released' } });
  expect(await answer('renew', key)).toMatchObject({ ok: false, error: { code: 'not-owner' } });
  expect(await answer('cancel', { requestId: 'q' })).toEqual({ ok: true, value: { status: 'finished' } });
});

it('never rejects and never grants, whatever nonsense it is sent', async () => {
  const nonsense = fc.oneof(fc.anything(), fc.record({ requestId: fc.string(), resourceId: fc.anything() }));
  const method = fc.oneof(fc.constantFrom('acquire', 'renew', 'release'), fc.string());
  await fc.assert(
    fc.asyncProperty(method, nonsense, async (name, args) => {
      fc.pre(name !== 'cancel');
      const reply = await answer(name, args);
      expect(reply).toMatchObject({ ok: false });
      expect(json(reply)).toEqual(reply);
    }),
  );
});
