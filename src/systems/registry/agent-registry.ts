import { Announcer } from '../breaker/announcer.ts';
import type { Monitored } from '../supervise/monitored.ts';
import {
  checkedAttributes,
  requireMonitored,
  requireName,
  type AgentAttributes,
  type AgentHealth,
} from './agent-attributes.ts';
import { AgentTables } from './agent-tables.ts';
import type { Registration } from './registration.ts';
import * as refusal from './registry-refusals.ts';
import { UndoLog } from './undo-log.ts';

/** A registered agent, as it was when it was asked for. */
export interface RegisteredAgent extends AgentAttributes {
  readonly id: string;
  readonly agent: Monitored;
}

/** What a registered agent has to be like; what is left out does not matter. */
export interface AgentQuery {
  readonly capability?: string;
  readonly health?: AgentHealth;
  readonly node?: string;
}

/** Why an agent is no longer registered. */
export type Removal = 'unregistered' | 'down' | 'taken-over' | 'closed';

/** @event */
export interface RegistryEvents {
  registered: [agent: RegisteredAgent];
  updated: [agent: RegisteredAgent];
  removed: [agent: RegisteredAgent, why: Removal];
}

/** What the registry holds: agents by id, and for each index ids by key, sorted. For inspection. */
export interface RegistryContents {
  readonly agents: Readonly<Record<string, RegisteredAgent>>;
  readonly byCapability: Readonly<Record<string, readonly string[]>>;
  readonly byHealth: Readonly<Record<string, readonly string[]>>;
  readonly byNode: Readonly<Record<string, readonly string[]>>;
}

/**
 * Knows the living agents: by id, by capability, by health and by node.
 *
 * Every operation is one synchronous step, which JavaScript cannot interleave: no lock, no queue, so nothing to wait
 * for and no deadlock. The news of an agent's end is bound to the registration that it was asked for, and never to the
 * id: when it comes late, after the id has been given to a successor, it removes nobody.
 *
 * @example
 * ```ts
 * import { Worker } from 'node:worker_threads';
 *
 * const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
 * const agent = {
 *   get alive() {
 *     return worker.threadId !== -1;
 *   },
 *   monitor: (onDown: (code: unknown) => void) => {
 *     worker.once('exit', onDown);
 *     return () => worker.off('exit', onDown);
 *   },
 * };
 * const registry = new AgentRegistry();
 * registry.register('planner-1', agent, { capabilities: ['plan'], health: 'healthy', node: 'eu-1' });
 * for (const { id } of registry.query({ capability: 'plan', health: 'healthy' })) console.log(id);
 * registry.on('removed', ({ id }, why) => console.log(id, why));
 * ```
 */
export class AgentRegistry extends Announcer<RegistryEvents> {
  readonly #tables = new AgentTables();
  #log: UndoLog | undefined;
  readonly #downMeanwhile: Registration[] = [];
  /** What kept changes have still to do: those made by listeners come after what they have heard of. */
  readonly #kept: (() => void)[] = [];
  #keeping = false;
  #registrations = 0;
  #monitors = 0;
  #closed = false;

  /** Number of registered agents; one whose end is known only from the agent itself is among them until its news comes. */
  get size(): number {
    return this.#tables.size;
  }

  /** Number of monitors that were asked for and not taken back. At rest it is {@link size}. */
  get monitors(): number {
    return this.#monitors;
  }

  /**
   * Registers `agent` under `id`. An id whose agent has ended is free, also if the news of its end is still under way.
   * With `takeOver` the present agent is displaced, alive or not: for one that comes back from a crash of which nobody
   * has heard yet.
   *
   * @throws RegistryError 'invalid-argument', 'already-registered', 'not-alive', 'closed'; what `monitor` throws
   */
  register(id: string, agent: Monitored, attributes: AgentAttributes, options: { takeOver?: boolean } = {}): void {
    requireName('id', id);
    requireMonitored(agent);
    const checked = checkedAttributes(attributes);
    if (this.#closed) throw refusal.closed();
    const present = this.#tables.get(id);
    if (present?.agent.alive === true && options.takeOver !== true) throw refusal.alreadyRegistered(id);
    const registration = this.#monitored(id, agent, checked);
    this.#atomically((log) => {
      if (present !== undefined) this.#remove(log, present, present.agent.alive ? 'taken-over' : 'down');
      this.#tables.insert(registration);
      log.step(() => {
        this.#tables.delete(registration);
        this.#demonitor(registration);
      });
      log.whenKept(() => {
        this.announce('registered', publicView(registration));
      });
    });
  }

  /** Monitors first and looks afterwards: an end between the two is seen by one of them at least. */
  #monitored(id: string, agent: Monitored, attributes: AgentAttributes): Registration {
    const order = (this.#registrations += 1);
    const registration: Registration = { id, agent, order, attributes, demonitor: () => undefined, down: false };
    const demonitor = agent.monitor(() => {
      this.#down(registration);
    });
    registration.demonitor = demonitor;
    this.#monitors += 1;
    if (registration.down || !agent.alive) {
      this.#demonitor(registration);
      throw refusal.notAlive(id);
    }
    return registration;
  }

  #demonitor(registration: Registration): void {
    this.#monitors -= 1;
    try {
      registration.demonitor();
    } catch (error) {
      // The registry is right by now; what an agent throws here must not keep it from letting go of the others.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #down(registration: Registration): void {
    registration.down = true;
    if (this.#log !== undefined) {
      // An agent that does not keep to the rules tells it in the middle of a change, which may still be taken back.
      this.#downMeanwhile.push(registration);
      return;
    }
    if (this.#tables.get(registration.id) !== registration) return;
    this.#atomically((log) => {
      this.#remove(log, registration, 'down');
    });
  }

  /**
   * Changes some attributes of the agent with this id.
   *
   * @throws RegistryError 'invalid-argument', 'not-registered', 'closed'
   */
  update(id: string, changes: Partial<AgentAttributes>): void {
    const registration = this.#registered(id);
    const before = registration.attributes;
    const after = checkedAttributes({ ...before, ...changes });
    this.#atomically((log) => {
      this.#tables.change(registration, after);
      log.step(() => {
        this.#tables.change(registration, before);
      });
      log.whenKept(() => {
        this.announce('updated', publicView({ ...registration, attributes: after }));
      });
    });
  }

  /**
   * Removes `agent` from under `id`. The agent has to be named, so that nobody removes a successor by mistake.
   *
   * @throws RegistryError 'not-registered', 'not-owner', 'closed'
   */
  unregister(id: string, agent: Monitored): void {
    const registration = this.#registered(id);
    if (registration.agent !== agent) throw refusal.notOwner(id);
    this.#atomically((log) => {
      this.#remove(log, registration, 'unregistered');
    });
  }

  /**
   * All or nothing: when `change` throws, everything that it did here is taken back, and nobody hears of any of it. It
   * must be synchronous, since others would see what it has done so far. Within another transaction it is a part of it.
   *
   * @throws RegistryError 'asynchronous-transaction'; what `change` throws
   */
  transaction<T>(change: (registry: this) => T): T {
    return this.#atomically(() => {
      const result = change(this);
      if (typeof (result as { then?: unknown } | undefined)?.then === 'function') throw refusal.asynchronous();
      return result;
    });
  }

  /** The living agent with this id. */
  lookup(id: string): RegisteredAgent | undefined {
    const registration = this.#tables.get(id);
    return registration?.agent.alive === true ? publicView(registration) : undefined;
  }

  /** The living agents that are as asked for, in the order of their registration. */
  query({ capability, health, node }: AgentQuery = {}): RegisteredAgent[] {
    const { byCapability, byHealth, byNode } = this.#tables;
    const asked = [
      ...(capability === undefined ? [] : [byCapability.get(capability)]),
      ...(health === undefined ? [] : [byHealth.get(health)]),
      ...(node === undefined ? [] : [byNode.get(node)]),
    ];
    // The smallest index decides how many are looked at.
    const [smallest, ...others] = asked.sort((a, b) => a.size - b.size);
    return [...(smallest ?? this.#tables.all())]
      .filter((each) => each.agent.alive && others.every((set) => set.has(each)))
      .sort((a, b) => a.order - b.order)
      .map(publicView);
  }

  /** What the indexes hold, agents included whose end is known but whose news has not come. */
  contents(): RegistryContents {
    return {
      agents: Object.fromEntries(this.#tables.all().map((each) => [each.id, publicView(each)])),
      byCapability: this.#tables.byCapability.contents(),
      byHealth: this.#tables.byHealth.contents(),
      byNode: this.#tables.byNode.contents(),
    };
  }

  /** Removes all agents and takes all monitors back. What is asked afterwards finds nobody, or throws 'closed'. */
  close(): void {
    if (this.#closed) return;
    this.#atomically((log) => {
      for (const registration of this.#tables.all()) this.#remove(log, registration, 'closed');
      this.#closed = true;
      log.step(() => {
        this.#closed = false;
      });
    });
  }

  #registered(id: string): Registration {
    if (this.#closed) throw refusal.closed();
    const registration = this.#tables.get(id);
    if (registration === undefined) throw refusal.notRegistered(id);
    return registration;
  }

  #remove(log: UndoLog, registration: Registration, why: Removal): void {
    this.#tables.delete(registration);
    log.step(() => {
      this.#tables.insert(registration);
    });
    // The monitor goes only when the removal is kept: taken back, it must still tell of the end.
    log.whenKept(() => {
      this.#demonitor(registration);
      this.announce('removed', publicView(registration), why);
    });
  }

  #atomically<T>(change: (log: UndoLog) => T): T {
    const outermost = this.#log === undefined;
    const log = (this.#log ??= new UndoLog());
    const mark = log.mark();
    let result: T;
    try {
      result = change(log);
    } catch (error) {
      log.rollBack(mark);
      if (outermost) this.#ended();
      throw error;
    }
    if (outermost) {
      this.#log = undefined;
      this.#keep(log.keep());
      this.#ended();
    }
    return result;
  }

  #keep(steps: readonly (() => void)[]): void {
    this.#kept.push(...steps);
    if (this.#keeping) return;
    this.#keeping = true;
    for (let step = this.#kept.shift(); step !== undefined; step = this.#kept.shift()) step();
    this.#keeping = false;
  }

  /** The outermost change is over, kept or taken back. */
  #ended(): void {
    this.#log = undefined;
    for (const registration of this.#downMeanwhile.splice(0)) this.#down(registration);
  }
}

function publicView({ id, agent, attributes }: Registration): RegisteredAgent {
  return { id, agent, ...attributes };
}
