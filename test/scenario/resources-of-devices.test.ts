import { describe, expect, it } from 'vitest';
import { createDevice, type DeviceOptions, type Remote } from '../../src/scenario/device.ts';
import { FetchDevice } from '../../src/scenario/fetch-device.ts';
import { Observer } from '../../src/scenario/observer.ts';
import type { World } from '../../src/kernel/world.ts';
import { inConflict, type Touch } from '../../src/kernel/touch.ts';
import { RemoteResource } from '../../src/scenario/remote-resource.ts';
import { resultOf } from '../in-world.ts';
import { turnsOf } from '../touches.ts';

class Store {
  readonly #values = new Map<string, number>();

  get(key: string): number | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: number): void {
    this.#values.set(key, value);
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }
}

const observerIn = (world: World): Observer => new Observer(world, () => undefined, null);

function deviceIn(world: World, options: DeviceOptions, name = 'store', store = new Store()): Remote<Store> {
  return createDevice(world, observerIn(world), name, store, { latency: 1, ...options });
}

describe('a device', () => {
  it('is a resource that requests write, and read by the methods that only read; what a reply resumes is not known', async () => {
    const turns = await turnsOf(async (world) => {
      const store = deviceIn(world, { reads: ['get'] });
      await store.set('a', 1);
      await store.get('a');
    });
    expect(turns.slice(1)).toEqual([
      'store.set: w store',
      'store.set reply: anything',
      'store.get: r store',
      'store.get reply: anything',
    ]);
  });

  it('has parts where it says so: keys have nothing to do with each other, but with what concerns all of them', async () => {
    const apart = await resultOf((world) => {
      const resource = (_method: string, [key]: readonly unknown[]): string | undefined => key as string | undefined;
      const whole = new RemoteResource(world, 'store', {}, { reads: ['get', 'keys'], resource });
      const call = (method: string, ...args: unknown[]): readonly Touch[] => whole.touchesOf(method, args);
      return [
        inConflict(call('set', 'a'), call('set', 'b')),
        inConflict(call('get', 'a'), call('get', 'a')),
        inConflict(call('set', 'a'), call('get', 'a')),
        inConflict(call('set', 'a'), call('keys')),
        inConflict(call('get', 'a'), call('clear')),
      ];
    });
    expect(apart).toEqual([false, false, true, true, true]);
  });

  it('is the same resource as another one before the same client', async () => {
    const store = new Store();
    const turns = await turnsOf(async (world) => {
      const one = deviceIn(world, {}, 'one', store);
      const two = deviceIn(world, { reads: ['get'] }, 'two', store);
      await one.set('a', 1);
      await two.get('a');
    });
    expect(turns.filter((turn) => !turn.endsWith('anything'))).toEqual(['one.set: w one', 'two.get: r one']);
  });
});

it('a request of fetch touches its host', async () => {
  const turns = await turnsOf(async (world) => {
    const device = new FetchDevice(world, observerIn(world), () => undefined);
    device.answer(() => new Response('3'), [1, 1]);
    await device.fetch('https://stock.example/shoes');
  });
  expect(turns.slice(1)).toEqual([
    'GET https://stock.example/shoes: w stock.example',
    'GET https://stock.example/shoes 200: anything',
  ]);
});
