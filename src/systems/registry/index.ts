export type { AgentAttributes, AgentHealth } from './agent-attributes.ts';
export {
  AgentRegistry,
  type AgentQuery,
  type RegisteredAgent,
  type RegistryContents,
  type RegistryEvents,
  type Removal,
} from './agent-registry.ts';
export { RegistryError, type RegistryErrorCode, type RegistryErrorDetails } from './registry-error.ts';
