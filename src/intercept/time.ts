import type { MarkOptions, MeasureOptions } from 'node:perf_hooks';
import { replace, replaceGetter } from './replace.ts';
import { world } from './current.ts';
import { real } from './originals.ts';

/** `Date.now()` of the current simulated process; the real one between runs. */
export function dateNow(): number {
  return world === null ? real.dateNow() : Math.floor(world.process.clock.wall(world.now));
}

/** `performance.now()` of the current simulated process, in ms since it started. */
function monotonicNow(): number {
  return world === null ? real.now() : world.process.clock.monotonic(world.now);
}

/** Makes `target` (this realm's Date or one of a vm context) tell simulated time. */
export function simulatedDate(RealDate: DateConstructor): DateConstructor {
  function SimDate(this: unknown, ...args: unknown[]): Date | string {
    // Types know of `new Date` only; `Date()` is legal, too.
    if ((new.target as unknown) === undefined) return new RealDate(dateNow()).toString();
    const constructor = (new.target as unknown) === SimDate ? RealDate : new.target;
    return Reflect.construct(RealDate, args.length === 0 ? [dateNow()] : args, constructor) as Date;
  }
  Object.defineProperties(SimDate, {
    ...Object.getOwnPropertyDescriptors(RealDate),
    name: { value: 'Date', configurable: true },
  });
  replace(SimDate, 'now', dateNow);
  // A Date that was captured before still has `now` routed.
  replace(RealDate, 'now', dateNow);
  Object.defineProperty(RealDate.prototype, 'constructor', { value: SimDate, writable: true, configurable: true });
  return SimDate as unknown as DateConstructor;
}

function interceptPerformance(): void {
  const prototype = Object.getPrototypeOf(performance) as typeof performance;
  const timeOrigin = Object.getOwnPropertyDescriptor(prototype, 'timeOrigin')?.get;
  const { mark, measure, toJSON } = prototype;
  replace(prototype, 'now', monotonicNow);
  replaceGetter(prototype, 'timeOrigin', function (this: unknown) {
    if (world === null)
      return timeOrigin === undefined ? real.dateNow() - real.now() : Reflect.apply(timeOrigin, this, []);
    return dateNow() - monotonicNow();
  });
  replace(prototype, 'mark', function (this: typeof performance, name: string, options?: MarkOptions) {
    const at = world === null ? options : { startTime: monotonicNow(), ...options };
    return Reflect.apply(mark, this, [name, at]) as unknown;
  });
  replace(prototype, 'measure', function (this: typeof performance, name: string, start?: unknown, end?: string) {
    if (world === null || end !== undefined)
      return Reflect.apply(measure, this, [name, start as string, end]) as unknown;
    const options = typeof start === 'string' ? { start } : ((start ?? {}) as MeasureOptions);
    const closed = options.end !== undefined || options.duration !== undefined;
    return Reflect.apply(measure, this, [name, closed ? options : { start: 0, ...options, end: monotonicNow() }]);
  });
  replace(prototype, 'toJSON', function (this: typeof performance) {
    const json = Reflect.apply(toJSON, this, []) as object;
    return world === null ? json : { ...json, timeOrigin: this.timeOrigin };
  });
}

function interceptProcessTime(): void {
  const hrtime = process.hrtime.bind(process);
  const bigint = process.hrtime.bigint.bind(process.hrtime);
  const uptime = process.uptime.bind(process);
  const simulated = (previous?: [number, number]): [number, number] => {
    if (world === null) return hrtime(previous);
    const ns = Math.round(monotonicNow() * 1e6) - (previous === undefined ? 0 : previous[0] * 1e9 + previous[1]);
    return [Math.floor(ns / 1e9), ((ns % 1e9) + 1e9) % 1e9];
  };
  replace(
    process,
    'hrtime',
    Object.assign(simulated, {
      bigint: () => (world === null ? bigint() : BigInt(Math.round(monotonicNow() * 1e6))),
    }),
  );
  replace(process, 'uptime', () => (world === null ? uptime() : monotonicNow() / 1000));
}

function interceptIntl(): void {
  const prototype = Intl.DateTimeFormat.prototype;
  const format = Object.getOwnPropertyDescriptor(prototype, 'format')!.get!;
  const { formatToParts } = prototype;
  const bound = new WeakMap<object, (date?: unknown) => string>();
  replaceGetter(prototype, 'format', function (this: unknown) {
    const original = Reflect.apply(format, this, []) as (date?: unknown) => string;
    let routed = bound.get(original);
    if (routed === undefined) {
      routed = (date?: unknown) => original(date === undefined ? dateNow() : date);
      bound.set(original, routed);
    }
    return routed;
  });
  replace(prototype, 'formatToParts', function (this: Intl.DateTimeFormat, date?: Date | number) {
    return Reflect.apply(formatToParts, this, [date === undefined ? dateNow() : date]);
  });
}

interface TemporalNow {
  readonly Now: Record<string, (zone?: string) => unknown>;
  readonly Instant: {
    fromEpochMilliseconds(ms: number): { toZonedDateTimeISO(zone: string): Record<string, () => unknown> };
  };
}

/** `Temporal.Now` (Node 26). */
function interceptTemporal(): void {
  const temporal = Reflect.get(globalThis, 'Temporal') as TemporalNow | undefined;
  if (temporal === undefined) return;
  const { Now: now, Instant } = temporal;
  const original = { ...Object.fromEntries(Object.getOwnPropertyNames(now).map((name) => [name, now[name]!])) };
  const zoned = (zone?: string): Record<string, () => unknown> =>
    Instant.fromEpochMilliseconds(dateNow()).toZonedDateTimeISO(zone ?? (original['timeZoneId']!() as string));
  const routed: Record<string, (zone?: string) => unknown> = {
    instant: () => Instant.fromEpochMilliseconds(dateNow()),
    zonedDateTimeISO: zoned,
    plainDateTimeISO: (zone) => zoned(zone)['toPlainDateTime']!(),
    plainDateISO: (zone) => zoned(zone)['toPlainDate']!(),
    plainTimeISO: (zone) => zoned(zone)['toPlainTime']!(),
  };
  for (const [name, simulated] of Object.entries(routed)) {
    replace(now, name, (zone?: string) => (world === null ? original[name]!(zone) : simulated(zone)));
  }
}

/** `Event.timeStamp`: the instant of the first reading, which within a turn is the instant of creation. */
function interceptEventTime(): void {
  const original = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp')!.get!;
  const stamps = new WeakMap<object, number>();
  replaceGetter(Event.prototype, 'timeStamp', function (this: unknown) {
    const event = this as object;
    const known = stamps.get(event);
    if (known !== undefined) return known;
    if (world === null) return Reflect.apply(original, event, []);
    const stamp = monotonicNow();
    stamps.set(event, stamp);
    return stamp;
  });
}

/** Routes every source of time that a program can read. */
export function interceptTime(): void {
  replace(globalThis, 'Date', simulatedDate(Date));
  interceptPerformance();
  interceptProcessTime();
  interceptIntl();
  interceptTemporal();
  interceptEventTime();
}
