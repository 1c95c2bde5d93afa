import { parse, stringify } from 'devalue';

/** devalue refuses objects with a key of that name, which its own objects could not hold; ours can. */
const PROTO = '__proto__';

function isOwnProto(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, PROTO);
}

function withEntries(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return object;
}

/**
 * A workload as text: what JSON can hold and what it cannot, such as NaN, undefined, bigint, Map and Date.
 *
 * @throws DevalueError when it holds a function, a symbol or an object of a class: see {@link isWritable}.
 */
export function workloadText(workload: unknown): string {
  return stringify(workload, { [PROTO]: (value: unknown) => isOwnProto(value) && Object.entries(value) });
}

/** The workload that {@link workloadText} wrote. */
export function workloadFrom(text: string): unknown {
  return parse(text, { [PROTO]: withEntries });
}

/** Whether a workload can be written down and sent to another thread. Otherwise its run is known by its number only. */
export function isWritable(workload: unknown): boolean {
  try {
    workloadText(workload);
    return true;
  } catch {
    return false;
  }
}
