import { describe, expect, test } from 'vitest';
import type { World } from '../../src/kernel/world.ts';
import { Observer } from '../../src/scenario/observer.ts';
import { FetchDevice, type FetchHandler } from '../../src/scenario/fetch-device.ts';
import { simulateWatched, type Played } from '../in-world.ts';

/** Runs `main` with `handler` at the other end of fetch, each leg of which takes 5 ms. */
async function withFetch(
  handler: FetchHandler,
  main: () => Promise<unknown>,
): Promise<Played & { unanswered: string[] }> {
  let device: FetchDevice | undefined;
  const unanswered: string[] = [];
  const start = (world: World): Promise<unknown> => {
    const observer = new Observer(world, () => undefined, null);
    device = new FetchDevice(world, observer, (url) => unanswered.push(url));
    device.answer(handler, [5, 5]);
    return main();
  };
  const played = await simulateWatched(start, { fetch: (input, init) => device!.fetch(input, init) });
  return Object.assign(played, { unanswered });
}

const echo: FetchHandler = async (request) =>
  Response.json(
    { method: request.method, url: request.url, type: request.headers.get('x-type'), body: await request.text() },
    { status: 201, headers: { 'x-served': 'yes' } },
  );

describe('fetch', () => {
  test('reaches the device with its request, and takes two legs of virtual time', async () => {
    const { result, escapes, uncaught } = await withFetch(echo, async () => {
      const response = await fetch('http://shop.test/orders', {
        method: 'POST',
        body: 'b',
        headers: { 'x-type': 't' },
      });
      const { status, ok } = response;
      return [status, ok, response.headers.get('x-served'), await response.json(), performance.now()];
    });
    const seen = { method: 'POST', url: 'http://shop.test/orders', type: 't', body: 'b' };
    expect(result).toEqual([201, true, 'yes', seen, 10]);
    expect([escapes, uncaught]).toEqual([[], []]);
  });

  test.each<[string, (response: Response) => Promise<unknown>, unknown]>([
    ['json()', (response) => response.json(), { a: 1 }],
    ['text()', (response) => response.text(), '{"a":1}'],
    ['arrayBuffer()', async (response) => (await response.arrayBuffer()).byteLength, 7],
    ['blob()', async (response) => (await response.blob()).size, 7],
    ['a clone', async (response) => [await response.clone().text(), await response.text()], ['{"a":1}', '{"a":1}']],
    [
      'a reader',
      async (response) => {
        const reader = response.body!.getReader();
        const { value } = (await reader.read()) as { value: Uint8Array };
        return [new TextDecoder().decode(value), (await reader.read()).done];
      },
      ['{"a":1}', true],
    ],
    [
      'for await',
      async (response) => {
        let length = 0;
        for await (const chunk of response.body!) length += (chunk as Uint8Array).length;
        return length;
      },
      7,
    ],
  ])('the body of a real Response is read within the run: %s', async (_, read, expected) => {
    const { result, escapes, uncaught } = await withFetch(
      () => Response.json({ a: 1 }),
      async () => read(await fetch('http://shop.test/')),
    );
    expect([result, escapes, uncaught]).toEqual([expected, [], []]);
  });

  test('takes URLs and Requests', async () => {
    const { result } = await withFetch(
      ({ url, method }) => new Response(`${method} ${url}`),
      async () => [
        await (await fetch(new URL('http://shop.test/a'))).text(),
        await (await fetch(new Request('http://shop.test/b', { method: 'PUT' }))).text(),
      ],
    );
    expect(result).toEqual(['GET http://shop.test/a', 'PUT http://shop.test/b']);
  });

  test('an abort on the way rejects with its reason, and nothing is left pending', async () => {
    const { result, world } = await withFetch(echo, async () => {
      const controller = new AbortController();
      setTimeout(() => {
        controller.abort(new Error('given up'));
      }, 3);
      try {
        return await fetch('http://shop.test/', { signal: controller.signal });
      } catch (error) {
        return [(error as Error).message, performance.now()];
      }
    });
    expect(result).toEqual(['given up', 3]);
    expect(world.process.pendingCount()).toBe(0);
  });

  test('an abort beforehand never reaches the device', async () => {
    const asked: string[] = [];
    const { result } = await withFetch(
      ({ url }) => {
        asked.push(url);
        return new Response();
      },
      async () => {
        try {
          return await fetch('http://shop.test/', { signal: AbortSignal.abort() });
        } catch (error) {
          return (error as Error).name;
        }
      },
    );
    expect([result, asked]).toEqual(['AbortError', []]);
  });

  test('AbortSignal.timeout ends a request whose reply takes too long', async () => {
    const { result, world } = await withFetch(echo, async () => {
      try {
        return await fetch('http://shop.test/', { signal: AbortSignal.timeout(7) });
      } catch (error) {
        return [(error as Error).name, performance.now()];
      }
    });
    expect(result).toEqual(['TimeoutError', 7]);
    expect(world.process.pendingCount()).toBe(0);
  });

  test('what the handler throws is what the caller gets', async () => {
    const { result } = await withFetch(
      () => {
        throw new TypeError('fetch failed');
      },
      () => fetch('http://shop.test/').catch((error: unknown) => String(error)),
    );
    expect(result).toBe('TypeError: fetch failed');
  });

  test('is real outside of a run', async () => {
    const response = await fetch('data:text/plain,real');
    expect(await response.text()).toBe('real');
  });
});
