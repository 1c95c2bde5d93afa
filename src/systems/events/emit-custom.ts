import { inspect } from 'node:util';
import { EventError, requireHandler } from './event-error.ts';

/** A handler of custom events. Its arguments are kept with its error. */
export type CustomHandler<Args extends readonly unknown[], Result> = (...args: Args) => Result | PromiseLike<Result>;

/** The error of a handler with everything that is known about it. `cause` is the same as `exception`. */
export class HandlerError extends EventError {
  override readonly name = 'HandlerError';
  /** Exactly what the handler threw or rejected with; need not be an `Error`. */
  readonly exception: unknown;
  /** Where the handler threw; the stack of this error where what it threw has none. */
  readonly stacktrace: string;
  /** Name of the handler, `(anonymous)` if it has none. */
  readonly handler: string;
  /** What the handler was called with; not copied. */
  readonly handlerArgs: readonly unknown[];

  constructor(handler: string, handlerArgs: readonly unknown[], exception: unknown) {
    const { text, stack } = described(exception);
    super('handler-failed', {
      category: 'system',
      recoveryStrategy: 'propagate',
      expected: `the handler ${handler} to handle the event`,
      received: text,
      nextStep: 'mend the handler; its error is the cause',
      cause: exception,
    });
    this.exception = exception;
    this.stacktrace = stack ?? this.stack ?? this.message;
    this.handler = handler;
    this.handlerArgs = handlerArgs;
  }
}

/** Message and stack of what was thrown. What cannot be shown must not hide that it was thrown. */
function described(exception: unknown): { text: string; stack?: string | undefined } {
  try {
    if (!(exception instanceof Error)) return { text: inspect(exception) };
    return { text: `${exception.name}: ${exception.message}`, stack: exception.stack };
  } catch {
    return { text: 'a value that cannot be shown' };
  }
}

export type CustomOutcome<Result> =
  { readonly ok: true; readonly value: Result } | { readonly ok: false; readonly error: HandlerError };

/**
 * Calls a handler and waits for it. What it throws, now or later, an `Error` or not, is in the outcome: it is neither
 * swallowed nor thrown at the caller.
 *
 * @throws EventError `invalid-argument` if the handler is no function.
 * @example
 * ```ts
 * const outcome = await emitCustom((order: string) => `${order} was sent`, 'order-7');
 * if (!outcome.ok) console.log(outcome.error.message, outcome.error.stacktrace, outcome.error.handlerArgs);
 * ```
 */
export async function emitCustom<Args extends readonly unknown[], Result>(
  handler: CustomHandler<Args, Result>,
  ...args: Args
): Promise<CustomOutcome<Result>> {
  requireHandler(handler);
  try {
    return { ok: true, value: await handler(...args) };
  } catch (exception) {
    return { ok: false, error: new HandlerError(handler.name || '(anonymous)', args, exception) };
  }
}
