import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import * as documented from '../../../scenarios/supervise/specimens/as-documented.ts';
import * as found from '../../../scenarios/supervise/specimens/as-found.ts';
import { OtpSupervisor } from '../../../scenarios/supervise/specimens/otp-supervisor.ts';
import { resultOf } from '../../in-world.ts';
import { Stage } from './scripted-child.ts';

/** What the scenarios must see of the specimens, each shown by itself. */

const options = { maxConcurrency: 2, timeout: 50 };

const specimens = [
  ['as found', () => new found.BatchOperations()],
  [
    'as documented',
    () => {
      const supervisor = new documented.TaskSupervisor();
      return new documented.BatchOperations(() => supervisor);
    },
  ],
] as const;

describe.each(specimens)('batches %s', (_, create) => {
  it('give ordered results, and say which failed and which were too slow', () =>
    resultOf(async () => {
      const work = async (ms: number): Promise<number> => {
        await sleep(Math.abs(ms));
        if (ms < 0) throw new Error('fails');
        return ms;
      };
      const results = await create().parallelMap([20, -5, 10, 100, 1], work, options);
      expect(results).toEqual([{ ok: 20 }, { exit: new Error('fails') }, { ok: 10 }, { exit: 'timeout' }, { ok: 1 }]);
    }));

  it('give the place of a child that is too slow away while it still runs', () =>
    resultOf(async () => {
      let running = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        running += 1;
        most = Math.max(most, running);
        await sleep(200);
        running -= 1;
      };
      await create().parallelMap([1, 2, 3], work, options);
      expect(most).toBe(3);
    }));
});

describe('the documented supervisor of tasks', () => {
  it('ends its children when it ends, but not those that were started without it', () =>
    resultOf(async () => {
      const supervisor = new documented.TaskSupervisor();
      const batch = new documented.BatchOperations(() => (supervisor.alive ? supervisor : null));
      const aborted: string[] = [];
      const work = async (name: string, signal: AbortSignal): Promise<void> => {
        signal.addEventListener('abort', () => aborted.push(name));
        await sleep(20);
      };
      const before = batch.parallelMap(['before'], work, options);
      await supervisor.stop();
      const after = batch.parallelMap(['after'], work, options);
      await Promise.all([before, after]);
      expect(aborted).toEqual(['before']);
      expect(batch.warnings).toHaveLength(1);
    }));
});

describe('the supervisor of OTP', () => {
  it('starts in order, restarts the rest, and stops in reverse', () =>
    resultOf(async () => {
      const stage = new Stage();
      const supervisor = new OtpSupervisor(['a', 'b', 'c'].map(otp(stage)), 'rest-for-one');
      await supervisor.start();
      stage.life('b').fail(new Error('crash'));
      await sleep(10);
      await supervisor.stop();
      expect(stage.log).toEqual([
        ...['start a', 'start b', 'start c'],
        ...['stop c', 'down c', 'start b', 'start c'],
        ...['stop c', 'down c', 'stop b', 'down b', 'stop a', 'down a'],
      ]);
    }));

  it('does not stop before a child has started', () =>
    resultOf(async () => {
      const stage = new Stage();
      const slow = stage.spec('a', { startMs: 1_000 });
      const supervisor = new OtpSupervisor([{ id: 'a', start: () => otpStart(slow) }], 'one-for-one');
      void supervisor.start();
      await supervisor.stop();
      expect(performance.now()).toBeGreaterThanOrEqual(1_000);
    }));
});

type Spec = ReturnType<Stage['spec']>;
const otpStart = async (spec: Spec): ReturnType<ConstructorParameters<typeof OtpSupervisor>[0][number]['start']> =>
  await spec.start({ signal: new AbortController().signal });

function otp(stage: Stage): (id: string) => { id: string; start: () => ReturnType<typeof otpStart> } {
  return (id) => {
    const spec = stage.spec(id);
    return { id, start: () => otpStart(spec) };
  };
}
