import { judge } from 'heddle';
import { describe, expect, it } from 'vitest';
import crashesInOrder, { type Workload } from '../../scenarios/task/crashes-in-order.ts';
import type { Server } from '../../scenarios/task/specimens/servers.ts';
import { ReadyQueue, TaskManager, TaskRunner } from '../../src/systems/index.ts';
import { randomChooser } from '../choosers.ts';
import { crashEverywhere, type Sweep } from '../crash-at.ts';
import { erased } from '../fixtures/runs.ts';

/** Job number i depends on up to three of those before it. */
const jobs = (count: number): number[][] =>
  Array.from({ length: count }, (_, i) => [i - 1, i - 2, i - 3].slice(0, i % 4).filter((each) => each >= 0));

const sweep = (count: number, crashes = 1): Pick<Sweep, 'scenario' | 'subject' | 'workload'> => {
  const workload: Workload = { jobs: jobs(count), crashes };
  return { scenario: erased(crashesInOrder), subject: 'ours', workload };
};

// Some hundred runs of some hundred turns each, on a real SQLite.
describe(
  'the task manager loses nothing, starves nothing and has one effect per task, in dependency order',
  { timeout: 600_000 },
  () => {
    it('when its process crashes at any turn of a run of 20 jobs', async () => {
      const swept = await crashEverywhere({ ...sweep(20), place: 'turn' });
      console.log(`task manager: ${String(swept.places)} turns, a crash after each of them`);
      expect(swept.failed).toEqual([]);
      expect(swept.places).toBeGreaterThan(300);
      expect(swept.crashes).toBe(swept.places);
    });

    it('when it crashes at any storage operation', async () => {
      const swept = await crashEverywhere({ ...sweep(4), place: 'storage operation' });
      console.log(`task manager: ${String(swept.places)} storage operations, a crash at each of them`);
      expect(swept.failed).toEqual([]);
      expect(swept.places).toBeGreaterThan(100);
    });

    it.each([1, 2, 3])('when it crashes at any turn of another interleaving (%i)', async (seed) => {
      const swept = await crashEverywhere({ ...sweep(5), place: 'turn', others: () => randomChooser(seed) });
      expect(swept.failed).toEqual([]);
      expect(swept.places).toBeGreaterThan(50);
    });

    it.each([1, 5, 15])('when it crashes again %i turns after the first crash, while it recovers', async (again) => {
      const swept = await crashEverywhere({ ...sweep(5, 2), place: 'turn', andAgainAfter: again });
      expect(swept.failed).toEqual([]);
      expect(swept.crashes).toBeGreaterThan(swept.places * 1.5);
    });
  },
);

/** Ours, but that it forgets to recover. */
const forgetful: Server = {
  start: async ({ open, sim, receiver }, serve) => {
    const manager = new TaskManager({ repository: await open!(), queue: new ReadyQueue() });
    const perform = async ({ id }: { id: string }): Promise<undefined> => {
      await sim.io('work', { latency: [0, 5] });
      await receiver.apply(id);
    };
    new TaskRunner({ manager, perform, retryMs: 20 }).start();
    serve({ delegate: (id, dependsOn) => manager.delegate({ id, payload: 'work', dependsOn }) });
  },
  apart: () => {
    throw new Error('not here');
  },
};

it('sees what there is to see: without recovery, tasks are lost at many of these turns', async () => {
  const { ours } = crashesInOrder.subjects;
  const subjects = { forgetful: judge((sim) => ({ ...ours!.create(sim), server: forgetful })) };
  const scenario = erased({ ...crashesInOrder, subjects });
  const workload: Workload = { jobs: jobs(5), crashes: 1 };
  const swept = await crashEverywhere({ scenario, subject: 'forgetful', workload, place: 'turn' });
  expect(swept.failed.length).toBeGreaterThan(10);
  expect(swept.failed.filter((each) => !each.includes('violation noneLostOrStarved'))).toEqual([]);
});
