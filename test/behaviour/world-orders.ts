// The same small programs in a world: is an order among those that it allows?

import type { World } from '../../src/kernel/world.ts';
import { Odometer } from '../choosers.ts';
import { play } from '../in-world.ts';
import { IN_TIME } from './real-loop.ts';
import type { Step } from './small-program.ts';

/** Runs after which a search gives up. */
const RUNS_MAX = 200_000;
/** Virtual ms by which an event is late at most: no timer of a small program is further away. */
const DELAY_MAX = 5;
/** Virtual ms of a stall: less than, equal to and more than what the longest timer can be late by. */
const STALLS = [2, 3, 4];

function perform(world: World, program: readonly Step[], ran: (label: string) => void): void {
  const queue = (step: Step): void => {
    const callback = (): void => {
      ran(step.label);
      step.then.forEach(queue);
    };
    switch (step.way) {
      case 'timeout':
        setTimeout(callback, step.ms);
        break;
      case 'immediate':
        setImmediate(callback);
        break;
      case 'nextTick':
        process.nextTick(callback);
        break;
      case 'microtask':
        queueMicrotask(callback);
        break;
      case 'file':
      case 'socket':
        world.complete(step.label, 0, IN_TIME, callback);
    }
  };
  program.forEach(queue);
}

class Search extends Odometer {
  /** Being late makes a difference only while a timer runs. */
  override delay(...[event, room]: Parameters<Odometer['delay']>): number {
    return event.process.timers.count === 0 ? 0 : super.delay(event, Math.min(room, DELAY_MAX));
  }
}

/** Lets the world's only process stall after up to `most` of its turns. */
function allowStalls(world: World, most: number): void {
  const { process } = world;
  const options = STALLS.map((ms) => `stall ${String(ms)} ms`);
  let left = most;
  process.afterTurn = () => {
    if (left === 0) return;
    const pick = world.fault({ key: 'stall', kind: 'stall', options });
    if (pick === 0) return;
    left -= 1;
    world.stall(process, STALLS[pick - 1]!);
  };
}

/**
 * Whether the world can produce `order`: a depth-first search over all its choices, in which a run ends where it
 * leaves the order. To be called at macrotask level.
 */
export function allows(program: readonly Step[], order: string, stalls = 0): boolean {
  const wanted = order.split(' ');
  const chooser = new Search({ faults: ['stall'] });
  let runs = 0;
  do {
    if ((runs += 1) > RUNS_MAX) throw new Error(`gave up looking for ${order}`);
    let at = 0;
    const main = (world: World): void => {
      allowStalls(world, stalls);
      perform(world, program, (label) => {
        if (at < 0 || label !== wanted[at]) {
          at = -1;
          world.stop();
        } else at += 1;
      });
    };
    play(main, { chooser, identity: false });
    if (at === wanted.length) return true;
  } while (chooser.advance());
  return false;
}
