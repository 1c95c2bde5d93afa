// Packages as npm installs them: unmodified, and imported after the installation as a subject's would be.
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { Bench } from 'tinybench';
import writeFileAtomic from 'write-file-atomic';
import { describe, expect, test } from 'vitest';
import { resultOf, simulateWatched } from '../in-world.ts';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('unmodified packages', () => {
  test('tinybench measures virtual time: each task takes what it sleeps, without a deviation', async () => {
    const { result, escapes, uncaught } = await simulateWatched(async () => {
      const bench = new Bench({ iterations: 10, time: 100, warmup: false });
      bench.add('five', () => sleep(5)).add('twenty', () => sleep(20));
      await bench.run();
      return bench.tasks.map(({ name, result: measured }) =>
        measured.state === 'completed'
          ? [name, measured.latency.mean, measured.latency.samplesCount]
          : [name, measured.state],
      );
    });
    expect([escapes, uncaught]).toEqual([[], []]);
    expect(result).toEqual([
      ['five', 5, 20],
      ['twenty', 20, 10],
    ]);
  });

  test('fast-check runs an asynchronous property with a timeout in virtual time', async () => {
    const { result, escapes } = await simulateWatched(async () => {
      const property = fc.asyncProperty(fc.integer({ min: 0, max: 10_000 }), (ms) => sleep(ms));
      const { failed, counterexample } = await fc.check(property, { seed: 1, timeout: 5000, numRuns: 50 });
      return [failed, counterexample, performance.now() >= 5000];
    });
    expect(escapes).toEqual([]);
    expect(result).toEqual([true, [5000], true]);
  });

  test('seedrandom without a seed draws its entropy from the run', async () => {
    const draw = (): number => seedrandom()();
    expect(await resultOf(draw)).toBe(await resultOf(draw));
  });

  test('write-file-atomic is an escape, at its first touch of the file system', async () => {
    const { escapes } = await simulateWatched(() => {
      writeFileAtomic('/nowhere/at/all', 'x').catch(() => undefined);
    });
    // First it watches for signals, then it opens the file.
    expect(escapes.map(({ resource }) => resource)).toEqual(expect.arrayContaining(['SIGNALWRAP', 'FSREQCALLBACK']));
    expect(escapes[0]!.site).toContain('node_modules');
  });
});
