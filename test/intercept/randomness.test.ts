import crypto, { webcrypto } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { randomChooser } from '../choosers.ts';
import { resultOf, simulate, simulateWatched } from '../in-world.ts';

const hex = (bytes: ArrayBufferView): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

const sources: readonly [string, () => unknown][] = [
  ['Math.random', () => [Math.random(), Math.random()]],
  ['crypto.randomBytes', () => crypto.randomBytes(16).toString('hex')],
  ['crypto.randomInt', () => [crypto.randomInt(10, 1000), crypto.randomInt(1000)]],
  ['crypto.randomUUID', () => crypto.randomUUID()],
  ['crypto.randomFillSync', () => hex(crypto.randomFillSync(Buffer.alloc(16)))],
  ['crypto.getRandomValues', () => hex(crypto.getRandomValues(new Uint32Array(4)))],
  ['globalThis.crypto.getRandomValues', () => hex(globalThis.crypto.getRandomValues(new Uint8Array(16)))],
  ['globalThis.crypto.randomUUID', () => globalThis.crypto.randomUUID()],
  ['webcrypto.getRandomValues', () => hex(webcrypto.getRandomValues(new Uint8Array(16)))],
];

describe.each(sources)('%s', (_, draw) => {
  test('gives the same values in every run of the same choices', async () => {
    const { result, escapes } = await simulateWatched(draw);
    expect(await resultOf(draw)).toEqual(result);
    expect(escapes).toEqual([]);
  });

  test('gives others in a run whose stream was chosen otherwise', async () => {
    const others = await resultOf(draw, { chooser: randomChooser(1) });
    expect(others).not.toEqual(await resultOf(draw));
    expect(others).not.toEqual(await resultOf(draw, { chooser: randomChooser(2) }));
  });

  test('is real outside of a run', () => {
    expect(draw()).not.toEqual(draw());
  });
});

describe('the stream', () => {
  test('is one choice, made when it is first needed', async () => {
    const none = await simulate(() => undefined, { chooser: randomChooser(1, { delays: false }) });
    expect(none.world.picks).toEqual([]);
    const two = await simulate(() => [Math.random(), crypto.randomUUID()], {
      chooser: randomChooser(1, { delays: false }),
    });
    expect(two.world.picks).toHaveLength(1);
  });

  test('is uniform enough: every value of a small range comes', async () => {
    const seen = await resultOf(() => new Set(Array.from({ length: 500 }, () => crypto.randomInt(10))));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const values = await resultOf(() => Array.from({ length: 500 }, () => Math.random()));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(await resultOf(() => crypto.randomBytes(5000))).size).toBe(256);
  });

  test('UUIDs are of version 4 and differ', async () => {
    const uuids = await resultOf(() => Array.from({ length: 50 }, () => crypto.randomUUID()));
    for (const uuid of uuids) expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(uuids).size).toBe(50);
  });
});

describe('parts of buffers', () => {
  test('offset and size count elements of the view, and the rest stays', async () => {
    const filled = await resultOf(() => {
      const words = new Uint16Array(4);
      crypto.randomFillSync(words, 1, 2);
      const slice = new Uint8Array(new ArrayBuffer(8), 2, 4);
      crypto.randomFillSync(slice);
      return [words[0], words[3], words[1] !== 0 && words[2] !== 0, new Uint8Array(slice.buffer).slice(0, 2).join()];
    });
    expect(filled).toEqual([0, 0, true, '0,0']);
  });
});

describe('with a callback', () => {
  test('they complete as events of the run, with the values of its stream', async () => {
    const draw = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const log: string[] = [];
        const done = (error: Error | null, entry: string): void => {
          if (error !== null) reject(error);
          else if (log.push(entry) === 3) resolve(log.sort());
        };
        crypto.randomBytes(4, (error, bytes) => {
          done(error, `bytes ${bytes.toString('hex')}`);
        });
        crypto.randomFill(Buffer.alloc(4), (error, bytes) => {
          done(error, `fill ${bytes.toString('hex')}`);
        });
        crypto.randomInt(1_000_000, (error, value) => {
          done(error, `int ${String(value)}`);
        });
        expect(log).toEqual([]);
      });
    const { result, world, escapes } = await simulateWatched(draw);
    expect(result).toHaveLength(3);
    expect(await resultOf(draw)).toEqual(result);
    expect(world.turn).toBe(4);
    expect(escapes).toEqual([]);
  });
});

describe('wrong arguments', () => {
  test.each([
    ['a size that is no number', () => crypto.randomBytes('7' as unknown as number)],
    ['an empty range', () => crypto.randomInt(5, 5)],
  ])('%s is refused, as by Node', async (_, draw) => {
    expect(draw).toThrow(Error);
    const { errors } = await simulate(draw);
    expect(errors).toHaveLength(1);
  });
});
