import { HeddleError } from './errors.ts';

const tickCallback: unknown = Reflect.get(process, '_tickCallback');

/**
 * Drains nextTicks, then microtasks, then judges rejections, in Node's own order: it is the function that Node
 * calls between two callbacks (docs/event-loop.md, fact 1). Must not be called from inside a microtask, where it
 * drains nextTicks only.
 */
export const drain: () => void = findDrain();

function findDrain(): () => void {
  if (typeof tickCallback !== 'function') {
    throw new HeddleError({
      code: 'NO_TICK_CALLBACK',
      expected: 'a Node.js with process._tickCallback',
      received: `Node ${process.version} without it`,
      next: 'Run heddle on Node 20, 22, 24 or 26.',
    });
  }
  return tickCallback as () => void;
}
