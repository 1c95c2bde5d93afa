import { expect, it } from 'vitest';
import { atRest, type Sim } from 'heddle';
import { verdictOf } from '../fixtures/runs.ts';
import { small } from '../fixtures/small.ts';

it('what serves a call dies with the process that it is served in, also in the middle of a call of its own', async () => {
  const went: string[] = [];
  const verdict = await verdictOf(
    small({
      subject: () => went.splice(0),
      body: async (sim: Sim) => {
        const server = sim.process('server');
        const store = sim.device('store', { save: () => went.push('saved') }, { latency: 5 });
        const handler = {
          handle: async (): Promise<void> => {
            await store.save();
            went.push('went on');
          },
        };
        const api = sim.device('api', handler, { latency: 1, in: server });
        const call = sim.attempt('handle', {}, () => api.handle());
        await sim.sleep(3);
        server.crash();
        expect((await call).ok).toBe(false);
        await sim.sleep(100);
      },
      invariants: [atRest('dead', () => went.join() === 'saved' || went.join())],
    }),
  );
  expect(verdict).toEqual({ kind: 'holds' });
});
