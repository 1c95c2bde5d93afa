import { describe, expect, it } from 'vitest';
import { withinTime } from '../../../src/systems/connection/within-time.ts';
import { resultOf, simulate } from '../../in-world.ts';

const errors = {
  timedOut: () => new Error('timed out'),
  aborted: (reason: unknown) => new Error(`aborted: ${String(reason)}`),
};
const sleep = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));
const message = (error: unknown): string => (error as Error).message;

describe('withinTime', () => {
  it('settles as the work does, and leaves no timer and no listener', async () => {
    const played = await simulate(async (world) => {
      const { signal } = new AbortController();
      const value = await withinTime(50, () => sleep(10, 'done'), { ...errors, signals: [signal, undefined] });
      const failed = await withinTime(50, () => Promise.reject(new Error('no')), errors).catch(message);
      const thrown = await withinTime(
        50,
        () => {
          throw new Error('at once');
        },
        errors,
      ).catch(message);
      return { value, failed, thrown, timers: [...world.armedTimers()].length };
    });
    expect(played.result).toEqual({ value: 'done', failed: 'no', thrown: 'at once', timers: 0 });
  });

  it('ends at its time whatever the work does, and tells it so', async () => {
    const seen = await resultOf(async (world) => {
      let told: AbortSignal | undefined;
      const deaf = (signal: AbortSignal): Promise<never> => {
        told = signal;
        return new Promise(() => undefined);
      };
      const outcome = await withinTime(50, deaf, errors).catch(message);
      return { outcome, at: world.now, told: told?.aborted, why: message(told?.reason) };
    });
    expect(seen).toEqual({ outcome: 'timed out', at: 50, told: true, why: 'timed out' });
  });

  it('ends when a signal aborts, at once if it has', async () => {
    const seen = await resultOf(async (world) => {
      const abort = new AbortController();
      const waiting = withinTime(Infinity, () => new Promise(() => undefined), {
        ...errors,
        signals: [undefined, abort.signal],
      });
      setTimeout(() => {
        abort.abort('enough');
      }, 5);
      const first = await waiting.catch(message);
      let begun = false;
      const begin = (): void => {
        begun = true;
      };
      const second = await withinTime(5, begin, { ...errors, signals: [abort.signal] }).catch(message);
      return [first, second, begun, world.now];
    });
    expect(seen).toEqual(['aborted: enough', 'aborted: enough', false, 5]);
  });

  it('gives what comes too late to be disposed of, and forgets what fails too late', async () => {
    const late: string[] = [];
    const played = await simulate(async () => {
      const terms = { ...errors, late: (value: string) => late.push(value) };
      await withinTime(10, () => sleep(20, 'orphan'), terms).catch(message);
      await withinTime(10, async () => Promise.reject(new Error(await sleep(20, 'no'))), terms).catch(message);
      await sleep(50, null);
    });
    expect(late).toEqual(['orphan']);
    expect(played.errors).toEqual([]);
  });
});
