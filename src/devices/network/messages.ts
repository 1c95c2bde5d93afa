import { Channel } from '../../kernel/channel.ts';
import type { SimProcess } from '../../kernel/process.ts';
import type { Task } from '../../kernel/task.ts';
import type { World } from '../../kernel/world.ts';

/** A process as the network sees it: what `sim.process` returns. `current` is its incarnation. */
export interface Station {
  readonly name: string;
  readonly current: SimProcess;
}

/** What may happen to a message by choice. A partition cuts two stations off from each other, both ways. */
export type MessageFault = 'loss' | 'duplication' | 'reordering' | 'partition';

export interface MessageOptions {
  /** Virtual ms that a message is on its way. */
  readonly latency: readonly [number, number];
  readonly faults: readonly MessageFault[];
  /** Virtual ms after which a partition that was chosen heals. */
  readonly partitionMs: number;
}

type Receive = (message: unknown, from: string) => void;

/**
 * Messages between processes. What one station sends to another arrives in order, once or not at all: it is lost when
 * the receiver is down or cut off, and by choice it is lost, comes twice, or is overtaken. Nobody is told.
 */
export class Messages {
  readonly #world: World;
  readonly #work: (what: string) => void;
  readonly #options: MessageOptions;
  readonly #stations = new Map<string, { readonly station: Station; readonly receive: Receive }>();
  readonly #channels = new WeakMap<SimProcess, WeakMap<SimProcess, Channel>>();
  readonly #tasks = new WeakMap<SimProcess, Task>();
  readonly #cuts = new Set<string>();

  constructor(world: World, work: (what: string) => void, options: MessageOptions) {
    this.#world = world;
    this.#work = work;
    this.#options = options;
  }

  /** From now on `receive` is called in `station`'s process for each message that arrives there. */
  join(station: Station, receive: Receive): void {
    this.#stations.set(station.name, { station, receive });
  }

  /** Sends a copy of `message`. Nobody is told whether it arrives. */
  send(from: Station, to: string, message: unknown): void {
    const world = this.#world;
    const receiver = this.#stations.get(to);
    if (receiver === undefined) throw new RangeError(`no station is called ${JSON.stringify(to)}: let it join first`);
    const way = `${from.name} → ${to}`;
    this.#work(way);
    this.#maybePartition(from.name, to, way);
    if (this.isCut(from.name, to) || this.#strikes('loss', way)) return;
    const process = receiver.station.current;
    const copy = structuredClone(message);
    const deliver = (label: string, channel?: Channel): void => {
      const arrive = (): void => {
        receiver.receive(copy, from.name);
      };
      const task = this.#taskOf(process);
      const event = world.deliver('message', label, process, task, this.#options.latency, arrive, channel);
      event.touches = [{ resource: `messages to ${to}`, writes: true }];
    };
    deliver(way, this.#strikes('reordering', way) ? undefined : this.#channel(from.current, process));
    if (this.#strikes('duplication', way)) deliver(`${way} again`);
  }

  /** Cuts two stations off from each other; what is on its way arrives. */
  partition(a: string, b: string): void {
    this.#cuts.add(pair(a, b));
  }

  heal(a: string, b: string): void {
    this.#cuts.delete(pair(a, b));
  }

  isCut(a: string, b: string): boolean {
    return this.#cuts.has(pair(a, b));
  }

  #strikes(fault: MessageFault, at: string): boolean {
    const { faults } = this.#options;
    return faults.includes(fault) && this.#world.fault({ key: `${fault} of ${at}`, kind: fault, options: [fault] }) > 0;
  }

  #maybePartition(a: string, b: string, way: string): void {
    if (this.isCut(a, b) || !this.#strikes('partition', way)) return;
    const world = this.#world;
    const { partitionMs } = this.#options;
    this.partition(a, b);
    const heal = (): void => {
      this.heal(a, b);
    };
    const window = [partitionMs, partitionMs] as const;
    const event = world.deliver('fault', `${way} healed`, world.processes[0]!, world.tasks[0]!, window, heal);
    event.touches = [{ resource: `link ${pair(a, b)}`, writes: true }];
  }

  #channel(from: SimProcess, to: SimProcess): Channel {
    let channels = this.#channels.get(from);
    if (channels === undefined) this.#channels.set(from, (channels = new WeakMap<SimProcess, Channel>()));
    let channel = channels.get(to);
    if (channel === undefined) channels.set(to, (channel = new Channel()));
    return channel;
  }

  /** What a station does about a message is done on its own behalf, not on the sender's. */
  #taskOf(process: SimProcess): Task {
    let task = this.#tasks.get(process);
    if (task === undefined) this.#tasks.set(process, (task = this.#world.createTask(process.name, process)));
    return task;
  }
}

function pair(a: string, b: string): string {
  return JSON.stringify([a, b].sort());
}
