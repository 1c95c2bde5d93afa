import { inspect } from 'node:util';
import { CodedError, type CodedErrorDetails } from './coded-error.ts';

/**
 * What kind of failure it is:
 * - `transient`: the same call may succeed later;
 * - `permanent`: it will not;
 * - `resource`: something is used up or overloaded;
 * - `validation`: the input was wrong;
 * - `system`: everything else, bugs among them.
 */
export const ERROR_CATEGORIES = ['transient', 'permanent', 'resource', 'validation', 'system'] as const;

/** What a caller may do about a failure. */
export const RECOVERY_STRATEGIES = ['retry', 'circuit_break', 'fallback', 'propagate', 'compensate'] as const;

export type ErrorCategory = (typeof ERROR_CATEGORIES)[number];
export type RecoveryStrategy = (typeof RECOVERY_STRATEGIES)[number];

/** The parts of a {@link FoundationError}. */
export interface FoundationErrorDetails extends CodedErrorDetails {
  readonly category: ErrorCategory;
  /** What the caller may do; null (the default) where nothing is known to help. */
  readonly recoveryStrategy?: RecoveryStrategy | null;
  /** What was being done; plain data. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Exactly what was caught, also when it is no `Error`, or `undefined`. */
  readonly cause?: unknown;
}

/**
 * An error with a category and a recovery strategy from closed lists.
 *
 * Types are gone at run time, and errors often come from where no compiler looked: another process, a log, JavaScript.
 * So both fields are checked when the error is made. A typo must not cost the failure that was being reported: the
 * error about the typo (code `invalid-error`) has it in its chain of causes.
 *
 * @example
 * ```ts
 * const error = new FoundationError('db-unreachable', {
 *   category: 'transient',
 *   recoveryStrategy: 'retry',
 *   expected: 'an answer of the database',
 *   received: 'a connection reset',
 *   nextStep: 'try again in a second',
 * });
 * const sameElsewhere = FoundationError.fromJSON(JSON.parse(JSON.stringify(error)));
 * console.log(sameElsewhere.category, sameElsewhere.recoveryStrategy);
 * ```
 */
export class FoundationError<Code extends string = string> extends CodedError<Code> {
  override readonly name: string = 'FoundationError';
  readonly category: ErrorCategory;
  readonly recoveryStrategy: RecoveryStrategy | null;
  readonly context: Readonly<Record<string, unknown>>;

  /** @throws FoundationError `invalid-error` if the category or the strategy is none of the lists'. */
  constructor(code: Code, details: FoundationErrorDetails) {
    super(code, details);
    const { category, recoveryStrategy = null, context = {} } = details;
    // Whoever throws undefined has thrown, too.
    if ('cause' in details && !('cause' in this)) this.cause = undefined;
    this.category = category;
    this.recoveryStrategy = recoveryStrategy;
    this.context = context;
    const wrong = unknownName(category, recoveryStrategy);
    // `this` is complete but for the typo: it is the cause.
    if (wrong !== undefined) throw invalid(wrong.expected, wrong.received, this);
  }

  /** Everything, as plain data; the causes as the errors' stacks, or as Node prints other values. */
  toJSON(): Record<string, unknown> {
    const { name, code, category, recoveryStrategy, expected, received, nextStep, context, stack } = this;
    const causes = causesOf(this).map((cause) =>
      cause instanceof Error ? (cause.stack ?? String(cause)) : inspect(cause),
    );
    return { name, code, category, recoveryStrategy, expected, received, nextStep, context, stack, causes };
  }

  /**
   * The error that `toJSON` described, with its stack. Its cause is the described chain of causes as one text.
   *
   * @throws FoundationError `invalid-error`, caused by what was described, if that is no such description.
   */
  static fromJSON(data: unknown): FoundationError {
    const fields = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
    const { category, recoveryStrategy = null, context, stack, causes } = fields;
    const described = ['code', 'expected', 'received', 'nextStep'].every((name) => typeof fields[name] === 'string');
    const wrong = described ? unknownName(category, recoveryStrategy) : undefined;
    if (!described || wrong !== undefined) {
      const { expected, received } = wrong ?? { expected: 'the description of an error', received: inspect(data) };
      throw invalid(expected, received, new Error(inspect(data, { depth: 4 })));
    }
    const { code, expected, received, nextStep } = fields as Record<string, string>;
    const error = new FoundationError(code!, {
      category: category as ErrorCategory,
      recoveryStrategy: recoveryStrategy as RecoveryStrategy | null,
      expected: expected!,
      received: received!,
      nextStep: nextStep!,
      context: typeof context === 'object' && context !== null ? (context as Record<string, unknown>) : {},
      ...(Array.isArray(causes) && causes.length > 0 ? { cause: causes.join('\ncaused by ') } : {}),
    });
    if (typeof stack === 'string') error.stack = stack;
    return error;
  }
}

function unknownName(category: unknown, strategy: unknown): { expected: string; received: string } | undefined {
  const among = (list: readonly string[], name: unknown): boolean => typeof name === 'string' && list.includes(name);
  if (!among(ERROR_CATEGORIES, category)) {
    return { expected: `a category of ${ERROR_CATEGORIES.join(', ')}`, received: inspect(category) };
  }
  if (strategy !== null && !among(RECOVERY_STRATEGIES, strategy)) {
    return { expected: `null or a strategy of ${RECOVERY_STRATEGIES.join(', ')}`, received: inspect(strategy) };
  }
  return undefined;
}

function invalid(expected: string, received: string, cause: Error): FoundationError {
  const nextStep = 'correct the name; the cause is the error that was to be reported';
  return new FoundationError('invalid-error', { category: 'validation', expected, received, nextStep, cause });
}

/** The chain of causes, nearest first; ends where it would go round. */
function causesOf(error: Error): unknown[] {
  const causes: unknown[] = [];
  let each: unknown = error;
  while (each instanceof Error && 'cause' in each && !causes.includes(each.cause)) {
    causes.push(each.cause);
    each = each.cause;
  }
  return causes;
}
