import { studentT } from './student-t.ts';

/** A mean with its two-sided 95 % confidence interval; the interval is null where a single value says nothing of it. */
export interface Estimate {
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | null;
}

const TWO_SIDED = 0.975;
const ONE_SIDED = 0.95;
/** The same for the normal distribution. */
const NORMAL_TWO_SIDED = 1.959964;
const NORMAL_ONE_SIDED = 1.644854;

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard error of the logarithm of the mean, by the delta method: that of the mean, in parts of the mean. */
function logError(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length) / mean;
}

/**
 * The mean number of schedules of some trials. Such counts are about geometric: so skewed that `mean ± t · error` is
 * too low at both ends for 20 trials. The interval is made on the logarithm of the mean instead (Meeker and Escobar,
 * Statistical Methods for Reliability Data, 1998, section 7.3), with Student's t. It needs no resampling, and no belief
 * that the counts are exactly geometric, which they are not where a strategy learns.
 */
export function estimate(values: readonly number[]): Estimate {
  const mean = meanOf(values);
  const { length } = values;
  if (length < 2) return { mean, interval: null };
  // First schedule every time: the spread says nothing. A bug of probability p does so in p^n of all cases (Clopper and Pearson).
  if (mean === 1) return { mean, interval: [1, (1 - TWO_SIDED) ** (-1 / length)] };
  const factor = Math.exp(studentT(TWO_SIDED, length - 1) * logError(values));
  // Nothing is found before the first schedule.
  return { mean, interval: [Math.max(1, mean / factor), mean * factor] };
}

/** What the mean exceeds with 95 % confidence; null for a single value. */
export function lowerBound(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  return meanOf(values) / Math.exp(studentT(ONE_SIDED, values.length - 1) * logError(values));
}

/**
 * The geometric mean of the mean numbers of schedules of several programs, with the interval that follows from the
 * trials of each: the programs are these and no sample of others.
 */
export function geometricMean(programs: readonly (readonly number[])[]): Estimate {
  const mean = Math.exp(meanOf(programs.map((values) => Math.log(meanOf(values)))));
  if (programs.some(({ length }) => length < 2)) return { mean, interval: null };
  const variance = programs.reduce((sum, values) => sum + logError(values) ** 2, 0) / programs.length ** 2;
  const factor = Math.exp(NORMAL_TWO_SIDED * Math.sqrt(variance));
  return { mean, interval: [Math.max(1, mean / factor), mean * factor] };
}

/**
 * Whether the mean is above a published one beyond what chance explains in both (one-sided, 95 %, on logarithms): of that
 * one only its number of trials is known, and that it was rounded. Schedules to the first bug are about geometric, so
 * its standard error is taken as the geometric distribution has it, and its value as the largest that rounds to it.
 */
export function isAbove(values: readonly number[], published: number, trials: number): boolean {
  if (values.length < 2) return false;
  const largest = published + 0.5;
  const error = Math.sqrt((largest - 1) / largest / trials);
  return Math.log(meanOf(values) / largest) > NORMAL_ONE_SIDED * Math.hypot(logError(values), error);
}
