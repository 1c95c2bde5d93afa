import { asyncWrapProviders, createHook, type AsyncHook } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import { run } from './current.ts';

/** Resources that are part of the run itself: promises, ticks, and what only computes or reads memory. */
const INSIDE = new Set(['PROMISE', 'TickObject', 'Microtask', 'NONE', 'SCRIPT', 'CONTEXTIFYSCRIPT', 'BLOBREADER']);
const OUTSIDE = new Set(['Timeout', 'Immediate']);

/**
 * Calls of Node's that create such a resource and are done with it before they return: everything that ends in Sync,
 * what all of zlib's go through, and the one-shot functions of crypto.
 */
const SYNCHRONOUS =
  /^ +at (?:\S+\.)?(?:\w+Sync|syncBufferWrapper|signOneShot|verifyOneShot|diffieHellman)(?: \[as \w+\])? \(node:/m;

const harness = fileURLToPath(new URL('..', import.meta.url));
const HARNESS_FOLDERS = ['kernel', 'intercept', 'devices', 'schedule', 'invariant', 'scenario', 'check'];

/** What a call site is called of which nothing is known. */
export const UNKNOWN_PLACE = 'unknown place';

/** `file:line:column` of the first frame that is neither Node's nor heddle's. */
export function callSite(stack: string): string {
  for (const line of stack.split('\n').slice(1)) {
    if (/\(?node:/.test(line)) continue;
    const place = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line.trim())?.[1];
    if (place === undefined) continue;
    const path = place.startsWith('file://') ? place.slice('file://'.length) : place;
    const inHarness =
      path.startsWith(harness) && HARNESS_FOLDERS.includes(path.slice(harness.length).split(/[\\/]/)[0]!);
    if (!inHarness) return path;
  }
  return UNKNOWN_PLACE;
}

function isReal(type: string): boolean {
  return !INSIDE.has(type) && (OUTSIDE.has(type) || type in asyncWrapProviders);
}

/**
 * Sees what code under test creates in the real world during a run, through `async_hooks` (docs/event-loop.md,
 * fact 11). Promises need not be told: on Node 24 and later the hook then costs nothing.
 */
export function createEscapeHook(): AsyncHook {
  const options = {
    init(_id: number, type: string): void {
      if (run === null || !isReal(type)) return;
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 50;
      const stack = new Error(`escape: ${type}`).stack ?? '';
      Error.stackTraceLimit = limit;
      if (SYNCHRONOUS.test(stack)) return;
      run.escaped({ resource: type, site: callSite(stack), stack });
    },
    trackPromises: false,
  };
  return createHook(options);
}
