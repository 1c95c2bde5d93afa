import type { Monitored } from '../supervise/monitored.ts';
import type { AgentAttributes } from './agent-attributes.ts';

/** One agent under one id, from its registration to its removal. What comes later under the same id is another one. */
export interface Registration {
  readonly id: string;
  readonly agent: Monitored;
  /** Counts registrations: a later one has a higher number. */
  readonly order: number;
  attributes: AgentAttributes;
  /** Takes the monitor back. */
  demonitor: () => unknown;
  /** The news of its end has come. */
  down: boolean;
}
