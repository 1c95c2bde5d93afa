import { inspect } from 'node:util';
import { RegistryError } from './registry-error.ts';

export type AgentHealth = 'healthy' | 'degraded' | 'unhealthy';

/** What agents are found by. */
export interface AgentAttributes {
  /** What it can do; a capability named twice counts once. */
  readonly capabilities: readonly string[];
  readonly health: AgentHealth;
  /** Where it runs. */
  readonly node: string;
}

const HEALTH: readonly AgentHealth[] = ['healthy', 'degraded', 'unhealthy'];

/** A frozen copy: what the caller does with its object afterwards reaches no index. Throws 'invalid-argument'. */
export function checkedAttributes(attributes: AgentAttributes): AgentAttributes {
  const { capabilities, health, node } = attributes;
  if (!Array.isArray(capabilities)) throw invalid('capabilities to be an array of names', capabilities);
  for (const capability of capabilities) requireName('a capability', capability);
  if (!HEALTH.includes(health)) throw invalid(`health to be one of ${HEALTH.join(', ')}`, health);
  requireName('node', node);
  return Object.freeze({ capabilities: Object.freeze([...new Set(capabilities)]), health, node });
}

/** Throws a `RegistryError` ('invalid-argument') unless `value` is a string with at least one character. */
export function requireName(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw invalid(`${what} to be a non-empty string`, value);
}

/** Throws a `RegistryError` ('invalid-argument') unless `agent` can be monitored. */
export function requireMonitored(agent: unknown): void {
  const { monitor } = (agent ?? {}) as { monitor?: unknown };
  if (typeof monitor !== 'function') throw invalid('an agent with alive and monitor()', agent);
}

function invalid(expected: string, value: unknown): RegistryError {
  return new RegistryError('invalid-argument', {
    expected,
    received: inspect(value, { depth: 0 }),
    nextStep: 'correct the argument',
  });
}
