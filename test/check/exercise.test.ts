import { always, fc, noDoubleGrant, noOverspend, noPartialMigration, scenario, judge, type Sim } from 'heddle';
import { describe, expect, it } from 'vitest';
import { doubts } from '../../src/check/exercise.ts';
import { erased, hunted, type Hunting } from '../fixtures/runs.ts';
import { small } from '../fixtures/small.ts';

/** What is doubtful about a campaign, none of whose runs fails. */
async function doubtsOf(hunting: Hunting, runs: number = 60): Promise<readonly string[]> {
  const { failure, exercise } = await hunted({ ...hunting, runs });
  expect(failure).toBeNull();
  return doubts(exercise, runs);
}

const twice = (sim: Sim, run: (name: string) => unknown): Promise<void> =>
  sim.clients([1, 2], async (_, name) => {
    await run(name);
  });

describe('a campaign is doubtful', () => {
  it('in which nobody is granted anything', async () => {
    const asking = (granted: boolean): Hunting =>
      small({
        body: (sim) =>
          twice(sim, (resource) =>
            sim.op('acquire', { resource }, async () => {
              await sim.io('ask');
              return granted ? {} : null;
            }),
          ),
        invariants: [noDoubleGrant()],
      });
    const doubt = 'noDoubleGrant was never put to the test: nothing that it judges happened';
    expect(await doubtsOf(asking(false))).toEqual([doubt]);
    expect(await doubtsOf(asking(true))).toEqual([]);
  });

  it('in which nothing is approved', async () => {
    const reserving = (approved: boolean): Hunting =>
      small({
        body: (sim) => twice(sim, (id) => sim.op('reserve', { id, amount: 1 }, () => ({ approved }))),
        invariants: [noOverspend({ limit: 10 })],
      });
    const doubt = 'noOverspend was never put to the test: nothing that it judges happened';
    expect(await doubtsOf(reserving(false))).toEqual([doubt]);
    expect(await doubtsOf(reserving(true))).toEqual([]);
  });

  it('in which nobody looks at the schema', async () => {
    const looking = (looks: boolean): Hunting =>
      small({
        body: (sim) =>
          twice(sim, () => {
            sim.tell(looks ? 'schema' : 'other', { schema: [], version: 0 });
          }),
        invariants: [noPartialMigration({ versions: { 0: [] } })],
      });
    const doubt = 'noPartialMigration was never put to the test: nothing that it judges happened';
    expect(await doubtsOf(looking(false))).toEqual([doubt]);
    expect(await doubtsOf(looking(true))).toEqual([]);
  });

  it('in which nothing is done or told', async () => {
    const idle = small({
      body: (sim) => twice(sim, () => sim.io('think')),
      invariants: [always('right', () => true)],
    });
    expect(await doubtsOf(idle)).toEqual(['no operation was performed and no fact told']);
  });

  it('in which an operation is called in a way that it was not made for, but not if it merely fails', async () => {
    const failing = (error: Error): Hunting =>
      small({
        body: (sim) =>
          twice(sim, () =>
            sim.attempt('save', {}, () => {
              throw error;
            }),
          ),
      });
    expect(await doubtsOf(failing(new TypeError('save is not a function')))).toEqual([
      'operation save threw a TypeError or the like every time',
    ]);
    expect(await doubtsOf(failing(new Error('the disk is full')))).toEqual([]);
  });

  it('in which there is nothing to choose, neither in the order nor in the workload', async () => {
    const one = (workload: fc.Arbitrary<number>): Hunting => ({
      scenario: erased(
        scenario({
          name: 'alone/one',
          subjects: { it: judge(() => null) },
          workload,
          body: ({ sim, workload: n }) => sim.op('step', { n }, () => n).then(() => undefined),
        }),
      ),
      subject: 'it',
    });
    expect(await doubtsOf(one(fc.constant(1)))).toEqual([
      'there was nothing to choose: no two events were ever possible at once, and the workload is always the same',
    ]);
    expect(await doubtsOf(one(fc.constant(1)), 1)).toEqual([]);
    expect(await doubtsOf(one(fc.nat(100)))).toEqual([]);
  });

  it('in which a fault that is declared never strikes', async () => {
    const never = small({
      body: async (sim) => {
        const store = sim.device('store', { save: () => Promise.resolve() }, { faults: ['lost request'] });
        await sim.op('save', {}, () => store.save()).catch(() => undefined);
      },
    });
    const doubt = 'lost request might have struck, and never did';
    expect(await doubtsOf({ ...never, strategy: 'context-bounded' }, 600)).toContain(doubt);
    expect(await doubtsOf({ ...never, strategy: 'random' }, 600)).not.toContain(doubt);
    // That it did not strike in few runs may be chance.
    expect(await doubtsOf({ ...never, strategy: 'context-bounded' }, 60)).not.toContain(doubt);
  });
});
