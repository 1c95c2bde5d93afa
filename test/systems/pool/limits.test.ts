import { describe, expect, it } from 'vitest';
import {
  DEFAULT_OUTPUT_BYTES,
  ResourceMonitor,
  type PoolError,
  type TaskSpec,
} from '../../../src/systems/pool/index.ts';
import { TaskConfigs } from '../../../src/systems/pool/task-config.ts';

const refusal = expect.objectContaining({ name: 'PoolError', code: 'invalid-argument' }) as PoolError;
const NO_NUMBER = [NaN, -1, 0.5, Infinity, '5', null] as number[];

describe('ResourceMonitor', () => {
  it('gives as many slots as there are, and one anew for each that comes back', () => {
    const monitor = new ResourceMonitor({ maxWorkers: 2 });
    const [first, second, third] = [monitor.reserve(), monitor.reserve(), monitor.reserve()];
    expect([monitor.running, third]).toEqual([2, undefined]);
    first!.release();
    first!.release();
    expect(monitor.running).toBe(1);
    second!.release();
    expect(monitor.running).toBe(0);
    expect(monitor.reserve()).toBeDefined();
  });

  it('with a maximum of 0 gives none', () => {
    expect(new ResourceMonitor({ maxWorkers: 0 }).reserve()).toBeUndefined();
  });

  it.each(NO_NUMBER)('refuses a maximum of %s', (maxWorkers) => {
    expect(() => new ResourceMonitor({ maxWorkers })).toThrow(refusal);
  });
});

describe('TaskConfigs', () => {
  const spec: TaskSpec = { id: 't', command: 'make' };

  it('give every limit a value', () => {
    expect(new TaskConfigs({}).snapshot(spec)).toEqual({
      id: 't',
      command: 'make',
      args: [],
      cwd: undefined,
      env: undefined,
      timeoutMs: 30 * 60_000,
      maxOutputBytes: DEFAULT_OUTPUT_BYTES,
    });
    expect(new TaskConfigs({ maxTimeoutMs: 500 }).snapshot(spec).timeoutMs).toBe(500);
    const configs = new TaskConfigs({ defaultTimeoutMs: 5, maxTimeoutMs: 10, maxOutputBytes: 0 });
    expect(configs.snapshot(spec)).toMatchObject({ timeoutMs: 5, maxOutputBytes: 0 });
    expect(configs.snapshot({ ...spec, timeoutMs: 10, maxOutputBytes: 7 })).toMatchObject({
      timeoutMs: 10,
      maxOutputBytes: 7,
    });
  });

  it('are copies that nobody can change', () => {
    const args = ['a'];
    const env = { HOME: '/' };
    const config = new TaskConfigs({}).snapshot({ ...spec, args, env });
    args.push('b');
    env.HOME = '/tmp';
    expect(config).toMatchObject({ args: ['a'], env: { HOME: '/' } });
    for (const part of [config, config.args, config.env]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('let no task have more than the maximum', () => {
    expect(() => new TaskConfigs({ maxTimeoutMs: 10 }).snapshot({ ...spec, timeoutMs: 11 })).toThrow(refusal);
    expect(() => new TaskConfigs({ defaultTimeoutMs: 11, maxTimeoutMs: 10 })).toThrow(refusal);
    // A longer timer would fire at once.
    expect(() => new TaskConfigs({ maxTimeoutMs: 2 ** 31 })).toThrow(refusal);
  });

  it.each([...NO_NUMBER, 0])('refuse a time-out of %s', (timeoutMs) => {
    expect(() => new TaskConfigs({}).snapshot({ ...spec, timeoutMs })).toThrow(refusal);
    expect(() => new TaskConfigs({ defaultTimeoutMs: timeoutMs })).toThrow(refusal);
  });

  it.each(NO_NUMBER)('refuse a limit of %s bytes', (maxOutputBytes) => {
    expect(() => new TaskConfigs({}).snapshot({ ...spec, maxOutputBytes })).toThrow(refusal);
    expect(() => new TaskConfigs({ maxOutputBytes })).toThrow(refusal);
  });

  it.each([
    { ...spec, id: '' },
    { ...spec, command: 5 },
    { ...spec, args: 'x' },
    { ...spec, args: [5] },
  ] as unknown as TaskSpec[])('refuse %o', (wrong) => {
    expect(() => new TaskConfigs({}).snapshot(wrong)).toThrow(refusal);
  });
});
