import workerThreads from 'node:worker_threads';
import type { Channel } from '../kernel/channel.ts';
import { createChannel, type World } from '../kernel/world.ts';
import { world } from './current.ts';
import { replace } from './replace.ts';

type Listener = (value: unknown) => void;

/** Milliseconds that a message between two ports of one machine may take. */
const PORT_LATENCY = [0, 1] as const;

/** One end of a simulated channel: `MessagePort` with its EventTarget and its Node surface. */
class SimPort extends EventTarget {
  readonly #world: World;
  readonly #peers: () => Iterable<SimPort>;
  readonly #label: string;
  readonly #channel: Channel = createChannel();
  readonly #waiting: unknown[] = [];
  readonly #wrapped = new Map<Listener, (event: Event) => void>();
  #started = false;
  #closed = false;
  #onmessage: ((event: MessageEvent) => void) | null = null;

  constructor(here: World, label: string, peers: () => Iterable<SimPort>) {
    super();
    this.#world = here;
    this.#label = label;
    this.#peers = peers;
  }

  postMessage(message: unknown, transfer?: unknown): void {
    if (this.#closed) return;
    const list = Array.isArray(transfer)
      ? transfer
      : ((transfer as { transfer?: unknown[] } | undefined)?.transfer ?? []);
    for (const peer of this.#peers()) peer.#arrive(structuredClone(message, { transfer: list as ArrayBuffer[] }));
  }

  #arrive(message: unknown): void {
    const { task, process } = this.#world;
    this.#world.deliver(
      'message',
      this.#label,
      process,
      task,
      PORT_LATENCY,
      () => {
        if (this.#started) this.#emit(message);
        else this.#waiting.push(message);
      },
      this.#channel,
    );
  }

  #emit(message: unknown): void {
    if (this.#closed) return;
    this.dispatchEvent(new MessageEvent('message', { data: message }));
  }

  get onmessage(): ((event: MessageEvent) => void) | null {
    return this.#onmessage;
  }

  set onmessage(handler: ((event: MessageEvent) => void) | null) {
    if (this.#onmessage !== null) this.removeEventListener('message', this.#onmessage as (event: Event) => void);
    this.#onmessage = handler;
    if (handler === null) return;
    this.addEventListener('message', handler as (event: Event) => void);
    this.start();
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const message of this.#waiting.splice(0)) this.#emit(message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.dispatchEvent(new Event('close'));
  }

  on(name: string, listener: Listener): this {
    const wrapped = (event: Event): void => {
      listener(event instanceof MessageEvent ? event.data : undefined);
    };
    this.#wrapped.set(listener, wrapped);
    this.addEventListener(name, wrapped);
    if (name === 'message') this.start();
    return this;
  }

  once(name: string, listener: Listener): this {
    const once = (value: unknown): void => {
      this.off(name, once);
      listener(value);
    };
    return this.on(name, once);
  }

  off(name: string, listener: Listener): this {
    const wrapped = this.#wrapped.get(listener);
    if (wrapped !== undefined) this.removeEventListener(name, wrapped);
    return this;
  }

  addListener(name: string, listener: Listener): this {
    return this.on(name, listener);
  }

  removeListener(name: string, listener: Listener): this {
    return this.off(name, listener);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

const broadcast = new WeakMap<World, Map<string, Set<SimPort>>>();

function broadcastPeers(here: World, name: string): Set<SimPort> {
  let groups = broadcast.get(here);
  if (groups === undefined) broadcast.set(here, (groups = new Map<string, Set<SimPort>>()));
  let group = groups.get(name);
  if (group === undefined) groups.set(name, (group = new Set()));
  return group;
}

/** Makes messages between ports of one thread events of the run. */
export function interceptMessaging(): void {
  const RealChannel = MessageChannel;
  const RealBroadcast = BroadcastChannel;
  const SimMessageChannel = function (this: unknown): unknown {
    const here = world;
    if (here === null) return new RealChannel();
    const port1: SimPort = new SimPort(here, 'message port 2', () => [port2]);
    const port2: SimPort = new SimPort(here, 'message port 1', () => [port1]);
    return { port1, port2 };
  };
  const SimBroadcast = function (this: unknown, name: string): unknown {
    const here = world;
    if (here === null) return new RealBroadcast(name);
    const group = broadcastPeers(here, name);
    const port: SimPort = new SimPort(here, `broadcast ${name}`, () => [...group].filter((each) => each !== port));
    group.add(port);
    Object.defineProperty(port, 'name', { value: name });
    return port;
  };
  SimMessageChannel.prototype = RealChannel.prototype;
  SimBroadcast.prototype = RealBroadcast.prototype;
  for (const target of [globalThis, workerThreads]) {
    replace(target, 'MessageChannel', SimMessageChannel);
    replace(target, 'BroadcastChannel', SimBroadcast);
  }
}
