/**
 * Seed 002, F2, F3 and F6: MABEAM.AgentRegistry as the report that the document answers describes it. Kept because it
 * is judged.
 *
 * The document prints no code. It names the registry, its GenServer, several ETS tables, `atomic_transaction`, `:DOWN`
 * handlers with monitor references in the state, and two states of the registration: first alive, then monitor (before);
 * first monitor, then alive (now). The reported flaws are: a race between alive check and monitor (F6), monitors that
 * are never taken back (F3), a risk of deadlock (F2). All lines are completed; the mark says from what.
 */
import type { AgentAttributes, Monitored } from 'heddle/systems';
import { GenServer } from './gen-server.ts';

export interface Entry {
  readonly agent: Monitored;
  readonly metadata: AgentAttributes;
}

/** A monitor reference: unique, and what takes the monitor back. */
export interface MonitorRef {
  demonitor(): unknown;
}

/** An ETS table of type bag: ids by key. */
export type Bag = Map<string, Set<string>>;

export class AgentRegistry extends GenServer {
  readonly main: Map<string, Entry> = new Map<string, Entry>(); // completed: ETS table by id
  readonly capabilityIndex: Bag = new Map<string, Set<string>>(); // completed: "multi-table"
  readonly healthIndex: Bag = new Map<string, Set<string>>(); // completed: "multi-table"
  readonly nodeIndex: Bag = new Map<string, Set<string>>(); // completed: "multi-table"
  readonly monitors: Map<MonitorRef, string> = new Map<MonitorRef, string>(); // completed: "stored in state"

  register(id: string, agent: Monitored, metadata: AgentAttributes): Promise<void> {
    // completed: "all agent registration operations go through the GenServer"
    return this.call(() => {
      this.doRegister(id, agent, metadata);
    });
  }

  unregister(id: string): Promise<void> {
    // completed
    return this.call(() => {
      this.doUnregister(id);
    });
  }

  update(id: string, metadata: AgentAttributes): Promise<void> {
    // completed
    return this.call(() => {
      const entry = this.main.get(id); // completed
      if (entry === undefined) throw new Error('not_found'); // completed
      this.clearIndexes(id, entry.metadata); // completed
      this.main.set(id, { ...entry, metadata }); // completed
      this.updateIndexes(id, metadata); // completed
    });
  }

  /** Runs its operations in the server: nobody else's come in between. That they are taken back is said nowhere. */
  atomicTransaction<T>(operations: (registry: this) => T | Promise<T>): Promise<T> {
    return this.call(() => operations(this)); // completed: "already serialized through the GenServer"
  }

  doRegister(id: string, agent: Monitored, metadata: AgentAttributes): void {
    if (this.main.has(id)) throw new Error('already_exists'); // completed
    const ref = this.monitorAgent(agent); // completed
    this.main.set(id, { agent, metadata }); // completed
    this.updateIndexes(id, metadata); // completed
    this.monitors.set(ref, id); // completed
  }

  doUnregister(id: string): void {
    const entry = this.main.get(id); // completed
    if (entry === undefined) throw new Error('not_found'); // completed
    this.main.delete(id); // completed
    this.clearIndexes(id, entry.metadata); // completed
    this.forgetMonitor(id); // completed
  }

  /** As found: alive, then monitor. */
  protected monitorAgent(agent: Monitored): MonitorRef {
    if (!agent.alive) throw new Error('process_not_alive'); // completed
    return this.monitor(agent); // completed
  }

  /** As found: nothing takes the monitor of an unregistered agent back. */
  protected forgetMonitor(_id: string): void {
    // completed: the leak that the report speaks of
  }

  protected monitor(agent: Monitored): MonitorRef {
    // completed
    const demonitor = agent.monitor(() => {
      this.info(() => {
        this.#down(ref); // completed
      }); // completed
    }); // completed
    const ref: MonitorRef = { demonitor }; // completed
    return ref; // completed
  }

  /** handle_info({:DOWN, ref, ...}) */
  #down(ref: MonitorRef): void {
    const id = this.monitors.get(ref); // completed
    this.monitors.delete(ref); // completed: "cleaned up appropriately" in all :DOWN handlers
    const entry = id === undefined ? undefined : this.main.get(id); // completed
    if (id === undefined || entry === undefined) return; // completed
    this.main.delete(id); // completed
    this.clearIndexes(id, entry.metadata); // completed
  }

  private updateIndexes(id: string, { capabilities, health, node }: AgentAttributes): void {
    for (const capability of capabilities) insert(this.capabilityIndex, capability, id); // completed
    insert(this.healthIndex, health, id); // completed
    insert(this.nodeIndex, node, id); // completed
  }

  private clearIndexes(id: string, { capabilities, health, node }: AgentAttributes): void {
    for (const capability of capabilities) remove(this.capabilityIndex, capability, id); // completed
    remove(this.healthIndex, health, id); // completed
    remove(this.nodeIndex, node, id); // completed
  }
}

function insert(bag: Bag, key: string, id: string): void {
  bag.set(key, (bag.get(key) ?? new Set()).add(id)); // completed
}

function remove(bag: Bag, key: string, id: string): void {
  const ids = bag.get(key); // completed
  ids?.delete(id); // completed
  if (ids?.size === 0) bag.delete(key); // completed
}
