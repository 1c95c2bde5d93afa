// Workers, connections and options that do not keep to their types, and callers that do not suffer from it.

import { describe, expect, it } from 'vitest';
import {
  ConnectionManager,
  ConnectionPool,
  WorkerSlots,
  type ConnectionPoolOptions,
  type PooledConnection,
  type RequestWorkers,
} from '../../../src/systems/index.ts';

const echo: PooledConnection = { run: (command) => Promise.resolve(command), close: () => undefined };
const code = (name: string): Error => expect.objectContaining({ name: 'ConnectionError', code: name }) as Error;
const throwBare = (): never => {
  // What cannot be made text.
  throw Object.create(null);
};

describe('a request', () => {
  it('that a worker has begun is not refused because the worker throws afterwards', async () => {
    const workers: RequestWorkers = {
      tryStart: (run) => {
        void run();
        throw new Error('begun, and then this');
      },
    };
    const manager = new ConnectionManager({ send: (text: string) => Promise.resolve(text), workers, maxFallback: 0 });
    let fallbacks = 0;
    manager.on('fallback', () => (fallbacks += 1));
    expect(await manager.executeRequest('hello')).toBe('hello');
    expect(manager.getStats()).toMatchObject({ completedRequests: 1, refusedRequests: 0 });
    expect(fallbacks).toBe(0);
  });

  it('that was refused, or given up, is not sent any more when a worker begins late', async () => {
    const late: (() => Promise<void>)[] = [];
    const sent: string[] = [];
    const send = (text: string): Promise<number> => Promise.resolve(sent.push(text));
    const keeps = (answer: () => boolean): RequestWorkers => ({
      tryStart: (run) => {
        late.push(run);
        return answer();
      },
    });
    const throwing = new ConnectionManager({ send, workers: keeps(throwBare), maxFallback: 0 });
    await expect(throwing.executeRequest('refused')).rejects.toThrow(code('overloaded'));
    const queueing = new ConnectionManager({ send, workers: keeps(() => true) });
    const controller = new AbortController();
    const request = queueing.executeRequest('given up', { signal: controller.signal });
    controller.abort();
    await expect(request).rejects.toThrow(code('aborted'));
    for (const run of late) await run();
    expect([late.length, sent]).toEqual([2, []]);
  });
});

describe('a slot', () => {
  it('is free again when its work throws at once', () => {
    const slots = new WorkerSlots(1);
    expect(slots.tryStart(throwBare)).toBe(true);
    return Promise.resolve().then(() => {
      expect(slots.busy).toBe(0);
    });
  });
});

describe('a pool', () => {
  it('says what failed when what was thrown cannot be made text', async () => {
    const refusing = new ConnectionPool({ connect: () => Promise.reject(Object.create(null) as Error) });
    await expect(refusing.acquire()).rejects.toThrow(code('connect-failed'));
    await refusing.close();
    const pool = new ConnectionPool({ connect: () => Promise.resolve(echo), probe: throwBare });
    await pool.use(() => undefined);
    expect((await pool.checkNow()).removed).toMatchObject([{ error: { code: 'probe-failed' } }]);
    await pool.close();
  });

  it('takes an option that is undefined for one that is not given, and a lock that is none for a mistake', async () => {
    const connect = (): Promise<PooledConnection> => Promise.resolve(echo);
    const nothing = { name: undefined, lock: undefined, probe: undefined, maxConnections: undefined };
    const pool = new ConnectionPool({ connect, ...nothing } as unknown as ConnectionPoolOptions<PooledConnection>);
    expect(await pool.use((connection) => connection.run('hello', { signal: AbortSignal.timeout(1_000) }))).toBe(
      'hello',
    );
    await pool.close();
    const lock = {} as NonNullable<ConnectionPoolOptions<PooledConnection>['lock']>;
    expect(() => new ConnectionPool({ connect, lock })).toThrow(code('invalid-argument'));
  });
});
