import { describe, expect, it } from 'vitest';
import { BreakerError, BreakerService, MemoryBreakerStore } from '../../../src/systems/index.ts';
import { resultOf } from '../../in-world.ts';

const down = (): Promise<never> => Promise.reject(new Error('connection refused'));

async function startError(options: Parameters<typeof BreakerService.start>[0]): Promise<BreakerError> {
  try {
    await BreakerService.start(options);
  } catch (error) {
    if (error instanceof BreakerError) return error;
    throw error;
  }
  throw new Error('it started');
}

describe('start', () => {
  it.each([
    ['cannot be found', () => Promise.reject(new Error("Cannot find package 'fuse'")), "Cannot find package 'fuse'"],
    [
      'throws',
      () => {
        throw new Error('no configuration');
      },
      'no configuration',
    ],
    ['does not answer', () => Object.assign(new MemoryBreakerStore(), { read: down }), 'connection refused'],
    ['is nothing', () => undefined as unknown as MemoryBreakerStore, 'undefined'],
  ])('fails when the backend %s, and says why', async (_how, backend, why) => {
    const error = await startError({ backend });
    expect(error.code).toBe('BACKEND_MISSING');
    expect(error.message).toContain(why);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('fails in time when the backend is silent', async () => {
    const seen = await resultOf(async (world) => {
      const silent = Object.assign(new MemoryBreakerStore(), { read: () => new Promise<never>(() => undefined) });
      const { code, message } = await startError({ backend: () => silent, startTimeoutMs: 200 });
      return [code, message.includes('within 200 ms'), world.now, [...world.armedTimers()].length];
    });
    expect(seen).toEqual(['BACKEND_MISSING', true, 200, 0]);
  });

  it('refuses options before it asks anybody', async () => {
    const backend = (): never => {
      throw new Error('asked');
    };
    expect((await startError({ backend, openMs: -1 })).code).toBe('INVALID_OPTION');
    expect((await startError({ backend, startTimeoutMs: NaN })).code).toBe('INVALID_OPTION');
  });
});

describe('a service that is up', () => {
  it('has one breaker a name, on one backend', async () => {
    const store = new MemoryBreakerStore();
    const service = await BreakerService.start({ backend: () => store, failureThreshold: 1 });
    expect(service.status).toBe('up');
    await expect(service.execute('payments', () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
    expect((await service.breaker('payments').snapshot()).state).toBe('OPEN');
    expect(await service.execute('mail', () => 'sent')).toBe('sent');
    expect(service.breaker('mail')).toBe(service.breaker('mail'));
    expect((await store.read('payments'))?.record.state).toBe('OPEN');
  });

  it('is down from the first answer that does not come to the next that does, and runs nothing meanwhile', async () => {
    const store = new MemoryBreakerStore();
    const read = store.read.bind(store);
    const service = await BreakerService.start({ backend: () => store });
    const heard: string[] = [];
    service.on('down', (error) => heard.push(`down: ${String(error)}`)).on('up', () => heard.push('up'));
    store.read = down;
    for (let i = 0; i < 2; i += 1) {
      await expect(service.execute('payments', () => heard.push('ran'))).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
    }
    expect(service.status).toBe('down');
    store.read = read;
    await service.execute('payments', () => heard.push('ran'));
    expect(service.status).toBe('up');
    expect(heard).toEqual(['down: Error: connection refused', 'up', 'ran']);
  });

  it('that was closed hands out nothing', async () => {
    const service = await BreakerService.start({ backend: () => new MemoryBreakerStore() });
    service.close();
    service.close();
    expect(service.status).toBe('closed');
    expect(() => service.breaker('payments')).toThrow(expect.objectContaining({ code: 'CLOSED_SERVICE' }) as Error);
    await expect(service.execute('payments', () => 1)).rejects.toMatchObject({ code: 'CLOSED_SERVICE' });
  });
});
