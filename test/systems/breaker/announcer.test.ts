import { expect, test, vi } from 'vitest';
import { Announcer } from '../../../src/systems/breaker/announcer.ts';

class Bell extends Announcer<{ rung: [times: number] }> {
  ring(times: number): void {
    this.announce('rung', times);
  }
}

test('what a listener throws reaches neither the caller nor the other listeners, and is not swallowed', () => {
  const thrown: unknown[] = [];
  const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((callback) => {
    try {
      callback();
    } catch (error) {
      thrown.push(error);
    }
  });
  const bell = new Bell();
  const heard = vi.fn();
  const cause = new Error('listener');
  bell.on('rung', () => {
    throw cause;
  });
  bell.on('rung', heard);
  bell.ring(1);
  bell.ring(2);
  later.mockRestore();
  expect(heard.mock.calls).toEqual([[1], [2]]);
  expect(thrown).toEqual([cause, cause]);
});

test('every listener hears events in the order of their causes, and once() hears one', () => {
  const bell = new Bell();
  const heard: string[] = [];
  bell.on('rung', (times) => {
    if (times < 3) bell.ring(times + 1);
  });
  bell.once('rung', (times) => heard.push(`once ${times}`));
  bell.on('rung', (times) => heard.push(`on ${times}`));
  bell.ring(1);
  expect(heard).toEqual(['once 1', 'on 1', 'on 2', 'on 3']);
});
