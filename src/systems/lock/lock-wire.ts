import { inspect } from 'node:util';
import { LockError, type LockErrorCode } from './lock-error.ts';

/** What a remote caller may ask. All four are idempotent, so an unanswered one may be sent again. */
export type LockMethod = 'acquire' | 'renew' | 'release' | 'cancel';

/**
 * Carries one request to the manager's process and its reply back. Requests and replies are plain JSON values.
 * It may lose, delay, repeat and reorder messages, reject, or never settle; it must not give the reply to another call.
 */
export type LockTransport = (method: LockMethod, args: LockArgs) => Promise<unknown>;

/** Durations only: an instant of one process's clock means nothing to another. */
export interface LockArgs {
  readonly resourceId?: string;
  readonly agentId?: string;
  readonly requestId?: string;
  readonly token?: number;
  /** ms; finite, since JSON knows no Infinity. */
  readonly waitMs?: number;
  /** ms */
  readonly leaseMs?: number;
}

/** `leaseMs`: what is left of the lease (ms) when the reply is made. */
export interface WireGrant {
  readonly lockId: string;
  readonly token: number;
  readonly leaseMs: number;
}

export interface WireError {
  readonly code: string;
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;
}

/** Refusals travel as data: no transport keeps the class of an error. */
export type LockReply<V = unknown> =
  { readonly ok: true; readonly value: V } | { readonly ok: false; readonly error: WireError };

/** The error as data; one that is not a `LockError` is described, not exposed. */
export function toWire(error: unknown): WireError {
  if (error instanceof LockError) {
    const { code, expected, received, nextStep } = error;
    return { code, expected, received, nextStep };
  }
  return { code: 'malformed-message', expected: 'a request that can be read', received: String(error), nextStep: '' };
}

/** The value of a reply. Throws the `LockError` that the manager sent, or 'malformed-message'. */
export function readReply(reply: unknown): unknown {
  if (isRecord(reply)) {
    if (reply['ok'] === true) return reply['value'];
    const error = reply['error'];
    if (reply['ok'] === false && isRecord(error) && typeof error['code'] === 'string') {
      const text = (key: string): string => (typeof error[key] === 'string' ? error[key] : '');
      throw new LockError(error['code'] as LockErrorCode, {
        expected: text('expected'),
        received: text('received'),
        nextStep: text('nextStep'),
      });
    }
  }
  throw malformed('a reply { ok, value } or { ok, error }', reply);
}

/** As {@link readReply}, for the replies to 'acquire' and 'renew'. */
export function readGrant(reply: unknown): WireGrant {
  const value = readReply(reply);
  if (isRecord(value)) {
    const { lockId, token, leaseMs } = value;
    if (typeof lockId === 'string' && Number.isSafeInteger(token) && Number.isFinite(leaseMs)) {
      return { lockId, token: token as number, leaseMs: leaseMs as number };
    }
  }
  throw malformed('a grant { lockId, token, leaseMs }', value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function malformed(expected: string, received: unknown): LockError {
  return new LockError('malformed-message', {
    expected,
    received: inspect(received, { depth: 1 }),
    nextStep: 'check that both sides run the same version and that the transport returns the reply unchanged',
  });
}
