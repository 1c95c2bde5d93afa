import type { Call } from './model.ts';

/** Characters of a value that a message shows. */
const LONGEST = 80;

/** A value as messages show it: in one line, and not for ever. */
export function show(value: unknown): string {
  if (value instanceof Error) return show(String(value));
  const text = typeof value === 'string' ? value : asJson(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function asJson(value: unknown): string {
  if (value === undefined || typeof value === 'function') return typeof value;
  try {
    return JSON.stringify(value, plain);
  } catch {
    return 'something that cannot be shown';
  }
}

/** What JSON has no words for. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  return value instanceof Error ? String(value) : value;
}

/** How the operation ended, to be put behind it: ` → 1`, ` threw Error: no`; nothing while it is under way. */
export function showOutcome({ outcome }: Call): string {
  if (outcome.kind === 'returned') return outcome.value === undefined ? '' : ` → ${show(outcome.value)}`;
  return outcome.kind === 'threw' ? ` threw ${show(outcome.error)}` : '';
}

/** `c1 reserve(id: a, amount: 6) → true`. */
export function showCall(call: Call): string {
  return `${call.task} ${call.name}(${showInput(call.input)})${showOutcome(call)}`;
}

function showInput(input: unknown): string {
  if (input === undefined) return '';
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return show(input);
  const fields = Object.entries(input).filter(([, value]) => value !== undefined);
  return fields.map(([name, value]) => `${name}: ${show(value)}`).join(', ');
}
