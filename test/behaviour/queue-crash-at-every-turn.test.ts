import { describe, expect, it } from 'vitest';
import scenarios from '../../scenarios/queue/crashes.ts';
import { randomChooser } from '../choosers.ts';
import { crashEverywhere, type Sweep } from '../crash-at.ts';
import { erased } from '../fixtures/runs.ts';

const [crashes, crashesInOrder] = scenarios;

/** Job number i depends on up to three of those before it. */
const jobs = (count: number): number[][] =>
  Array.from({ length: count }, (_, i) => [i - 1, i - 2, i - 3].slice(0, i % 4).filter((each) => each >= 0));

const sweep = (count: number, crashes_ = 1): Pick<Sweep, 'scenario' | 'subject' | 'workload'> => ({
  scenario: erased(crashesInOrder),
  subject: 'ours',
  workload: { jobs: jobs(count), crashes: crashes_ },
});

// Some hundred runs of some hundred turns each, on a real SQLite: seconds on an idle machine.
describe(
  'the job queue loses nothing, starves nothing and has one effect per job, in dependency order',
  { timeout: 600_000 },
  () => {
    it('when its process crashes at any turn of a run of 20 jobs', async () => {
      const swept = await crashEverywhere({ ...sweep(20), place: 'turn' });
      console.log(`${String(swept.places)} turns, a crash after each of them`);
      expect(swept.failed).toEqual([]);
      expect(swept.places).toBeGreaterThan(300);
      expect(swept.crashes).toBe(swept.places);
    });

    it('when it crashes at any storage operation', async () => {
      const swept = await crashEverywhere({ ...sweep(6), place: 'storage operation' });
      console.log(`${String(swept.places)} storage operations, a crash at each of them`);
      expect(swept.failed).toEqual([]);
      expect(swept.places).toBeGreaterThan(100);
    });

    it.each([1, 2, 3])('when it crashes at any turn of another interleaving (%i)', async (seed) => {
      const others = () => randomChooser(seed);
      const swept = await crashEverywhere({ ...sweep(5), place: 'turn', others });
      expect(swept.failed).toEqual([]);
      expect(swept.places).toBeGreaterThan(50);
    });

    it.each([1, 4, 12])(
      'when it crashes again %i turns after the first crash, while it recovers',
      async (andAgainAfter) => {
        const swept = await crashEverywhere({ ...sweep(5, 2), place: 'turn', andAgainAfter });
        expect(swept.failed).toEqual([]);
        expect(swept.crashes).toBeGreaterThan(swept.places * 1.5);
      },
    );
  },
);

describe('the sweep sees what there is to see', () => {
  it.each(['as-found', 'as-documented'])('%s loses jobs in a crash', async (subject) => {
    const workload = { jobs: [[], [], []], crashes: 1 };
    const swept = await crashEverywhere({ scenario: erased(crashes), subject, workload, place: 'turn' });
    expect(swept.failed.length).toBeGreaterThan(0);
    expect(swept.failed.filter((each) => !each.includes('violation nothingIsLost'))).toEqual([]);
  });
});
