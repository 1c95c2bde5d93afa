export type { Admission, AdmissionRefusal, Permit, Recorded } from './admission.ts';
export { BreakerError, type BreakerErrorCode, type BreakerErrorDetails } from './breaker-error.ts';
export type { BreakerEvents, BreakerTransition } from './breaker-events.ts';
export type { BreakerSettings, CircuitBreakerOptions } from './breaker-options.ts';
export { CircuitBreaker, type BreakerSnapshot } from './circuit-breaker.ts';
export type { BreakerState } from './phase.ts';
export { BreakerService, type BreakerServiceEvents, type BreakerServiceOptions } from './breaker-service.ts';
export { MemoryBreakerStore, type BreakerRecord, type BreakerStore, type StoredBreaker } from './breaker-store.ts';
export {
  SharedCircuitBreaker,
  type SharedBreakerEvents,
  type SharedBreakerSnapshot,
  type SharedCircuitBreakerOptions,
} from './shared-circuit-breaker.ts';
export type { Outcome, SharedAdmission, SharedPermit } from './shared-phase.ts';
