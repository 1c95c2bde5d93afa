export { FencedResource } from './fenced-resource.ts';
export type { Grant, GrantKey } from './grant.ts';
export { KeyedMutex } from './keyed-mutex.ts';
export { LockClient, type ClientAcquireOptions, type LockClientOptions } from './lock-client.ts';
export { lockEndpoint } from './lock-endpoint.ts';
export { LockError, type LockErrorCode, type LockErrorDetails } from './lock-error.ts';
export type { Abandoned, LockEvents } from './lock-events.ts';
export type { LockLease } from './lock-lease.ts';
export {
  LockManager,
  type AcquireOptions,
  type CancelStatus,
  type LockInspection,
  type LockManagerOptions,
  type ReleaseOutcome,
} from './lock-manager.ts';
export type { LockArgs, LockMethod, LockReply, LockTransport, WireError, WireGrant } from './lock-wire.ts';
export { Mutex } from './mutex.ts';
