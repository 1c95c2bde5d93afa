import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Choice, Chooser, Recorder } from '../../src/kernel/choice.ts';
import type { World } from '../../src/kernel/world.ts';
import { deviationsOf } from '../../src/schedule/deviation.ts';
import { FollowChooser } from '../../src/schedule/follow.ts';
import { PicksChooser } from '../../src/schedule/replay-picks.ts';
import { idle, randomChooser } from '../choosers.ts';
import { enter, leave } from '../../src/intercept/current.ts';
import { atMacrotask, Played, simulate } from '../in-world.ts';
import { arbitraryProgram, perform, type Action } from './program.ts';

class Choices implements Recorder {
  readonly all: Choice[] = [];

  choice(choice: Choice): void {
    this.all.push(choice);
  }

  turn(): void {
    // Only choices matter here.
  }
}

const FAULTS = ['stall', 'crash', 'early timers'];

/** Two processes that run a program each; the first may stall, the second may crash, and then starts again. */
function run([here, there]: readonly (readonly Action[])[], chooser: Chooser, recorder?: Recorder): Promise<Played> {
  const main = (world: World): void => {
    let crashes = 1;
    const boot = (): void => {
      const other = world.spawn('other');
      other.afterTurn = () => {
        if (crashes === 0) return;
        const point = { key: `crash after ${world.fired!.key}`, kind: 'crash', options: ['crash'] };
        if (world.fault(point) === 0) return;
        crashes -= 1;
        world.crash(other);
        boot();
      };
      world.main(other, world.createTask('other', other), () => {
        perform(world, there!);
      });
    };
    boot();
    world.process.afterTurn = () => {
      const options = ['stall 2 ms', 'stall 9 ms'];
      const pick = world.fault({ key: `stall after ${world.fired!.key}`, kind: 'stall', options });
      if (pick > 0) world.stall(world.process, pick === 1 ? 2 : 9);
    };
    perform(world, here!);
  };
  return simulate(main, { chooser, keys: true, ...(recorder === undefined ? {} : { recorder }) });
}

const programs = fc.tuple(arbitraryProgram, arbitraryProgram);
const essence = ({ world, ending }: Played): unknown => [ending, world.turn, world.now, world.hash.toString()];

describe('a run repeats', () => {
  test('the same choices give the same run', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.integer(), async (both, seed) => {
        const first = await run(both, randomChooser(seed, { faults: FAULTS }));
        const second = await run(both, randomChooser(seed, { faults: FAULTS }));
        expect(essence(second)).toEqual(essence(first));
        expect(second.world.picks).toEqual(first.world.picks);
      }),
      { numRuns: 100 },
    );
  });

  test('to the letter, from the list of its picks', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.integer(), fc.boolean(), async (both, seed, delays) => {
        const first = await run(both, randomChooser(seed, { faults: FAULTS, delays }));
        const again = await run(both, new PicksChooser(first.world.picks, delays));
        expect(essence(again)).toEqual(essence(first));
        expect(again.world.picks).toEqual(first.world.picks);
      }),
      { numRuns: 150 },
    );
  });

  test('from its deviations from what an idle machine does, none of which is left over', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.integer(), fc.boolean(), async (both, seed, delays) => {
        const recorder = new Choices();
        const first = await run(both, randomChooser(seed, { faults: FAULTS, delays }), recorder);
        const follow = new FollowChooser(deviationsOf(recorder.all));
        const again = await run(both, follow);
        expect(essence(again)).toEqual(essence(first));
        expect(follow.drift).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('also when it is left at some instants, and goes on', async () => {
    const inLaps = (program: readonly Action[], chooser: Chooser, recorder: Recorder): Promise<Played> =>
      atMacrotask(() => {
        const played = new Played({ chooser, recorder, keys: true });
        const { world } = played;
        enter(played);
        try {
          world.main(world.process, world.task, () => {
            perform(world, program);
          });
          for (const until of [2, 7, 7, 5, 11]) {
            const ending = world.run(until);
            expect(world.now).toBeLessThanOrEqual(Math.max(until, 7));
            expect(ending === 'quiescent').toBe(world.process.pendingCount() === 0);
          }
          played.ending = world.run();
        } finally {
          leave();
        }
        return played;
      });
    await fc.assert(
      fc.asyncProperty(arbitraryProgram, fc.integer(), fc.boolean(), async (program, seed, delays) => {
        const recorder = new Choices();
        const first = await inLaps(program, randomChooser(seed, { delays }), recorder);
        const follow = new FollowChooser(deviationsOf(recorder.all));
        const again = await inLaps(program, follow, new Choices());
        expect(essence(again)).toEqual(essence(first));
        expect(follow.drift).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('an idle machine deviates nowhere', async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (both) => {
        const recorder = new Choices();
        const first = await run(both, idle, recorder);
        expect(deviationsOf(recorder.all)).toEqual([]);
        expect(essence(await run(both, new FollowChooser([])))).toEqual(essence(first));
      }),
      { numRuns: 100 },
    );
  });

  test('whether choices are recorded, events named or stacks kept makes no difference', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram, fc.integer(), async (program, seed) => {
        const main = (world: World): void => {
          perform(world, program);
        };
        const chooser = (): Chooser => randomChooser(seed);
        const bare = await simulate(main, { chooser: chooser(), identity: false });
        const all = { chooser: chooser(), identity: true, keys: true, stacks: true, recorder: new Choices() };
        const observed = await simulate(main, all);
        expect(essence(observed)).toEqual(essence(bare));
        expect(observed.world.picks).toEqual(bare.world.picks);
      }),
      { numRuns: 100 },
    );
  });

  test('no two events of a run have the same key', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.integer(), async (both, seed) => {
        const keys: string[] = [];
        const recorder: Recorder = {
          choice: () => undefined,
          turn: (_turn, _now, { key }) => keys.push(key),
        };
        await run(both, randomChooser(seed, { faults: FAULTS }), recorder);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).not.toContain('');
      }),
      { numRuns: 50 },
    );
  });

  test('runs that differ have different hashes', async () => {
    const hashes = new Set<string>();
    const program: Action[] = Array.from({ length: 4 }, () => ({ kind: 'io', min: 0, room: 9, then: [] }));
    const labelled = (chooser: Chooser): Promise<Played> =>
      simulate(
        (world) => {
          program.forEach((_, i) => world.complete(`io ${String(i)}`, 0, 9, () => undefined));
        },
        { chooser },
      );
    for (let seed = 0; seed < 300; seed += 1) {
      const chooser = randomChooser(seed, { delays: false });
      hashes.add((await labelled(chooser)).world.hash.toString());
    }
    expect(hashes.size).toBe(24);
  });
});
