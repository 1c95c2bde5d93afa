/**
 * Specimen: the event system of F12 and F15 with the fixes as the source document gives them: in words, all of which
 * are in the code. What else is needed is completed, and marked; the signal bus itself is as before.
 */
import type { Emitted, RemoteBus, SignalBus } from './as-found.ts';

/** "Drops events if queue exceeds 10,000 messages"; scenarios set a limit that a run can reach. */
const LIMIT = 10_000;

type Warn = (message: string) => void;

/** `emit_signal` where publisher and bus share an event loop: nothing comes between the check and the emitting. */
export function emitSignal<Signal>(bus: SignalBus<Signal>, signal: Signal, warn: Warn, limit = LIMIT): Emitted {
  // Checks signal bus process message queue length before emitting
  if (bus.messageQueue.length > limit) {
    warn('event dropped due to backpressure');
    return { ok: false, error: 'backpressure' };
  }
  bus.publish(signal); // completed
  return { ok: true }; // completed
}

/** What can be asked of a process from another one. */
export interface InspectedBus<Signal> extends RemoteBus<Signal> {
  messageQueueLen(): Promise<number>;
}

/** `emit_signal` where the bus is another process, as in the document. */
export async function emitSignalTo<Signal>(
  bus: InspectedBus<Signal>, // completed
  signal: Signal,
  warn: Warn, // completed
  limit: number = LIMIT,
): Promise<Emitted> {
  // Checks signal bus process message queue length before emitting
  if ((await bus.messageQueueLen()) > limit) {
    warn('event dropped due to backpressure');
    return { ok: false, error: 'backpressure' };
  }
  await bus.publish(signal); // completed
  return { ok: true }; // completed
}

export interface HandlerFailure {
  readonly exception: Error;
  readonly message: string;
  readonly stacktrace: string | undefined;
  readonly handlerArgs: unknown[];
}

/** `emit_custom`. A rescue clause takes exceptions, not what is thrown else. */
export async function emitCustom(
  handler: (...args: unknown[]) => unknown, // completed
  args: unknown[], // completed
): Promise<{ ok: true; value: unknown } | { ok: false; error: HandlerFailure }> {
  // completed
  try {
    return { ok: true, value: await handler(...args) }; // completed
  } catch (exception) {
    if (!(exception instanceof Error)) throw exception; // completed
    const { message, stack: stacktrace } = exception;
    return { ok: false, error: { exception, message, stacktrace, handlerArgs: args } };
  }
}
