import type { World } from '../../kernel/world.ts';
import { NetworkHost, type HostOptions } from './host.ts';
import { latencyWindow, type Latency } from './latency.ts';
import { Messages, type MessageFault, type Station } from './messages.ts';

export interface NetworkOptions {
  /** Virtual ms that one way takes, for messages and for hosts that say nothing else. Default `[0, 10]`. */
  readonly latency?: Latency;
  /** What may happen to messages between stations, by choice. Default: nothing. */
  readonly faults?: readonly MessageFault[];
  /** Virtual ms after which a partition that was chosen heals. Default 1,000. */
  readonly partitionMs?: number;
}

const PARTITION_MS = 1000;

/**
 * What lies between processes: connections to hosts that answer commands ({@link NetworkHost}), and messages between simulated
 * processes. Everything that arrives is an event, everything that goes wrong a choice or the scenario's own word.
 */
export class Network {
  readonly #world: World;
  readonly #work: (what: string) => void;
  readonly #latency: Latency;
  readonly #messages: Messages;

  /** `work` is told of everything that begins. */
  constructor(world: World, work: (what: string) => void, options: NetworkOptions = {}) {
    this.#world = world;
    this.#work = work;
    this.#latency = options.latency ?? world.latency;
    this.#messages = new Messages(world, work, {
      latency: latencyWindow(this.#latency),
      faults: options.faults ?? [],
      partitionMs: options.partitionMs ?? PARTITION_MS,
    });
  }

  /** A host that clients can open connections to. */
  host(name: string, options: HostOptions = {}): NetworkHost {
    return new NetworkHost(this.#world, this.#work, name, options, this.#latency);
  }

  /** From now on `receive` is called in `station`'s process for each message that arrives there. */
  join(station: Station, receive: (message: unknown, from: string) => void): void {
    this.#messages.join(station, receive);
  }

  /** Sends a copy of `message` to a station that has joined. Nobody is told whether it arrives. */
  send(from: Station, to: string, message: unknown): void {
    this.#messages.send(from, to, message);
  }

  /** Cuts two stations off from each other, both ways; what is on its way arrives. */
  partition(a: string, b: string): void {
    this.#messages.partition(a, b);
  }

  heal(a: string, b: string): void {
    this.#messages.heal(a, b);
  }
}
