import { describe, expect, it } from 'vitest';
import { refusal, withQueue } from './opened.ts';

describe('close', () => {
  it('waits for the calls that were made before it, so that the session can be closed', async () => {
    const seen = await withQueue(async ({ queue, session, connect, another, sim }) => {
      const writer = connect();
      await writer.run('BEGIN IMMEDIATE');
      const enqueued = queue.enqueue({ id: 'a' });
      const closed = (async () => {
        await queue.close();
        const at = sim.now;
        await session.close();
        return at;
      })();
      await sim.sleep(300);
      await writer.run('COMMIT');
      const answers = [await enqueued, (await closed) >= 300];
      return { answers, counts: await (await another()).counts() };
    });
    expect(seen.answers).toEqual([true, true]);
    expect(seen.counts.pending).toBe(1);
  });

  it('ends what waits for an attempt of another process, at once', async () => {
    const seen = await withQueue(async ({ queue, session, another, sim }) => {
      await queue.enqueueAll([{ id: 'a' }, { id: 'b' }]);
      const other = await another();
      other.start(async () => {
        await sim.sleep(20_000);
        return 'submitted';
      });
      await sim.sleep(10);
      const codes = [refusal(queue.cancel('a')), refusal(queue.pause())];
      await sim.sleep(10);
      await queue.close();
      const at = sim.now;
      await session.close();
      return { at, codes: await Promise.all(codes) };
    });
    expect(seen.codes).toEqual(['closed', 'closed']);
    expect(seen.at).toBeLessThan(100);
  });
});
