import { setTimeout as sleep } from 'node:timers/promises';
import { Network, type NetworkOptions } from '../devices/network/network.ts';
import { outside } from '../intercept/current.ts';
import type { DeviceHost } from '../kernel/device-host.ts';
import type { Touch } from '../kernel/touch.ts';
import type { World } from '../kernel/world.ts';
import { Disk, type DiskOptions } from '../devices/disk/disk.ts';
import { createDevice, type DeviceOptions, type Remote } from './device.ts';
import type { Observer } from './observer.ts';
import { Process, type ProcessOptions } from './process.ts';
import { getProvided } from './requirement.ts';
import { Shared } from './shared-structures.ts';
import type { FetchDevice, FetchHandler } from './fetch-device.ts';
import { Children, type ChildrenOptions } from '../devices/children/children.ts';

export interface IoOptions {
  /** Virtual ms that it takes: `[min, max]`, or one number for both. Default `[0, 10]`; 0 in a scenario with `every`. */
  readonly latency?: number | readonly [number, number];
  /**
   * What the turn that begins when it is done touches, by name: `balance`, or several. Strategies that know what tasks
   * have in common find races sooner. Unknown without it.
   */
  readonly resource?: string | readonly string[];
  /** Whether that turn may change what it touches. Default true. */
  readonly writes?: boolean;
}

/** How an operation that may fail ended. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** A declared latency as a window; undeclared: the world's. */
function window(world: World, latency: IoOptions['latency']): readonly [number, number] {
  return typeof latency === 'number' ? [latency, latency] : (latency ?? world.latency);
}

function touchesOf(options: IoOptions | undefined): readonly Touch[] | null {
  const resource = options?.resource;
  if (resource === undefined) return null;
  const writes = options?.writes ?? true;
  return typeof resource === 'string' ? [{ resource, writes }] : resource.map((each) => ({ resource: each, writes }));
}

/**
 * What a scenario's body drives the run with. Systems under test never see it: they use timers, promises and
 * their own clients, as ever.
 */
export class Sim {
  readonly #world: World;
  readonly #observer: Observer;
  readonly #fetch: FetchDevice;
  readonly #shared: Shared;

  constructor(world: World, observer: Observer, fetch: FetchDevice) {
    this.#shared = new Shared(world);
    this.#world = world;
    this.#observer = observer;
    this.#fetch = fetch;
  }

  /** Virtual ms since the run began. */
  get now(): number {
    return this.#world.now;
  }

  /**
   * A call to the outside whose content does not matter: resolves after the declared latency, in any order with
   * other completions.
   */
  io(label: string, options?: IoOptions): Promise<void> {
    const [min, max] = window(this.#world, options?.latency);
    this.#observer.work(label);
    return new Promise((resolve) => {
      const event = this.#world.complete(label, min, max, resolve);
      event.touches = touchesOf(options);
    });
  }

  /** Waits `ms` virtual ms on a timer of the current process. */
  sleep(ms: number): Promise<void> {
    return sleep(ms);
  }

  /** Performs an operation and records its invocation, its return or its error. Rethrows what `perform` throws. */
  async op<T>(name: string, input: unknown, perform: () => T): Promise<Awaited<T>> {
    const operation = this.#observer.invoked(name, input);
    try {
      const value = await perform();
      this.#observer.ended(operation, { kind: 'returned', value });
      return value;
    } catch (error) {
      this.#observer.ended(operation, { kind: 'threw', error });
      throw error;
    }
  }

  /** As `op`, with an error as data. */
  async attempt<T>(name: string, input: unknown, perform: () => T): Promise<Attempt<Awaited<T>>> {
    try {
      return { ok: true, value: await this.op(name, input, perform) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  /** Tells the invariants and the trace that something happened now. */
  tell(kind: string, data: unknown): void {
    this.#observer.told(kind, data);
  }

  /**
   * Starts a task: one client, one request. Resolves when `run` has settled, or when the process it lives in has
   * crashed; rejects with what `run` throws.
   */
  client(name: string, run: () => unknown, options: { readonly in?: Process } = {}): Promise<void> {
    const world = this.#world;
    const caller = world.process;
    const process = options.in?.current ?? caller;
    const waiting = world.currentTask();
    const task = world.createTask(name, process);
    // Who waits for a task of another process goes on in its own: the news of the end is an event there.
    const inCaller = (settle: () => void): void => {
      if (process === caller) settle();
      else world.deliver('io', `${name} ended`, caller, waiting, [0, 0], settle);
    };
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        world.witness?.ended(waiting);
        inCaller(resolve);
      };
      const failed = (error: unknown): void => {
        // Which of several fails first, matters to who waits for all of them.
        world.witness?.concernsAll();
        inCaller(() => {
          reject(error);
        });
      };
      if (!process.alive) {
        ended();
        return;
      }
      if (process !== world.processes[0]) this.#observer.onCrash(process, ended);
      world.deliver('start', `start ${name}`, process, task, world.latency, () => {
        Promise.resolve().then(run).then(ended, failed);
      });
    });
  }

  /** One task `c1`, `c2` … for each item; resolves when all have settled. */
  async clients<T>(items: readonly T[], run: (item: T, name: string, index: number) => unknown): Promise<void> {
    await Promise.all(
      items.map((item, index) => {
        const name = `c${String(index + 1)}`;
        return this.client(name, () => run(item, name, index));
      }),
    );
  }

  /** A process of its own: an event loop with its own clock, which can crash, restart and stall by choice. */
  process(name: string, options: ProcessOptions = {}): Process {
    return new Process(this.#world, this.#observer, name, options);
  }

  /**
   * Wraps a client of something remote, so that each call takes its time and may fail: five lines for any
   * promise-returning client. Calls run in the order in which they arrive, one turn each plus what they await.
   */
  device<C extends object>(name: string, client: C, options: DeviceOptions = {}): Remote<C> {
    return createDevice(this.#world, this.#observer, name, client, options);
  }

  /** A disk for devices that store something: `openSqlite` of `heddle/sqlite` puts a database on it. */
  disk(name: string, options?: DiskOptions): Disk {
    const observer = this.#observer;
    return new Disk(name, { world: this.#world, work: observer.work.bind(observer) }, options);
  }

  /** Connections to hosts that hang, reset and are slow, and messages between processes: see {@link Network}. */
  network(options?: NetworkOptions): Network {
    const work = (what: string): void => {
      this.#observer.work(what);
    };
    return new Network(this.#world, work, options);
  }

  /** Builds a device that has an entry point of its own, such as that of `heddle/postgres`. */
  attach<T>(build: (host: DeviceHost) => T): T {
    const world = this.#world;
    const observer = this.#observer;
    return build({
      world,
      outside,
      provided: getProvided,
      work: (what) => {
        observer.work(what);
      },
      note: (what, data) => {
        observer.note({ kind: 'told', task: world.currentTask().name, what, data });
      },
      onCrash: (process, callback) => {
        observer.onCrash(process, callback);
      },
    });
  }

  /**
   * What several tasks have in common, seen to be read and written: use the returned view in its place, and strategies
   * know which turns have to do with each other. A plain object, an array, a Map or a Set, and the same within; what is
   * read from a view is a view, what is written into it is stored as it is. The name is what resources are called by:
   * `account.balance`, `stock[shoes]`.
   *
   * @throws HeddleError with code `NOT_SHAREABLE` if reads and writes of a part of it could not be seen: instances of
   * classes, functions, Dates, frozen objects with objects in them.
   * @example
   * ```ts
   * import type { Sim } from 'heddle';
   *
   * export async function twoAdd(sim: Sim): Promise<number> {
   *   const account = sim.shared('account', { balance: 0 });
   *   await sim.clients([2, 3], async (amount) => {
   *     const { balance } = account;
   *     await sim.io('think');
   *     account.balance = balance + amount;
   *   });
   *   return account.balance;
   * }
   * ```
   */
  shared<T extends object>(name: string, object: T): T {
    return this.#shared.share(name, object);
  }

  /** Answers the `fetch` calls of the code under test. */
  fetch(handler: FetchHandler, options?: IoOptions): void {
    this.#fetch.answer(handler, window(this.#world, options?.latency));
  }

  /**
   * Child processes with scripts: give the `spawn` of the result to the code under test. `all`, `running` and `signals` are
   * for invariants.
   */
  children(options: ChildrenOptions): Children {
    return new Children(this.#world, options, (what) => {
      this.#observer.work(what);
    });
  }
}
