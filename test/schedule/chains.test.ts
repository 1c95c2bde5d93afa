import { describe, expect, it } from 'vitest';
import { Chains } from '../../src/schedule/chains.ts';
import { idle } from '../choosers.ts';
import { atMacrotask, play } from '../in-world.ts';
import type { World } from '../../src/kernel/world.ts';

/** The chain of each event, by its label, in a run of `program` in the default order. */
async function chainsOf(program: (world: World) => void): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  await atMacrotask(() => {
    const chains = new Chains();
    const chooser = {
      ...idle,
      witness: chains.witness,
      fires: (event: Parameters<Chains['fires']>[0]) => {
        seen[event.describe()] = chains.of(event);
        chains.fires(event);
      },
    };
    play(program, { chooser });
  });
  return seen;
}

describe('chains of events', () => {
  it('go on with the first event that a turn queues; each further one begins a chain', async () => {
    const io = (world: World, label: string, then: () => void = () => undefined): void => {
      world.complete(label, 0, 0, then);
    };
    const chains = await chainsOf((world) => {
      io(world, 'a', () => {
        io(world, 'a1', () => {
          io(world, 'a11');
        });
        io(world, 'a2', () => {
          io(world, 'a21');
        });
      });
      io(world, 'b', () => {
        io(world, 'b1');
      });
    });
    expect(chains['a1']).toBe(chains['a']);
    expect(chains['a11']).toBe(chains['a']);
    expect(chains['a2']).not.toBe(chains['a']);
    expect(chains['a21']).toBe(chains['a2']);
    expect(chains['b']).not.toBe(chains['a']);
    expect(chains['b1']).toBe(chains['b']);
    expect(new Set(Object.values(chains)).size).toBe(3);
  });
});
