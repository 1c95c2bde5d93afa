import type { SimProcess } from '../../kernel/process.ts';
import type { World } from '../../kernel/world.ts';
import { NetworkConnection, type OtherEnd, type RequestFault } from './connection.ts';
import { latencyWindow, type Latency } from './latency.ts';
import { NetworkError } from './network-error.ts';

/** How one connection behaves; the scenario says it. */
export type ConnectionBehaviour =
  | 'answers'
  /** It hangs from the start: whatever is asked is never answered. */
  | 'hangs'
  /** It is reset by the first request. */
  | 'resets'
  /** It answers, with a latency of its own, each way. */
  | { readonly latency: Latency };

export interface HostOptions {
  /** Answers a command; may be slow, and may throw. Default: answers with the command. */
  readonly answer?: (command: string, connection: string) => unknown;
  /** Virtual ms, each way. Default: that of the network. */
  readonly latency?: Latency;
  /** How its connections behave, counted from 1. Default: they answer. */
  readonly behaviour?: (index: number) => ConnectionBehaviour;
  /**
   * What may go wrong by choice: a connection is refused; at a request or at its answer, the connection hangs from there
   * on, or is reset; an answer takes `slowMs` longer.
   */
  readonly faults?: readonly ('refuse' | RequestFault)[];
  /** Virtual ms by which a slow answer is late. Default 10,000. */
  readonly slowMs?: number;
}

/** Whether new connections are accepted, refused, or not even answered. */
export type Reachability = 'up' | 'refuses' | 'silent';

const SLOW_MS = 10_000;

/**
 * A host that answers commands over connections. It stands outside of all simulated processes, as a service of somebody
 * else's does.
 *
 * @example
 * ```ts
 * import type { Sim } from 'heddle';
 *
 * export async function thirdIsDead(sim: Sim): Promise<void> {
 *   const cluster = sim.network().host('cluster', { behaviour: (index) => (index === 3 ? 'hangs' : 'answers') });
 *   const connection = await cluster.connect();
 *   await connection.run('echo test', { signal: AbortSignal.timeout(5000) });
 *   connection.close();
 * }
 * ```
 */
export class NetworkHost {
  readonly name: string;
  /** May be set by the scenario at any time; concerns new connections. */
  reachability: Reachability = 'up';
  readonly #open = new Set<NetworkConnection>();
  readonly #world: World;
  readonly #work: (what: string) => void;
  readonly #options: HostOptions;
  readonly #latency: Latency;
  readonly #process: SimProcess;
  #opened = 0;

  constructor(world: World, work: (what: string) => void, name: string, options: HostOptions, latency: Latency) {
    this.#world = world;
    this.#work = work;
    this.name = name;
    this.#options = options;
    this.#latency = options.latency ?? latency;
    this.#process = world.spawn(name);
  }

  /** Connections that were opened and neither closed by the client nor reset. */
  get connections(): readonly NetworkConnection[] {
    return [...this.#open];
  }

  /** How many connections were opened so far. */
  get opened(): number {
    return this.#opened;
  }

  /** Opens a connection. An abort rejects with the signal's reason. */
  connect({ signal }: { readonly signal?: AbortSignal } = {}): Promise<NetworkConnection> {
    const world = this.#world;
    const task = world.currentTask();
    const { process } = task;
    const what = `connect to ${this.name}`;
    this.#work(what);
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const abort = (): void => {
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      if (this.reachability === 'silent') return;
      const refused =
        this.reachability === 'refuses' ||
        (this.#options.faults?.includes('refuse') === true &&
          world.fault({ key: `refuse at ${what}`, kind: 'refuse', options: ['refuse'] }) > 0);
      const [min, max] = latencyWindow(this.#latency);
      // There and back.
      world.deliver('io', refused ? `${what} refused` : what, process, task, [2 * min, 2 * max], () => {
        signal?.removeEventListener('abort', abort);
        if (signal?.aborted === true) return;
        if (refused) reject(new NetworkError('ECONNREFUSED', this.name));
        else resolve(this.#accept(process));
      });
    });
  }

  #accept(owner: SimProcess): NetworkConnection {
    this.#opened += 1;
    const behaviour = this.#options.behaviour?.(this.#opened) ?? 'answers';
    const { answer = (command: string): string => command, faults = [], slowMs = SLOW_MS } = this.#options;
    const requestFaults = faults.filter((fault) => fault !== 'refuse');
    const end: OtherEnd = {
      world: this.#world,
      process: this.#process,
      touches: [{ resource: this.name, writes: true }],
      faults: requestFaults,
      slowMs,
      answer,
      work: this.#work,
      gone: (connection) => {
        this.#open.delete(connection);
      },
      resets: behaviour === 'resets',
    };
    const latency = latencyWindow(typeof behaviour === 'object' ? behaviour.latency : this.#latency);
    const connection = new NetworkConnection(`${this.name}#${String(this.#opened)}`, end, latency, owner);
    this.#open.add(connection);
    if (behaviour === 'hangs') connection.hang();
    return connection;
  }
}
