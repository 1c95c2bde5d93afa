export {
  ERROR_CATEGORIES,
  FoundationError,
  RECOVERY_STRATEGIES,
  type ErrorCategory,
  type FoundationErrorDetails,
  type RecoveryStrategy,
} from './foundation-error.ts';
