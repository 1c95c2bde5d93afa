import type { RequestEnd } from './finished-requests.ts';
import type { GrantKey } from './grant.ts';
import type { Claim, Held, Waiter } from './lock-book.ts';
import { LockError, type LockErrorCode } from './lock-error.ts';

export function closed(): LockError {
  return new LockError('closed', {
    expected: 'an open lock manager',
    received: 'one that has been closed',
    nextStep: 'stop using it, or create a new one',
  });
}

export function timedOut(resourceId: string, waitMs: number): LockError {
  return new LockError('acquire-timeout', {
    expected: `the lock of ${resourceId} within ${waitMs} ms`,
    received: 'no grant in that time',
    nextStep: 'try again later, or raise waitMs',
  });
}

export function aborted(resourceId: string, cause: unknown): LockError {
  return new LockError('aborted', {
    expected: `to wait for the lock of ${resourceId}`,
    received: 'an abort signal',
    nextStep: "see this error's cause for the reason",
    cause,
  });
}

export function cancelled(requestId: string): LockError {
  return new LockError('cancelled', {
    expected: `request ${requestId} to be wanted`,
    received: 'its cancellation',
    nextStep: 'use a new request id to ask again',
  });
}

/** The error of a waiter that is sent away. */
export function left(waiter: Waiter, reason: 'timed-out' | 'cancelled' | 'aborted' | 'closed'): LockError {
  const { resourceId, lockId } = waiter.claim;
  switch (reason) {
    case 'timed-out':
      return timedOut(resourceId, waiter.waitMs);
    case 'cancelled':
      return cancelled(lockId);
    case 'aborted':
      return aborted(resourceId, waiter.pending.signal?.reason);
    case 'closed':
      return closed();
  }
}

/** The answer to a copy of a request that has ended: the same as to the original where that was a refusal. */
export function finished(requestId: string, end: RequestEnd): LockError {
  const codes: Record<RequestEnd, LockErrorCode> = {
    'timed-out': 'acquire-timeout',
    aborted: 'aborted',
    cancelled: 'cancelled',
    expired: 'lease-expired',
    released: 'request-finished',
  };
  return new LockError(codes[end], {
    expected: 'a request that has not ended',
    received: `request ${requestId}, which has ended (${end})`,
    nextStep: 'use a new request id to ask again',
  });
}

export function reused(claim: Claim, earlier: Claim): LockError {
  return new LockError('request-reused', {
    expected: `request ${claim.lockId} to mean ${earlier.resourceId} for ${earlier.agentId}, as before`,
    received: `${claim.resourceId} for ${claim.agentId}`,
    nextStep: 'make request ids unique among all agents, for instance with a UUID',
  });
}

/** Why a grant does not hold its resource (any more). */
export function notHeld(key: GrantKey, expired: boolean, holder: Held | undefined): LockError {
  const heldBy = holder === undefined ? 'free' : `held by ${holder.grant.agentId} with token ${holder.grant.token}`;
  return new LockError(expired ? 'lease-expired' : 'not-owner', {
    expected: `lock ${key.lockId} with token ${key.token} to hold ${key.resourceId}`,
    received: expired ? `a lease that has ended; ${key.resourceId} is ${heldBy}` : `a resource that is ${heldBy}`,
    nextStep: 'stop the work that needs the lock and acquire it again; renew earlier or ask a longer lease',
  });
}
