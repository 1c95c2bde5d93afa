import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TaskSupervisor, type Monitored } from '../../../src/systems/supervise/index.ts';

const unobservable: Monitored = {
  alive: true,
  monitor: () => {
    throw new RangeError('no such process');
  },
};

describe('a caller that cannot be monitored', () => {
  it('starts nothing, and leaves no listener at its signal', async () => {
    const tasks = new TaskSupervisor();
    const { signal } = new AbortController();
    let ran = 0;
    const work = (): void => void (ran += 1);
    expect(() => tasks.start(work, { signal, owner: unobservable })).toThrow(RangeError);
    await expect(tasks.scope(work, { signal, owner: unobservable })).rejects.toThrow(RangeError);
    expect([ran, getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
    await tasks.close();
  });
});

describe('a scope', () => {
  it('of a caller that is gone already does not begin', async () => {
    const tasks = new TaskSupervisor();
    let ran = 0;
    const scope = tasks.scope(() => (ran += 1), { signal: AbortSignal.abort() });
    await expect(scope).rejects.toMatchObject({ code: 'caller-gone' });
    expect(ran).toBe(0);
  });
});
