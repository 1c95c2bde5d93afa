/** The three event systems behind the same few words, so that one body drives each of them. */
import type { Remote, Sim } from 'heddle';
import { EventPublisher, EventSystem } from 'heddle/systems';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';

/** Signals that may wait. The document has 10,000; five are as good, and reached within a run. */
export const LIMIT = 5;

/** Who published, and which of its signals it is. */
export type Signal = `${string}-${number}`;

export type Emitted = 'accepted' | 'backpressure' | 'closed';

export interface Bus {
  /** Signals that wait. */
  readonly queued: number;
  /** Signals that were refused, as the system itself counts or logs them. */
  readonly dropped: number;
  /** What was delivered, in order. */
  readonly delivered: readonly Signal[];
  /** What one publisher emits with; `emit` may be called again before it has settled. */
  publisher(): (signal: Signal) => Promise<Emitted> | Emitted;
  close(): Promise<void> | void;
}

const said = (outcome: { ok: true } | { ok: false; error: 'backpressure' | 'closed' }): Emitted =>
  outcome.ok ? 'accepted' : outcome.error;

/** A subscriber that takes its time over each signal. */
function subscriber(sim: Sim, delivered: Signal[]): (signal: Signal) => Promise<void> {
  return async (signal) => {
    delivered.push(signal);
    await sim.io('handle', { latency: [1, 20] });
  };
}

function ourSystem(sim: Sim, delivered: Signal[]): EventSystem<Signal> {
  const system = new EventSystem<Signal>({ mailboxLimit: LIMIT });
  system.subscribe(subscriber(sim, delivered));
  return system;
}

/** Ours, with its publishers in the same process. */
export function ours(sim: Sim): Bus {
  const delivered: Signal[] = [];
  const system = ourSystem(sim, delivered);
  return {
    get queued() {
      return system.queued;
    },
    get dropped() {
      return system.dropped;
    },
    delivered,
    publisher: () => (signal) => said(system.emitSignal(signal)),
    close: () => system.close(),
  };
}

/** Ours, with its publishers in other processes. */
export function oursElsewhere(sim: Sim): Bus {
  const delivered: Signal[] = [];
  const system = ourSystem(sim, delivered);
  const remote = sim.device('bus', system);
  return {
    get queued() {
      return system.queued;
    },
    get dropped() {
      return system.dropped;
    },
    delivered,
    publisher: () => {
      const publisher = new EventPublisher<Signal>((signal) => remote.emitSignal(signal));
      return async (signal) => said(await publisher.emitSignal(signal));
    },
    close: () => system.close(),
  };
}

/** A publisher of the document is a process: it makes one call after the other. */
function oneAfterTheOther(emit: (signal: Signal) => Promise<Emitted>): (signal: Signal) => Promise<Emitted> {
  let last: Promise<unknown> = Promise.resolve();
  return (signal) => {
    const emitted = last.then(() => emit(signal));
    last = emitted;
    return emitted;
  };
}

interface Specimen {
  /** With the bus in the publisher's process. */
  here: (bus: found.SignalBus<Signal>, signal: Signal, warn: () => void) => found.Emitted;
  /** With the bus in another one. */
  there: (bus: Remote<Reachable>, signal: Signal, warn: () => void) => Promise<found.Emitted>;
}

interface Reachable {
  publish(signal: Signal): void;
  messageQueueLen(): number;
}

function specimen(sim: Sim, { here, there }: Specimen, elsewhere: boolean): Bus {
  const delivered: Signal[] = [];
  let dropped = 0;
  const warn = (): void => {
    dropped += 1;
  };
  const bus = new found.SignalBus<Signal>(subscriber(sim, delivered));
  const remote = sim.device<Reachable>('bus', {
    publish: (signal) => {
      bus.publish(signal);
    },
    messageQueueLen: () => bus.messageQueue.length,
  });
  return {
    get queued() {
      return bus.messageQueue.length;
    },
    get dropped() {
      return dropped;
    },
    delivered,
    publisher: () => {
      if (!elsewhere) return (signal) => said(here(bus, signal, warn));
      return oneAfterTheOther(async (signal) => said(await there(remote, signal, warn)));
    },
    /** The document has nothing to close. */
    close: () => undefined,
  };
}

const FOUND: Specimen = { here: found.emitSignal, there: found.emitSignalTo };
const DOCUMENTED: Specimen = {
  here: (bus, signal, warn) => documented.emitSignal(bus, signal, warn, LIMIT),
  there: (bus, signal, warn) => documented.emitSignalTo(bus, signal, warn, LIMIT),
};

export const asFound = (sim: Sim): Bus => specimen(sim, FOUND, false);
export const asFoundElsewhere = (sim: Sim): Bus => specimen(sim, FOUND, true);
export const asDocumented = (sim: Sim): Bus => specimen(sim, DOCUMENTED, false);
export const asDocumentedElsewhere = (sim: Sim): Bus => specimen(sim, DOCUMENTED, true);
