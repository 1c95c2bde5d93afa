import { LockError } from './lock-error.ts';
import type { LockArgs, LockMethod, LockTransport } from './lock-wire.ts';

export interface AskOptions {
  /** An unanswered request is sent again after this long (ms). */
  readonly resendMs: number;
  /** When to give up (ms, this process's monotonic clock). At least one message is sent. */
  readonly giveUpAt: number;
  /** Any of them ends the asking. */
  readonly signals: readonly AbortSignal[];
}

export interface Answer {
  readonly reply: unknown;
  /** When the message that was answered was sent (ms, this process's monotonic clock). */
  readonly sentAt: number;
}

/**
 * Sends an idempotent request again and again until one of the copies is answered. Any copy's answer will do, and each
 * knows when its own question was sent.
 *
 * Rejects with a `LockError`: 'unreachable' (its `cause` is the transport's last failure) or 'aborted'.
 */
export function ask(
  transport: LockTransport,
  method: LockMethod,
  argsAt: (now: number) => LockArgs,
  { resendMs, giveUpAt, signals }: AskOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let failure: unknown;
    let sent = 0;
    let over = false;

    const end = (): boolean => {
      if (over) return false;
      over = true;
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
      return true;
    };
    const onAbort = (): void => {
      const cause: unknown = signals.find((signal) => signal.aborted)?.reason;
      if (!end()) return;
      const details = {
        expected: `an answer to '${method}'`,
        received: 'an abort signal',
        nextStep: "see the error's cause",
      };
      reject(new LockError('aborted', { ...details, cause }));
    };
    const send = (): void => {
      const sentAt = performance.now();
      if (sent > 0 && sentAt >= giveUpAt) {
        if (end()) reject(unreachable(method, sent, failure));
        return;
      }
      sent += 1;
      timer = setTimeout(send, Math.max(1, Math.ceil(Math.min(resendMs, giveUpAt - sentAt))));
      call(transport, method, argsAt(sentAt)).then(
        (reply) => {
          if (end()) resolve({ reply, sentAt });
        },
        (error: unknown) => {
          // As good as lost: sent again when the timer fires, and not at once, or a dead link would spin.
          failure = error;
        },
      );
    };

    for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
    if (signals.some((signal) => signal.aborted)) onAbort();
    else send();
  });
}

/** A transport may also throw synchronously. */
export async function call(transport: LockTransport, method: LockMethod, args: LockArgs): Promise<unknown> {
  return await transport(method, args);
}

function unreachable(method: LockMethod, sent: number, cause: unknown): LockError {
  return new LockError('unreachable', {
    expected: `an answer to '${method}'`,
    received: `none to ${sent} messages`,
    nextStep: 'check the link to the lock manager; what the request did there ends with its lease',
    cause,
  });
}
