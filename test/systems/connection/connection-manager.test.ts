import { describe, expect, it } from 'vitest';
import {
  ConnectionError,
  ConnectionManager,
  WorkerSlots,
  type ConnectionManagerOptions,
} from '../../../src/systems/index.ts';
import { resultOf, simulate } from '../../in-world.ts';

type Options = Partial<ConnectionManagerOptions<string, string>>;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `10` is answered after 10 ms, `hangs` never, whatever the signal says. */
const send = async (request: string): Promise<string> => {
  if (request === 'hangs') await new Promise(() => undefined);
  if (request === 'fails') throw new RangeError('no');
  await sleep(Number(request));
  return `after ${request}`;
};

const manager = (options: Options = {}): ConnectionManager<string, string> =>
  new ConnectionManager({ send, ...options });

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    return await promise;
  } catch (error) {
    return error instanceof ConnectionError ? error.code : (error as Error).name;
  }
};

describe('a request', () => {
  it('is answered, or fails as it failed', async () => {
    const seen = await resultOf(async () => {
      const it = manager();
      const answers = await Promise.all([codeOf(it.executeRequest('10')), codeOf(it.executeRequest('fails'))]);
      return [...answers, it.getStats()];
    });
    expect(seen).toEqual([
      'after 10',
      'RangeError',
      { activeRequests: 0, activeFallbacks: 0, completedRequests: 1, failedRequests: 1, refusedRequests: 0 },
    ]);
  });

  it('ends within its own time-out, that of the manager, or 60 s', async () => {
    const seen = await resultOf(async (world) => {
      const ends = async (options: Options, timeoutMs?: number): Promise<unknown[]> => {
        const began = world.now;
        const it = manager(options);
        const code = await codeOf(it.executeRequest('hangs', timeoutMs === undefined ? {} : { timeoutMs }));
        return [code, world.now - began];
      };
      return [await ends({ timeoutMs: 500 }, 20), await ends({ timeoutMs: 500 }), await ends({})];
    });
    expect(seen).toEqual([
      ['request-timeout', 20],
      ['request-timeout', 500],
      ['request-timeout', 60_000],
    ]);
  });

  it('is told that it has run out of time, and by whom it was aborted', async () => {
    const seen = await resultOf(async () => {
      const told: unknown[] = [];
      const it = manager({
        send: (_request, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              told.push((signal.reason as ConnectionError).code);
              reject(new Error('stopped'));
            });
          }),
      });
      const abort = new AbortController();
      const aborted = codeOf(it.executeRequest('x', { signal: abort.signal }));
      abort.abort();
      return [await aborted, await codeOf(it.executeRequest('x', { timeoutMs: 5 })), told];
    });
    expect(seen).toEqual(['aborted', 'request-timeout', ['aborted', 'request-timeout']]);
  });
});

describe('without a worker', () => {
  it.each([
    ['are busy', new WorkerSlots(0), undefined],
    [
      'are gone',
      {
        tryStart: (): boolean => {
          throw new Error('noproc');
        },
      },
      'noproc',
    ],
  ])('requests run beside them, and are refused beyond the limit: all %s', async (_how, workers, cause) => {
    const seen = await resultOf(async () => {
      const it = manager({ workers, maxFallback: 1 });
      const fallbacks: unknown[] = [];
      it.on('fallback', (event) =>
        fallbacks.push([event.activeFallbacks, (event.cause as Error | undefined)?.message]),
      );
      const first = codeOf(it.executeRequest('10'));
      const refused = await codeOf(it.executeRequest('10'));
      const { activeRequests, activeFallbacks, refusedRequests } = it.getStats();
      return [
        await first,
        refused,
        fallbacks,
        activeRequests,
        activeFallbacks,
        refusedRequests,
        it.getStats().activeFallbacks,
      ];
    });
    expect(seen).toEqual(['after 10', 'overloaded', [[1, cause]], 1, 1, 1, 0]);
  });

  it('a request that hangs keeps its place, and nobody waits for it', async () => {
    const seen = await resultOf(async (world) => {
      const it = manager({ workers: new WorkerSlots(1), maxFallback: 1 });
      const hanging = codeOf(it.executeRequest('hangs', { timeoutMs: 50 }));
      const quick = await codeOf(it.executeRequest('10'));
      const at = world.now;
      return [quick, at, await hanging, it.getStats().activeRequests];
    });
    expect(seen).toEqual(['after 10', 10, 'request-timeout', 0]);
  });

  it('a request is sent once, also by workers that take it and then throw', async () => {
    const seen = await resultOf(async () => {
      let sent = 0;
      const it = manager({
        send: (request) => {
          sent += 1;
          return send(request);
        },
        workers: {
          tryStart: (run) => {
            void run();
            throw new Error('too late');
          },
        },
      });
      return [await it.executeRequest('10'), sent];
    });
    expect(seen).toEqual(['after 10', 1]);
  });
});

it('close ends what is under way and refuses what comes', async () => {
  const played = await simulate(async (world) => {
    const it = manager();
    const waiting = codeOf(it.executeRequest('hangs'));
    it.close();
    it.close();
    return [await waiting, await codeOf(it.executeRequest('10')), [...world.armedTimers()].length];
  });
  expect(played.result).toEqual(['closed', 'closed', 0]);
});

it.each([
  ['timeoutMs', { timeoutMs: 0 }],
  ['timeoutMs', { timeoutMs: NaN }],
  ['maxFallback', { maxFallback: -1 }],
  ['send', { send: undefined }],
])('refuses a %s that is none', (_name, options) => {
  expect(() => manager(options as Options)).toThrow(
    expect.objectContaining({ code: 'invalid-argument', name: 'ConnectionError' }) as Error,
  );
});

it('refuses a time-out of a request that is none', async () => {
  expect(await codeOf(manager().executeRequest('10', { timeoutMs: -1 }))).toBe('invalid-argument');
  expect(() => new WorkerSlots(1.5)).toThrow('whole number');
});
