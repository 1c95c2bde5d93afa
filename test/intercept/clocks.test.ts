import { performance as imported } from 'node:perf_hooks';
import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { EPOCH } from '../../src/kernel/clock.ts';
import { resultOf } from '../in-world.ts';

/** What `read` sees 1234 virtual ms into a run. */
const later = <T>(read: () => T): Promise<T> =>
  resultOf(
    () =>
      new Promise<T>((resolve) => {
        setTimeout(() => {
          resolve(read());
        }, 1234);
      }),
  );
const NOW = EPOCH + 1234;

describe('Date', () => {
  test('tells virtual time in every form', async () => {
    const seen = await later(() => [
      Date.now(),
      new Date().getTime(),
      +new Date(Date.now()),
      (Reflect.construct(Date, []) as Date).getTime(),
      Date() === new Date(NOW).toString(),
      typeof Date(),
    ]);
    expect(seen).toEqual([NOW, NOW, NOW, NOW, true, 'string']);
  });

  test('is constructed from anything as ever', async () => {
    const seen = await later(() => [
      new Date(0).toISOString(),
      new Date('2020-02-03T04:05:06.007Z').getTime(),
      new Date(2020, 1, 3).getMonth(),
      Number.isNaN(new Date(NaN).getTime()),
      Number.isNaN(new Date(undefined as unknown as number).getTime()),
      Date.UTC(2020, 0, 1),
      Date.parse('2020-01-01T00:00:00Z'),
      Date.length,
      Date.name,
    ]);
    expect(seen).toEqual([
      '1970-01-01T00:00:00.000Z',
      1580702706007,
      1,
      true,
      true,
      ...Array<number>(2).fill(1577836800000),
      7,
      'Date',
    ]);
  });

  test('a class that extends it tells virtual time and keeps its methods', async () => {
    class Stamp extends Date {
      since(other: Date): number {
        return this.getTime() - other.getTime();
      }
    }
    const seen = await later(() => {
      const stamp = new Stamp();
      return [stamp.since(new Date(EPOCH)), stamp instanceof Stamp, stamp instanceof Date, stamp.constructor === Stamp];
    });
    expect(seen).toEqual([1234, true, true, true]);
  });

  test('clones and what Node itself makes are instances of it', async () => {
    const seen = await later(() => {
      const clone = structuredClone({ at: new Date() });
      return [
        clone.at.getTime(),
        clone.at instanceof Date,
        clone.at.constructor === Date,
        new Date().constructor === Date,
      ];
    });
    expect(seen).toEqual([NOW, true, true, true]);
  });

  test('one that was captured before the installation has its now() routed', async () => {
    const { real } = await import('../../src/intercept/originals.ts');
    expect(await later(() => real.Date.now())).toBe(NOW);
  });

  test('tells virtual time in vm contexts of all makes, which are none the worse for it', async () => {
    const seen = await later(() => {
      const context = vm.createContext({ answer: 42 });
      return [
        vm.runInContext('Date.now()', context),
        vm.runInContext('new Date().getTime() + answer', context),
        vm.runInNewContext('Date.now()'),
        vm.runInNewContext('Date.now() + n', { n: 1 }),
        new vm.Script('+new Date()').runInNewContext({}),
        vm.runInThisContext('Date.now()'),
        vm.runInContext('new Date() instanceof Date', context),
        vm.isContext(vm.createContext(context)),
      ] as unknown[];
    });
    expect(seen).toEqual([NOW, NOW + 42, NOW, NOW + 1, NOW, NOW, true, true]);
  });

  test('Math.random of a vm context draws from the run', async () => {
    const draw = (): unknown => vm.runInNewContext('[Math.random(), Math.random()]');
    expect(JSON.stringify(await resultOf(draw))).toBe(JSON.stringify(await resultOf(draw)));
  });
});

describe('monotonic clocks', () => {
  test('performance.now() of the global, of node:perf_hooks and of a saved object count from the start of the process', async () => {
    const saved = performance;
    expect(await later(() => [performance.now(), imported.now(), saved.now()])).toEqual([1234, 1234, 1234]);
  });

  test('timeOrigin + now() is Date.now(); toJSON() says the same', async () => {
    const seen = await later(() => [
      performance.timeOrigin,
      performance.timeOrigin + performance.now(),
      (performance.toJSON() as { timeOrigin: number }).timeOrigin,
    ]);
    expect(seen).toEqual([EPOCH, NOW, EPOCH]);
  });

  test('marks and measures are made at the virtual instant', async () => {
    const seen = await resultOf(
      () =>
        new Promise((resolve) => {
          setTimeout(() => performance.mark('from'), 20);
          setTimeout(() => {
            const mark = performance.mark('to');
            const measure = performance.measure('span', 'from');
            const whole = performance.measure('whole');
            const both = performance.measure('both', 'from', 'to');
            const options = performance.measure('options', { start: 'from', duration: 7 });
            performance.clearMarks();
            performance.clearMeasures();
            resolve([mark.startTime, measure.duration, whole.duration, both.duration, options.duration]);
          }, 50);
        }),
    );
    expect(seen).toEqual([50, 30, 50, 30, 7]);
  });

  test('process.hrtime, its bigint and its differences', async () => {
    const seen = await later(() => [
      process.hrtime(),
      process.hrtime.bigint(),
      process.hrtime([0, 234_000_001]),
      process.hrtime([1, 200_000_000]),
    ]);
    expect(seen).toEqual([[1, 234_000_000], 1_234_000_000n, [0, 999_999_999], [0, 34_000_000]]);
  });

  test('process.uptime() counts from the start of the simulated process', async () => {
    expect(await later(() => process.uptime())).toBe(1.234);
  });

  test('Event.timeStamp is the virtual instant of the event', async () => {
    const seen = await later(() => {
      const event = new Event('happened');
      return [event.timeStamp, event.timeStamp];
    });
    expect(seen).toEqual([1234, 1234]);
  });
});

describe('formatting without a date', () => {
  test('Intl.DateTimeFormat formats the virtual instant', async () => {
    const seen = await later(() => {
      const format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is a getter that binds
      const { format: detached } = format;
      return [
        format.format() === format.format(new Date()),
        detached() === format.format(NOW),
        detached(0).includes('1970'),
        format.formatToParts().find(({ type }) => type === 'year')?.value,
        new Date().toLocaleTimeString('en', { timeZone: 'UTC' }),
      ];
    });
    expect(seen).toEqual([true, true, true, '2025', '12:00:01 AM']);
  });

  interface ZonedNow {
    readonly epochMilliseconds: number;
  }
  const temporal = Reflect.get(globalThis, 'Temporal') as
    | {
        readonly Now: Record<'instant' | 'zonedDateTimeISO', () => ZonedNow> &
          Record<'plainDateISO', (zone: string) => { toString(): string }>;
      }
    | undefined;

  if (temporal !== undefined)
    test('Temporal.Now tells virtual time', async () => {
      const { Now: now } = temporal;
      const seen = await later(() => [
        now.instant().epochMilliseconds,
        now.zonedDateTimeISO().epochMilliseconds,
        now.plainDateISO('UTC').toString(),
      ]);
      expect(seen).toEqual([NOW, NOW, '2025-01-01']);
    });
});

describe('outside of a run', () => {
  test('every clock is the real one', () => {
    const year = new Date().getFullYear();
    expect(year).toBeGreaterThan(2025);
    expect(Math.abs(Date.now() - (performance.timeOrigin + performance.now()))).toBeLessThan(60_000);
    expect(process.hrtime()[0] + 1).toBeGreaterThan(Number(process.hrtime.bigint() / 1_000_000_000n) - 60);
    expect(process.uptime()).toBeGreaterThan(0);
    expect(new Intl.DateTimeFormat('en', { year: 'numeric' }).format()).toBe(String(year));
    expect(Number(vm.runInNewContext('new Date().getFullYear()'))).toBe(year);
    expect(new Event('x').timeStamp).toBeLessThanOrEqual(performance.now());
    expect(performance.mark('outside').startTime).toBeLessThanOrEqual(performance.now());
    performance.clearMarks();
  });
});
