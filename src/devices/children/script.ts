/** Virtual ms: `[min, max]`, or one number for both. */
export type Span = number | readonly [number, number];

/** One thing that a child does, so long after the one before. */
export interface ChildStep {
  /** Default 0. */
  readonly after?: Span;
  /** What it writes; bytes go as they are, so that a character may be spread over two steps. */
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
}

/** What a simulated child does with its life. */
export interface ChildScript {
  readonly steps?: readonly ChildStep[];
  /** Virtual ms from its last step to its exit. Default 0. */
  readonly exitAfter?: Span;
  /** Its exit code; null for a child that does not end by itself. Default 0. */
  readonly exitCode?: number | null;
  /** Signals of which it takes no notice. SIGKILL cannot be among them. */
  readonly ignores?: readonly NodeJS.Signals[];
  /** Virtual ms from a signal that ends it to its end. Default [0, 1]. */
  readonly dyingTakes?: Span;
  /** Virtual ms for which a process that it has started keeps its stdout and stderr open after its end. Default 0. */
  readonly pipesHeldFor?: Span;
}

export function windowOf(span: Span): readonly [number, number] {
  return typeof span === 'number' ? [span, span] : span;
}

/** Signals that end nobody by default. */
const HARMLESS: ReadonlySet<string> = new Set(['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH']);

/** Whether the signal ends a child with this script. */
export function isFatal(signal: NodeJS.Signals, { ignores = [] }: ChildScript): boolean {
  return signal === 'SIGKILL' || (!HARMLESS.has(signal) && !ignores.includes(signal));
}
