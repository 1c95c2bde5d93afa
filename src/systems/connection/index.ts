export { ConnectionError, type ConnectionErrorCode, type ConnectionErrorDetails } from './connection-error.ts';
export type { ConnectionLease } from './connection-lease.ts';
export { ConnectionPool, type AcquireConnectionOptions } from './connection-pool.ts';
export type { PoolSnapshot } from './pool-books.ts';
export type { FailedCheck, PoolEvents, SweepReport } from './pool-events.ts';
export type { ConnectionPoolOptions, ExclusiveLock, PooledConnection } from './pool-options.ts';
export {
  ConnectionManager,
  type ConnectionManagerEvents,
  type ConnectionManagerOptions,
  type ConnectionManagerStats,
  type ExecuteRequestOptions,
} from './connection-manager.ts';
export { WorkerSlots, type RequestWorkers } from './worker-slots.ts';
