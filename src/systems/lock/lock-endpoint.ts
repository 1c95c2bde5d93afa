import { requireName, requireToken } from './argument-check.ts';
import type { Grant } from './grant.ts';
import { LockError } from './lock-error.ts';
import type { LockManager } from './lock-manager.ts';
import { isRecord, toWire, type LockReply, type WireGrant } from './lock-wire.ts';

/**
 * The manager's side of the network: answers the requests of `LockClient`s. The returned function never rejects and
 * trusts nothing that it is sent. The reply to 'acquire' comes when the waiting is over.
 *
 * @example
 * const answer = lockEndpoint(new LockManager());
 * server.on('message', async ({ id, method, args }) => server.send({ id, reply: await answer(method, args) }));
 */
export function lockEndpoint(manager: LockManager): (method: string, args: unknown) => Promise<LockReply> {
  return async (method, args) => {
    try {
      return { ok: true, value: await answer(manager, method, isRecord(args) ? args : {}) };
    } catch (error) {
      return { ok: false, error: toWire(error) };
    }
  };
}

async function answer(manager: LockManager, method: string, args: Record<string, unknown>): Promise<unknown> {
  const { resourceId, agentId, requestId, token, waitMs, leaseMs } = args;
  requireName('requestId', requestId);
  if (method === 'cancel') return { status: manager.cancel(requestId) };
  requireName('resourceId', resourceId);
  if (method === 'acquire') {
    // The manager checks what is passed on; an id of its own making would be of no use to a remote caller.
    const options = { waitMs: waitMs as number, leaseMs: leaseMs as number, requestId };
    return wireGrant(await manager.acquire(resourceId, agentId as string, options));
  }
  requireToken('token', token);
  const key = { resourceId, lockId: requestId, token };
  if (method === 'renew') return wireGrant(manager.renew(key, leaseMs as number));
  if (method === 'release') {
    const outcome = manager.release(key);
    if (outcome.status === 'released') return { status: 'released' };
    throw outcome.error;
  }
  throw new LockError('malformed-message', {
    expected: "the method 'acquire', 'renew', 'release' or 'cancel'",
    received: method,
    nextStep: 'check that both sides run the same version',
  });
}

/** What is left of the lease NOW: the request may be a copy of one that was granted a while ago. */
function wireGrant({ lockId, token, expiresAt }: Grant): WireGrant {
  return { lockId, token, leaseMs: Math.max(0, expiresAt - performance.now()) };
}
