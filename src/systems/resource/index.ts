export type { Alert, AlertCallback } from './alert-desk.ts';
export { ResourceError, type ResourceErrorCode } from './resource-error.ts';
export {
  ResourceManager,
  type AdmitOutcome,
  type MonitoredTable,
  type ResourceManagerEvents,
  type ResourceManagerOptions,
} from './resource-manager.ts';
export type { Backpressure, Usage } from './usage.ts';
