import type { Sim } from 'heddle';

/** Looks every 20 virtual ms whether it is so; gives up after `ms`, in which a queue that works has long been done. */
export async function until(sim: Sim, done: () => boolean, ms = 3000): Promise<void> {
  const end = sim.now + ms;
  while (!done() && sim.now < end) await sim.sleep(20);
}
