import type { ChildProcess } from 'node:child_process';

/** Writes down what a child and its streams emit, in order, until it has closed. */
export function logOf(
  child: ChildProcess,
  listenTo: readonly ('stdout' | 'stderr')[] = ['stdout', 'stderr'],
): string[] {
  const log: string[] = [];
  for (const event of ['spawn', 'error', 'exit', 'close'] as const) {
    child.on(event, (...args: unknown[]) => {
      const told = args.map((each) => (each instanceof Error ? (each as NodeJS.ErrnoException).code : each));
      log.push([event, ...told.map(String)].join(' '));
    });
  }
  for (const name of listenTo) {
    for (const event of ['data', 'end'] as const) child[name]?.on(event, () => log.push(`${name} ${event}`));
  }
  return log;
}
