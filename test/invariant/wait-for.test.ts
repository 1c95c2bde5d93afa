import { describe, expect, it } from 'vitest';
import { describeCycle, waitForCycle } from '../../src/invariant/wait-for.ts';
import { noLeakedTimers } from '../../src/invariant/no-leaked-timers.ts';
import { Timeline } from './timeline.ts';

const on = (resource: string): { resource: string } => ({ resource });

function timeline(): Timeline {
  return new Timeline(noLeakedTimers());
}

describe('the wait-for graph of a run that is stuck', () => {
  it.each([2, 3, 5])('has a cycle of %i tasks, each of which waits for the next', (count) => {
    const time = timeline();
    const names = Array.from({ length: count }, (_, i) => String(i));
    for (const name of names) time.did(`c${name}`, 'acquire', on(name), true);
    for (const name of names) time.begin(`c${name}`, 'acquire', on(String((Number(name) + 1) % count)));
    const cycle = waitForCycle(time.history.operations);
    expect(cycle).toHaveLength(count);
    for (const [i, { holder }] of cycle!.entries()) expect(holder).toBe(cycle![(i + 1) % count]!.task);
    expect(describeCycle(cycle!)).toContain('c0 waits for 1 held by c1');
  });

  it('leaves those out that wait for the cycle from outside', () => {
    const time = timeline().did('c1', 'acquire', on('A'), true).did('c2', 'acquire', on('B'), true);
    time.begin('c0', 'acquire', on('A'));
    time.begin('c1', 'acquire', on('B'));
    time.begin('c2', 'acquire', on('A'));
    expect(describeCycle(waitForCycle(time.history.operations)!)).toBe(
      'c1 waits for B held by c2, c2 waits for A held by c1',
    );
  });

  it('has a cycle of one task that waits for itself', () => {
    const time = timeline().did('c1', 'acquire', on('A'), true);
    time.begin('c1', 'acquire', on('A'));
    expect(describeCycle(waitForCycle(time.history.operations)!)).toBe('c1 waits for A held by c1');
  });

  it('has none where nobody holds, where it was given back, or where the waiting client has crashed', () => {
    const lost = timeline();
    lost.begin('c1', 'acquire', on('A'));
    expect(waitForCycle(lost.history.operations)).toBeNull();

    const released = timeline().did('c1', 'acquire', on('A'), true).did('c2', 'acquire', on('B'), true);
    released.begin('c2', 'acquire', on('A'));
    released.did('c1', 'acquire', on('C'), true);
    released.begin('c1', 'release', on('A'));
    released.begin('c1', 'acquire', on('B'));
    expect(waitForCycle(released.history.operations)).toBeNull();

    const crashed = timeline().did('c1', 'acquire', on('A'), true).did('c2', 'acquire', on('B'), true);
    crashed.begin('c1', 'acquire', on('B'));
    crashed.begin('c2', 'acquire', on('A')).abandoned = true;
    expect(waitForCycle(crashed.history.operations)).toBeNull();
  });

  it('has none in a chain', () => {
    const time = timeline().did('c1', 'acquire', on('A'), true).did('c2', 'acquire', on('B'), true);
    time.begin('c2', 'acquire', on('A'));
    time.begin('c3', 'acquire', on('B'));
    expect(waitForCycle(time.history.operations)).toBeNull();
  });
});
