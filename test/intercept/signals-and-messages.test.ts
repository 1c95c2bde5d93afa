import workerThreads from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { everyOrder } from '../every-run.ts';
import { resultOf, simulateWatched } from '../in-world.ts';

/** Calls `listener` with what arrives at the port: types for Node 20 lack the handler that ports have. */
function receive(port: object, listener: (data: unknown) => void): void {
  Reflect.set(port, 'onmessage', ({ data }: { data: unknown }) => {
    listener(data);
  });
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('AbortSignal.timeout', () => {
  test('aborts after virtual time, with a TimeoutError', async () => {
    const { result, escapes } = await simulateWatched(
      () =>
        new Promise((resolve) => {
          const signal = AbortSignal.timeout(5000);
          const before = signal.aborted;
          signal.addEventListener('abort', () => {
            const { name } = signal.reason as DOMException;
            resolve([before, signal.aborted, name, performance.now(), signal instanceof AbortSignal]);
          });
        }),
    );
    expect([result, escapes]).toEqual([[false, true, 'TimeoutError', 5000, true], []]);
  });

  test('its timer is unref-ed, as in Node, and is one of the timers that are armed', async () => {
    const armed = await resultOf((world) => {
      AbortSignal.timeout(5000);
      return [...world.armedTimers()].map((timer) => [timer.delay, timer.hasRef()]);
    });
    expect(armed).toEqual([[5000, false]]);
  });

  test('combines with AbortSignal.any', async () => {
    const reason = await resultOf(async () => {
      const signal = AbortSignal.any([AbortSignal.timeout(10), new AbortController().signal]);
      await after(20);
      return (signal.reason as Error).name;
    });
    expect(reason).toBe('TimeoutError');
  });

  test('is real outside of a run', async () => {
    const signal = AbortSignal.timeout(1);
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
      // The real one does not keep the process alive.
      setTimeout(resolve, 10_000).unref();
    });
    expect(signal.aborted).toBe(true);
  });
});

describe('MessageChannel', () => {
  test('messages are events of the run, in order, cloned when they are posted', async () => {
    const { result, escapes, world } = await simulateWatched(async () => {
      const { port1, port2 } = new MessageChannel();
      const got: unknown[] = [];
      receive(port2, (data) => got.push(data));
      const message = { n: 1 };
      port1.postMessage(message);
      message.n = 2;
      port1.postMessage(message);
      got.push('posted');
      await after(5);
      return got;
    });
    expect([result, escapes]).toEqual([['posted', { n: 1 }, { n: 2 }], []]);
    expect(world.turn).toBe(4);
  });

  test('both directions, on() with plain values, once() once, off() no more', async () => {
    const result = await resultOf(async () => {
      const { port1, port2 } = new workerThreads.MessageChannel();
      const got: unknown[] = [];
      const echo = (value: unknown): void => {
        port2.postMessage(`echo ${String(value)}`);
      };
      port2.on('message', echo);
      port1.on('message', (value) => got.push(value));
      port1.once('message', (value) => got.push(`once ${String(value)}`));
      port1.postMessage('a');
      port1.postMessage('b');
      await after(5);
      port2.off('message', echo);
      port1.postMessage('c');
      await after(5);
      return got;
    });
    expect(result).toEqual(['echo a', 'once echo a', 'echo b']);
  });

  test('what arrives before a listener is attached waits for it; addEventListener needs start()', async () => {
    const result = await resultOf(async () => {
      const { port1, port2 } = new MessageChannel();
      const got: unknown[] = [];
      port1.postMessage('early');
      await after(5);
      port2.addEventListener('message', (event) => got.push((event as MessageEvent).data));
      await after(5);
      got.push('not yet');
      port2.start();
      return got;
    });
    expect(result).toEqual(['not yet', 'early']);
  });

  test('a closed port neither sends nor receives, and says so', async () => {
    const result = await resultOf(async () => {
      const { port1, port2 } = new MessageChannel();
      const got: unknown[] = [];
      receive(port2, (data) => got.push(data));
      port2.addEventListener('close', () => got.push('closed'));
      port1.postMessage('on its way');
      port2.close();
      port2.close();
      port2.postMessage('from the closed');
      await after(5);
      return got;
    });
    expect(result).toEqual(['closed']);
  });

  test('buffers can be transferred', async () => {
    const result = await resultOf(async () => {
      const { port1, port2 } = new MessageChannel();
      const buffer = new ArrayBuffer(8);
      const got: unknown[] = [];
      receive(port2, (data) => got.push((data as ArrayBuffer).byteLength));
      port1.postMessage(buffer, [buffer]);
      got.push(buffer.byteLength);
      await after(5);
      return got;
    });
    expect(result).toEqual([0, 8]);
  });

  test('two channels deliver in any order of each other, each in its own', async () => {
    const orders = await everyOrder(
      (log) => {
        for (const name of ['a', 'b']) {
          const { port1, port2 } = new MessageChannel();
          receive(port2, (data) => {
            log(`${name}${String(data)}`);
          });
          port1.postMessage(1);
          port1.postMessage(2);
        }
      },
      { delays: false },
    );
    expect(orders).toEqual(['a1 a2 b1 b2', 'a1 b1 a2 b2', 'a1 b1 b2 a2', 'b1 a1 a2 b2', 'b1 a1 b2 a2', 'b1 b2 a1 a2']);
  });

  test('is real outside of a run', async () => {
    const { port1, port2 } = new MessageChannel();
    const got = new Promise((resolve) => {
      receive(port2, resolve);
    });
    port1.postMessage('real');
    expect(await got).toBe('real');
    expect(port1).toBeInstanceOf(MessagePort);
    port1.close();
  });
});

describe('BroadcastChannel', () => {
  test('reaches everybody of that name but the sender, in this run only', async () => {
    const program = async (): Promise<unknown> => {
      const got: string[] = [];
      const open = (name: string, who: string): InstanceType<typeof BroadcastChannel> => {
        const channel = new BroadcastChannel(name);
        receive(channel, (data) => got.push(`${who} ${String(data)}`));
        return channel;
      };
      const sender = open('news', 'sender');
      open('news', 'a');
      const closed = open('news', 'closed');
      closed.close();
      open('other', 'b');
      sender.postMessage('hello');
      await after(5);
      return [sender.name, ...got];
    };
    const { result, escapes } = await simulateWatched(program);
    expect([result, escapes]).toEqual([['news', 'a hello'], []]);
    expect(await resultOf(program)).toEqual(['news', 'a hello']);
  });
});
