import { Odometer, type Freedom } from './choosers.ts';
import { atMacrotask, play, type PlayOptions } from './in-world.ts';
import type { World } from '../src/kernel/world.ts';

export type Log = (entry: string) => void;

/** A program that tells what it does; it runs once per schedule. */
export type Program = (log: Log, world: World) => void;

/** Every order that the world allows the program's log entries to come in, sorted; at most `limit` runs. */
export function everyOrder(
  program: Program,
  freedom?: Freedom,
  options?: PlayOptions,
  limit = 50_000,
): Promise<string[]> {
  return atMacrotask(() => {
    const orders = new Set<string>();
    const chooser = new Odometer(freedom);
    let runs = 0;
    do {
      if ((runs += 1) > limit) throw new Error(`more than ${String(limit)} runs`);
      const log: string[] = [];
      play(
        (world) => {
          program((entry) => log.push(entry), world);
        },
        { ...options, chooser },
      );
      orders.add(log.join(' '));
    } while (chooser.advance());
    return [...orders].sort();
  });
}
