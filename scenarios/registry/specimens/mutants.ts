/** Mutants of ours, made to show that the scenarios can see what they look for. */
import type { Sim } from 'heddle';
import type { AgentAttributes } from 'heddle/systems';
import type { Agent } from './agent.ts';
import * as documented from './as-documented.ts';

/** The race that the report speaks of, where there is room for it: the monitor has to be asked for, far away. */
export class AliveThenMonitor extends documented.AgentRegistry {
  readonly #sim: Sim;

  constructor(sim: Sim) {
    super();
    this.#sim = sim;
  }

  override register(id: string, agent: Agent, metadata: AgentAttributes): Promise<void> {
    return this.call(async () => {
      if (!agent.alive) throw new Error('process_not_alive');
      await this.#sim.io('monitor', { latency: [0, 5] });
      this.doRegister(id, agent, metadata);
    });
  }

  /** It has looked before. */
  protected override monitorAgent(agent: Agent): ReturnType<documented.AgentRegistry['monitor']> {
    return this.monitor(agent);
  }
}

/** Several tables that change one after the other, with others' turns in between. */
export class TableByTable extends documented.AgentRegistry {
  readonly #sim: Sim;

  constructor(sim: Sim) {
    super();
    this.#sim = sim;
  }

  override register(id: string, agent: Agent, metadata: AgentAttributes): Promise<void> {
    return this.call(async () => {
      this.doRegister(id, agent, metadata);
      this.nodeIndex.get(metadata.node)?.delete(id);
      await this.#sim.io('node index', { latency: [0, 5] });
      if (this.main.has(id))
        this.nodeIndex.set(metadata.node, (this.nodeIndex.get(metadata.node) ?? new Set()).add(id));
    });
  }
}
