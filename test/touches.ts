// What the turns of a small program were said to touch, before they began.

import type { World } from '../src/kernel/world.ts';
import { idle } from './choosers.ts';
import { simulate } from './in-world.ts';

/** By turn: `what it is called: w resource, r resource`, or `anything`. */
export async function turnsOf(main: (world: World) => unknown): Promise<string[]> {
  const turns: string[] = [];
  await simulate(main, {
    chooser: {
      ...idle,
      fires: ({ label, touches }) => {
        const told = touches?.map(({ resource, writes }) => `${writes ? 'w' : 'r'} ${resource}`).join(', ');
        turns.push(`${label}: ${told ?? 'anything'}`);
      },
    },
  });
  return turns;
}
