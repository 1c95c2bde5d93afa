export type { Admission, AdmissionRefusal, Permit, Recorded } from './admission.ts';
export { BreakerError, type BreakerErrorCode, type BreakerErrorDetails } from './breaker-error.ts';
export type { BreakerEvents, BreakerTransition } from './breaker-events.ts';
export type { BreakerSettings, CircuitBreakerOptions } from './breaker-options.ts';
export { CircuitBreaker, type BreakerSnapshot } from './circuit-breaker.ts';
export type { BreakerState } from './phase.ts';
