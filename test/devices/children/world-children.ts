import { Children, type ChildFault, type ChildrenOptions } from '../../../src/devices/children/children.ts';
import { randomChooser } from '../../choosers.ts';
import { simulate, type Played } from '../../in-world.ts';

export interface PlayChildren extends ChildrenOptions {
  /** Who chooses: a random chooser of this seed; without it, an idle machine. */
  readonly seed?: number;
  /** Whether an uncaught exception is what the test is about. */
  readonly uncaught?: boolean;
}

/** Runs `main` with simulated children until nothing is pending. What it throws, the test throws. */
export async function withChildren(main: (children: Children) => unknown, options: PlayChildren): Promise<Played> {
  const { seed, uncaught = false, ...rest } = options;
  const faults = options.faults?.map((each: ChildFault) => (/^E[A-Z0-9]+$/.test(each) ? 'spawn failure' : each)) ?? [];
  const chooser = seed === undefined ? {} : { chooser: randomChooser(seed, { faults }) };
  const played = await simulate((world) => {
    // Not the promise: a run is over when nothing is pending.
    void main(new Children(world, rest, () => undefined));
  }, chooser);
  const [first] = played.uncaught;
  if (first !== undefined && !uncaught) throw first.error;
  return played;
}
