export { DEFAULT_OUTPUT_BYTES, OutputCapture, type CapturedOutput, type OutputStream } from './output-capture.ts';
export { PoolError, type PoolErrorCode, type PoolErrorDetails } from './pool-error.ts';
export { ProcessSpawner, type ProcessCommand, type ProcessSpawnerOptions } from './process-spawner.ts';
export { ResourceMonitor, type WorkerSlot } from './resource-monitor.ts';
export type { TaskConfig, TaskDefaults, TaskSpec } from './task-config.ts';
export {
  WorkerPool,
  type RunOptions,
  type WorkerOutcome,
  type WorkerStatus,
  type WorkerPoolEvents,
  type WorkerPoolOptions,
} from './worker-pool.ts';
export type { ProcessEnd, WorkerProcess, WorkerProcessHandlers } from './worker-process.ts';
