import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.useRealTimers();
});

test('fact 15: vi.useFakeTimers() replaces the globals, whoever put them there, and gives them back', () => {
  const before = [globalThis.setTimeout, globalThis.setImmediate, globalThis.Date];
  vi.useFakeTimers();
  const during = [globalThis.setTimeout, globalThis.setImmediate, globalThis.Date];
  expect(during.map((global, at) => global === before[at])).toEqual([false, false, false]);
  vi.useRealTimers();
  const after = [globalThis.setTimeout, globalThis.setImmediate, globalThis.Date];
  expect(after.map((global, at) => global === before[at])).toEqual([true, true, true]);
});
