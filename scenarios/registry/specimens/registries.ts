import type { Sim } from 'heddle';
import { AgentRegistry, type AgentAttributes } from 'heddle/systems';
import { Agent } from './agent.ts';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';
import { AliveThenMonitor, TableByTable } from './mutants.ts';

/** Ids by key. */
export type Index = Readonly<Record<string, readonly string[]>>;

/** What the scenarios ask of a registry, whatever its own interface looks like. */
export interface Registry {
  register(id: string, agent: Agent, attributes: AgentAttributes): Promise<void>;
  /** As `register`, by an agent that comes back after a crash. */
  comeBack(id: string, agent: Agent, attributes: AgentAttributes): Promise<void>;
  unregister(id: string, agent: Agent): Promise<void>;
  update(id: string, attributes: AgentAttributes): Promise<void>;
  /** Registers all or none. */
  registerAll(ids: readonly string[], agent: Agent, attributes: AgentAttributes): Promise<void>;
  /** Runs `elsewhere` as part of a transaction, where that can be. */
  transaction(id: string, agent: Agent, attributes: AgentAttributes, elsewhere: () => Promise<void>): Promise<void>;
  /** Who is registered under the id. */
  holder(id: string): Agent | undefined;
  /** The table of ids, with their attributes, and the other indexes. */
  tables(): {
    readonly attributes: Readonly<Record<string, AgentAttributes>>;
    readonly byCapability: Index;
    readonly byHealth: Index;
    readonly byNode: Index;
  };
  close(): void;
}

class Ours implements Registry {
  readonly #registry = new AgentRegistry();

  /** A call that throws is one that rejects, as with the specimens. */
  async #asCall(operation: () => void): Promise<void> {
    await Promise.resolve();
    operation();
  }

  register(id: string, agent: Agent, attributes: AgentAttributes): Promise<void> {
    return this.#asCall(() => {
      this.#registry.register(id, agent, attributes);
    });
  }

  comeBack(id: string, agent: Agent, attributes: AgentAttributes): Promise<void> {
    return this.#asCall(() => {
      this.#registry.register(id, agent, attributes, { takeOver: true });
    });
  }

  unregister(id: string, agent: Agent): Promise<void> {
    return this.#asCall(() => {
      this.#registry.unregister(id, agent);
    });
  }

  update(id: string, attributes: AgentAttributes): Promise<void> {
    return this.#asCall(() => {
      this.#registry.update(id, attributes);
    });
  }

  registerAll(ids: readonly string[], agent: Agent, attributes: AgentAttributes): Promise<void> {
    return this.#asCall(() => {
      this.#registry.transaction((registry) => {
        for (const id of ids) registry.register(id, agent, attributes);
      });
    });
  }

  /** Ours refuses to wait within a transaction: what has to be done elsewhere comes after it. */
  async transaction(
    id: string,
    agent: Agent,
    attributes: AgentAttributes,
    elsewhere: () => Promise<void>,
  ): Promise<void> {
    await this.registerAll([id], agent, attributes);
    await elsewhere();
  }

  holder(id: string): Agent | undefined {
    // Not lookup(): that leaves out the dead ones, which is what the invariants want to see.
    return this.#registry.contents().agents[id]?.agent as Agent | undefined;
  }

  tables(): ReturnType<Registry['tables']> {
    const { agents, ...indexes } = this.#registry.contents();
    const attributes = Object.fromEntries(
      Object.entries(agents).map(([id, { capabilities, health, node }]) => [id, { capabilities, health, node }]),
    );
    return { attributes, ...indexes };
  }

  close(): void {
    this.#registry.close();
  }
}

class Specimen implements Registry {
  readonly #registry: found.AgentRegistry;

  constructor(registry: found.AgentRegistry) {
    this.#registry = registry;
  }

  register(id: string, agent: Agent, attributes: AgentAttributes): Promise<void> {
    return this.#registry.register(id, agent, attributes);
  }

  comeBack(id: string, agent: Agent, attributes: AgentAttributes): Promise<void> {
    return this.#registry.register(id, agent, attributes);
  }

  unregister(id: string): Promise<void> {
    return this.#registry.unregister(id);
  }

  update(id: string, attributes: AgentAttributes): Promise<void> {
    return this.#registry.update(id, attributes);
  }

  registerAll(ids: readonly string[], agent: Agent, attributes: AgentAttributes): Promise<void> {
    return this.#registry.atomicTransaction((registry) => {
      for (const id of ids) registry.doRegister(id, agent, attributes);
    });
  }

  transaction(id: string, agent: Agent, attributes: AgentAttributes, elsewhere: () => Promise<void>): Promise<void> {
    return this.#registry.atomicTransaction(async (registry) => {
      registry.doRegister(id, agent, attributes);
      await elsewhere();
    });
  }

  holder(id: string): Agent | undefined {
    return this.#registry.main.get(id)?.agent as Agent | undefined;
  }

  tables(): ReturnType<Registry['tables']> {
    const { main, capabilityIndex, healthIndex, nodeIndex } = this.#registry;
    const attributes = Object.fromEntries([...main].map(([id, { metadata }]) => [id, metadata]));
    return { attributes, byCapability: plain(capabilityIndex), byHealth: plain(healthIndex), byNode: plain(nodeIndex) };
  }

  /** A process that ends has neither monitors nor tables left. */
  close(): void {
    const { monitors, main, capabilityIndex, healthIndex, nodeIndex } = this.#registry;
    for (const ref of monitors.keys()) ref.demonitor();
    for (const table of [monitors, main, capabilityIndex, healthIndex, nodeIndex]) table.clear();
  }
}

function plain(bag: found.Bag): Index {
  return Object.fromEntries([...bag.keys()].sort().map((key) => [key, [...bag.get(key)!].sort()]));
}

/** A registry, and the agents that may be in it. */
export interface Cast {
  readonly registry: Registry;
  /** A second one, far from the first. */
  readonly other: Registry;
  /** Three of which everybody knows at once when they end, and three of which only the news comes. */
  readonly agents: readonly Agent[];
}

const cast =
  (create: (sim: Sim) => Registry) =>
  (sim: Sim): Cast => ({
    registry: create(sim),
    other: create(sim),
    agents: Array.from({ length: 6 }, (_, index) => new Agent(sim, `agent${index}`, index % 2 === 0)),
  });

export const ours = cast(() => new Ours());
export const asFound = cast(() => new Specimen(new found.AgentRegistry()));
export const asDocumented = cast(() => new Specimen(new documented.AgentRegistry()));
export const aliveThenMonitor = cast((sim) => new Specimen(new AliveThenMonitor(sim)));
export const tableByTable = cast((sim) => new Specimen(new TableByTable(sim)));
