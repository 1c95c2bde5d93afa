import fc from 'fast-check';
import { always } from '../invariant/always.ts';
import { explore } from '../check/explore.ts';
import { hold, scenario, type Scenario } from '../scenario/scenario.ts';
import { real } from '../intercept/originals.ts';
import { strategyNamed } from '../schedule/strategies.ts';

/** Schedules of one measurement. */
export const SCHEDULES = 5_000;
const LIMIT = 100;

/** Two requests of 60 with room for 100: read, then reserve if there seems to be room. The race of seed 000. */
class Budget {
  reserved = 0;
  approved = 0;

  async request(read: () => Promise<unknown>): Promise<void> {
    const seen = this.reserved;
    await read();
    if (seen + 60 > LIMIT) return;
    this.reserved += 60;
    this.approved += 1;
  }
}

/** The ways in which fast-check's scheduler can be told to run everything. */
export type FastCheckWait = 'waitAll' | 'waitIdle' | 'waitFor';

/** With fast-check's own scheduler, as its documentation has it. The race is counted, not asserted. Returns real ms. */
export async function fastCheckSchedules(wait: FastCheckWait): Promise<number> {
  let races = 0;
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const budget = new Budget();
    // Requests arrive in either order, as the scenario's clients do: two places to choose at each.
    const request = async (): Promise<void> => {
      await scheduler.schedule(Promise.resolve());
      await budget.request(() => scheduler.schedule(Promise.resolve()));
    };
    const requests = Promise.all([request(), request()]);
    if (wait === 'waitFor') await scheduler.waitFor(requests);
    else await scheduler[wait]();
    await requests;
    if (budget.reserved > LIMIT) races += 1;
  });
  const began = real.now();
  await fc.assert(property, { numRuns: SCHEDULES, seed: 7 });
  const elapsed = real.now() - began;
  if (races === 0) throw new Error('the race was never seen: the benchmark measures something else');
  return elapsed;
}

const typed = scenario({
  name: 'bench/budget-race',
  subjects: { budget: hold(() => new Budget()) },
  workload: fc.constant(null),
  body: async ({ sim, subject }) => {
    await sim.clients([1, 2], () => subject.request(() => sim.io('read')));
  },
  invariants: [always<Budget>('counts', ({ subject }) => subject.approved * 60 === subject.reserved)],
});
const race = typed as Scenario;

/** The same requests as a scenario, with everything that `heddle run` does with it. Returns real ms. */
export async function heddleSchedules(): Promise<number> {
  const campaign = { scenario: race.name, subject: 'budget', seed: '7', strategy: 'random', runs: SCHEDULES };
  const chunk = { campaign, from: 0, to: SCHEDULES, knowledge: strategyNamed('random').initial, samples: [] };
  const began = real.now();
  const result = await explore(race, chunk, { cells: null });
  const elapsed = real.now() - began;
  if (result.hashes.length !== SCHEDULES) throw new Error('a run failed: the benchmark measures something else');
  return elapsed;
}
