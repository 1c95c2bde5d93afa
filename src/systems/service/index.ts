export {
  PerformanceMonitor,
  RECENT_OPERATIONS,
  type PerformanceMonitorOptions,
  type PerformanceSummary,
  type RecordedOperation,
} from './performance-monitor.ts';
export { PeriodicTimer, type PeriodicTimerOptions } from './periodic-timer.ts';
export { RateLimiter, type LimiterOptions, type RateDecision } from './rate-limiter.ts';
export { ServiceError, type ServiceErrorCode } from './service-error.ts';
export { TelemetryBridge, type TelemetryBridgeOptions, type TelemetryContext } from './telemetry-bridge.ts';
