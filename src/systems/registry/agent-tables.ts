import { AgentIndex } from './agent-index.ts';
import type { AgentAttributes } from './agent-attributes.ts';
import type { Registration } from './registration.ts';

/**
 * All indexes of the registry. They change together, in one synchronous step that cannot fail half-way: nobody ever
 * sees one that knows more than another.
 */
export class AgentTables {
  readonly #byId = new Map<string, Registration>();
  readonly byCapability: AgentIndex = new AgentIndex();
  readonly byHealth: AgentIndex = new AgentIndex();
  readonly byNode: AgentIndex = new AgentIndex();

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Registration | undefined {
    return this.#byId.get(id);
  }

  all(): Registration[] {
    return [...this.#byId.values()];
  }

  /** Its id must be free. */
  insert(registration: Registration): void {
    this.#byId.set(registration.id, registration);
    this.#index(registration);
  }

  delete(registration: Registration): void {
    this.#byId.delete(registration.id);
    this.#unindex(registration);
  }

  change(registration: Registration, attributes: AgentAttributes): void {
    this.#unindex(registration);
    registration.attributes = attributes;
    this.#index(registration);
  }

  #index(registration: Registration): void {
    const { capabilities, health, node } = registration.attributes;
    this.byCapability.add(capabilities, registration);
    this.byHealth.add([health], registration);
    this.byNode.add([node], registration);
  }

  #unindex(registration: Registration): void {
    const { capabilities, health, node } = registration.attributes;
    this.byCapability.remove(capabilities, registration);
    this.byHealth.remove([health], registration);
    this.byNode.remove([node], registration);
  }
}
