import { world } from './current.ts';
import { reinstateNextTick } from './process.ts';

const ROUTED = ['unhandledRejection', 'uncaughtException', 'warning', 'rejectionHandled'] as const;

/** Set between the end of our `uncaughtException` listener and the immediate that Node then arms for itself. */
let nodeArmsImmediate = false;

/** Whether the immediate that is being armed is Node's own, an empty function of that name; tells it once. */
export function takeNodesImmediate(callback: { readonly name: string }): boolean {
  if (!nodeArmsImmediate || callback.name !== 'noop') return false;
  nodeArmsImmediate = false;
  return true;
}

const worldListeners: Record<(typeof ROUTED)[number], (first: unknown) => void> = {
  unhandledRejection: (reason) => world?.uncaught(reason, 'unhandledRejection'),
  uncaughtException: (error) => {
    world?.uncaught(error, 'uncaughtException');
    nodeArmsImmediate = world !== null;
  },
  // Nobody reads warnings of a simulated process, and Node's own listener would print each of thousands of runs'.
  warning: () => undefined,
  rejectionHandled: () => undefined,
};

/**
 * Runs `batch`, a synchronous stretch of runs, with the process's listeners swapped for the world's; afterwards
 * the host has its own back. To be called at macrotask level.
 */
export function withWorldListeners<T>(batch: () => T): T {
  const saved = ROUTED.map((name) => [name, process.rawListeners(name)] as const);
  const emitter: NodeJS.EventEmitter = process;
  for (const name of ROUTED) {
    emitter.removeAllListeners(name);
    emitter.on(name, worldListeners[name]);
  }
  reinstateNextTick();
  try {
    return batch();
  } finally {
    for (const [name, listeners] of saved) {
      emitter.removeAllListeners(name);
      for (const listener of listeners) emitter.on(name, listener as (...args: unknown[]) => void);
    }
  }
}
