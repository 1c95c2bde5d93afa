import type { Process, Sim } from 'heddle';
import { FencedResource, LockClient, LockManager, lockEndpoint, type LockTransport } from 'heddle/systems';
import { CountsFromReply } from './counts-from-reply.ts';

/** A lock that is held from afar. */
export interface RemoteLease {
  readonly token: number;
  /** By the clock. */
  isHeld(): boolean;
  /** What it has been told; only as good as the timers of its process. */
  isLost(): boolean;
  release(): Promise<unknown>;
}

export interface RemoteClient {
  acquire(resource: string, options: { waitMs: number; leaseMs: number }): Promise<RemoteLease>;
  close(): void;
}

/** A clock may be off by as much, either way: more than any real one, so that it shows within a short lease. */
export const DRIFT = 0.05;

const RESEND_MS = 20;
const TIMER_LAG_MS = 2;

type MakeClient = (transport: LockTransport, agentId: string) => RemoteClient;

/** A lock manager in a process of its own, and what is protected by its locks in another, behind a bad network. */
export class RemoteLocks {
  readonly manager: LockManager = new LockManager();
  readonly host: Process;
  /** Set when nothing that clients send arrives any more. */
  cut = false;
  readonly store: { write(token: number, value: string): Promise<void> };
  readonly #sim: Sim;
  readonly #transport: LockTransport;
  readonly #makeClient: MakeClient;

  constructor(sim: Sim, makeClient: MakeClient) {
    this.#sim = sim;
    this.#makeClient = makeClient;
    this.host = sim.process('host', {
      clockRates: [1 - DRIFT, 1 + DRIFT],
      clockSteps: [3_600_000, -3_600_000],
      stalls: [80],
    });
    const link = { latency: [0, 10], faults: ['lost request', 'lost reply'] } as const;
    const locks = sim.device('locks', { ask: lockEndpoint(this.manager) }, { ...link, in: this.host });
    this.#transport = (method, args) => (this.cut ? Promise.reject(new Error('no route')) : locks.ask(method, args));
    const resource = new FencedResource('r', '');
    const write = (token: number, value: string): void => {
      resource.write(token, value);
      sim.tell('accepted', { resource: 'r', token });
    };
    this.store = sim.device('store', { write }, link);
  }

  client(agentId: string): RemoteClient {
    return this.#makeClient(this.#transport, agentId);
  }

  /** Whether the manager would say so if it were asked now. Reads its clock, whoever is running. */
  holds(token: number): boolean {
    const { holder } = this.manager.inspect('r');
    return holder?.token === token && this.host.current.clock.monotonic(this.#sim.now) < holder.expiresAt;
  }
}

interface Terms {
  readonly maxDriftRatio: number;
  readonly timerLagMs: number;
}

const withTerms =
  (terms: Terms) =>
  (sim: Sim): RemoteLocks =>
    new RemoteLocks(sim, (transport, agentId) => {
      const client = new LockClient({ ...terms, transport, agentId, resendMs: RESEND_MS });
      return {
        acquire: async (resource, options) => {
          const lease = await client.acquire(resource, options);
          const { token, signal } = lease;
          return {
            token,
            isHeld: () => lease.isHeld(),
            isLost: () => signal.aborted,
            release: () => lease.release(),
          };
        },
        close: () => {
          client.close();
        },
      };
    });

/** Two clocks that are off by {@link DRIFT} in opposite directions. */
export const ours = withTerms({ maxDriftRatio: (1 + DRIFT) / (1 - DRIFT) - 1, timerLagMs: TIMER_LAG_MS });

/** Our client, told that all clocks are right and all timers on time. */
export const trustsItsClock = withTerms({ maxDriftRatio: 0, timerLagMs: 0 });

export const countsFromReply = (sim: Sim): RemoteLocks =>
  new RemoteLocks(sim, (transport, agentId) => new CountsFromReply(transport, agentId));
