/**
 * Specimen: the event system of F12 and F15 as the source document describes it before the fixes.
 *
 * The document prints no code of it, only words; every line is completed from them. A mark alone on its line belongs to
 * the line below it. Its signal bus is a process with a mailbox that others send to: what it handles takes time.
 */

/** A signal bus as a process: a mailbox without end, handled one message after the other. */
export class SignalBus<Signal> {
  readonly messageQueue: Signal[] = []; // completed
  readonly handler: (signal: Signal) => Promise<void>; // completed
  private busy = false; // completed

  // completed
  constructor(handler: (signal: Signal) => Promise<void>) {
    this.handler = handler; // completed
  }

  // completed
  publish(signal: Signal): void {
    this.messageQueue.push(signal); // completed
    if (!this.busy) void this.handleMessages(); // completed
  }

  // completed
  private async handleMessages(): Promise<void> {
    this.busy = true; // completed
    // completed
    while (this.messageQueue.length > 0) {
      await this.handler(this.messageQueue.shift()!); // completed
    } // completed
    this.busy = false; // completed
  } // completed
}

export type Emitted = { ok: true } | { ok: false; error: 'backpressure' };

/** `emit_signal` where publisher and bus share an event loop. */
export function emitSignal<Signal>(bus: SignalBus<Signal>, signal: Signal): Emitted {
  bus.publish(signal); // completed
  return { ok: true }; // completed
}

/** The bus as another process sees it: each call is a message, and its answer another. */
export interface RemoteBus<Signal> {
  publish(signal: Signal): Promise<void>; // completed
}

/** `emit_signal` where the bus is another process, as in the document. */
export async function emitSignalTo<Signal>(bus: RemoteBus<Signal>, signal: Signal): Promise<Emitted> {
  await bus.publish(signal); // completed
  return { ok: true }; // completed
}

/** `emit_custom`: "error swallowing in rescue clauses". A rescue clause takes exceptions, not what is thrown else. */
export async function emitCustom(
  handler: (...args: unknown[]) => unknown, // completed
  args: unknown[], // completed
): Promise<{ ok: true; value: unknown } | { ok: false; error: string }> {
  // completed
  try {
    return { ok: true, value: await handler(...args) }; // completed
  } catch (exception) {
    if (!(exception instanceof Error)) throw exception; // completed
    return { ok: false, error: exception.message }; // completed
  }
}
