import type { Chooser } from '../kernel/choice.ts';
import { drain } from '../kernel/drain.ts';
import { identity } from '../kernel/identity.ts';
import { World } from '../kernel/world.ts';
import { enter, leave, type ControlledRun } from '../intercept/current.ts';
import { withWorldListeners } from '../intercept/host.ts';
import { real } from '../intercept/originals.ts';
import { randomFor } from '../schedule/random.ts';

/** Turns of one measurement. */
export const TURNS = 40_000;
const CLIENTS = 4;

const DEFAULTS: Chooser = { delays: false, event: () => 0, delay: () => 0, fault: () => 0, draw: () => 0 };

/** The program of both loops: each client waits again and again for something that somebody else resolves. */
async function client(wait: () => Promise<void>, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i += 1) await wait();
}

/**
 * The least that a stepped program can cost: resolve one of the pending promises, at random, and call
 * `_tickCallback`. With `tasks`, each client runs in an async context of its own, as it must for task identity.
 * Returns real ms.
 */
export function bareLoop(tasks: boolean): number {
  // The bare loop looks at no task; any will do.
  const stand = new World({ chooser: DEFAULTS }).task;
  if (!tasks) identity.disable();
  const random = randomFor('bench');
  const pending: (() => void)[] = [];
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      pending.push(resolve);
    });
  for (let i = 0; i < CLIENTS; i += 1) {
    const run = (): unknown => client(wait, TURNS / CLIENTS);
    if (tasks) identity.run(stand, run);
    else run();
  }
  drain();
  const began = real.now();
  while (pending.length > 0) {
    const at = random.below(pending.length);
    const resolve = pending[at]!;
    pending[at] = pending.at(-1)!;
    pending.pop();
    resolve();
    drain();
  }
  return real.now() - began;
}

export interface TurnOptions {
  readonly identity: boolean;
  /** Events that are pending all the time and never fire. */
  readonly pending?: number;
}

/** The same program stepped by the world, with a random walk. Returns real ms. */
export function worldLoop(options: TurnOptions): number {
  // On Node 20 and 22 a context that was ever entered leaves promise hooks on, for the loops without, too.
  if (!options.identity) identity.disable();
  const random = randomFor('bench');
  const chooser: Chooser = { ...DEFAULTS, event: (enabled) => random.below(enabled.size) };
  const world = new World({ chooser, identity: options.identity, maxTurns: TURNS });
  enter({ world } as ControlledRun);
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      world.complete('wait', 0, 10, resolve);
    });
  for (let i = 0; i < (options.pending ?? 0); i += 1) {
    // Half far timers, half far completions.
    if (i % 2 === 0) world.setTimer(() => undefined, 1_000_000 + i, [], false);
    else world.complete('far', 1_000_000 + i, 2_000_000 + i, () => undefined);
  }
  for (let i = 0; i < CLIENTS; i += 1) {
    const task = world.createTask(`c${String(i)}`);
    world.deliver('start', 'start', world.process, task, [0, 0], () => {
      void client(wait, TURNS / CLIENTS);
    });
  }
  const began = real.now();
  world.run();
  const elapsed = real.now() - began;
  leave();
  return elapsed;
}

/** Runs `loop` at macrotask level, where the tick function drains microtasks. */
export function atMacrotask(loop: () => number): Promise<number> {
  return new Promise((resolve, reject) => {
    real.setImmediate(() => {
      try {
        resolve(withWorldListeners(loop));
      } catch (error) {
        reject(error);
      }
    });
  });
}
