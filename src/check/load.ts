import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { register as registerCommonJs } from 'tsx/cjs/api';
import { register, type NamespacedUnregister } from 'tsx/esm/api';
import { HeddleError } from '../kernel/errors.ts';
import { whileLoading } from '../intercept/load-timers.ts';
import type { Requirement } from '../scenario/requirement.ts';
import { guarded } from '../schedule/guard.ts';
import { isStrategyFile, setStrategy } from '../schedule/strategies.ts';
import type { Strategy } from '../schedule/strategy.ts';
import { isScenario, type Expectation, type Scenario } from '../scenario/scenario.ts';

/** What is known of a scenario without running it. */
export interface ScenarioInfo {
  readonly name: string;
  readonly file: string;
  readonly ids: readonly string[];
  readonly about: string;
  readonly runs: number;
  /** It lists workloads of which all schedules can be run. */
  readonly exhaustible: boolean;
  /** Left out unless a pattern names it. */
  readonly onRequest: boolean;
  /** The strategy that it asks for itself. */
  readonly strategy?: string;
  readonly isolation: 'shared' | 'worker';
  readonly requires: readonly Requirement[];
  readonly subjects: readonly {
    readonly name: string;
    readonly expect: Expectation;
    readonly invariant?: string;
    /** The completed line on which its counterexample rests. */
    readonly restsOn?: string;
  }[];
  /** Names of its `sometimes` invariants. */
  readonly sometimes: readonly string[];
}

const DEFAULT_RUNS = 1000;
const DEFAULT_EXHAUSTIVE_RUNS = 10_000;

/** Loads one scenario file, TypeScript or JavaScript; throws a HeddleError when it holds no scenario. */
export async function loadScenarios(file: string): Promise<Scenario[]> {
  const loaded = (await whileLoading(() => importFile(file))) as {
    default?: unknown;
  };
  const scenarios = [unwrapped(loaded.default)].flat();
  if (scenarios.length > 0 && scenarios.every(isScenario)) return scenarios;
  throw new HeddleError({
    code: 'NO_SCENARIO',
    expected: `a scenario as the default export of ${file}`,
    received: loaded.default === undefined ? 'no default export' : typeof loaded.default,
    next: 'Write `export default scenario({ … })`, or an array of scenarios.',
  });
}

/**
 * Makes the strategy known that a campaign names, where it is a file of the user's; throws a HeddleError with code
 * `BAD_STRATEGY` when the file holds none.
 */
export async function prepareStrategy(name: string | undefined): Promise<void> {
  if (name === undefined || !isStrategyFile(name) || prepared.has(name)) return;
  let found: unknown;
  try {
    found = ((await importFile(name)) as { default?: unknown }).default;
  } catch (error) {
    throw badStrategy(name, error);
  }
  const strategy = [found, (found as { default?: unknown } | undefined)?.default].find(isStrategy);
  if (strategy === undefined) throw badStrategy(name, found === undefined ? 'no default export' : typeof found);
  prepared.add(name);
  setStrategy(name, guarded(strategy, name));
}

const prepared = new Set<string>();

function isStrategy(value: unknown): value is Strategy {
  const { name, chooser, learn } = (value ?? {}) as Partial<Strategy>;
  return typeof name === 'string' && typeof chooser === 'function' && typeof learn === 'function';
}

function badStrategy(file: string, error: unknown): HeddleError {
  // The file may have a copy of heddle of its own: its errors are known by their name.
  if (error instanceof Error && error.name === 'HeddleError') return new HeddleError(error as HeddleError);
  const lines = String(error)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const received = lines.slice(0, 2).join(' ');
  return new HeddleError({
    code: 'BAD_STRATEGY',
    expected: `a strategy as the default export of ${file}`,
    received,
    next: 'Write `export default strategy({ … })`, see docs/strategies.md.',
  });
}

let loader: NamespacedUnregister | null = null;

/** Files of one thread share what they import: heddle itself, above all, is loaded once and not once a file. */
function importFile(file: string): Promise<unknown> {
  if (loader === null) {
    const namespace = 'heddle';
    registerCommonJs({ namespace });
    loader = register({ namespace });
  }
  return loader.import(pathToFileURL(resolve(file)).href, import.meta.url) as Promise<unknown>;
}

/** In a package without `"type": "module"` the default export comes nested in another default. */
function unwrapped(value: unknown): unknown {
  if (isScenario(value) || Array.isArray(value)) return value;
  const nested = typeof value === 'object' && value !== null ? (value as { default?: unknown }).default : undefined;
  return nested ?? value;
}

export function infoOf(scenario: Scenario, file: string): ScenarioInfo {
  return {
    name: scenario.name,
    file,
    ids: scenario.ids ?? [],
    about: scenario.about ?? '',
    runs: scenario.runs ?? (scenario.every === undefined ? DEFAULT_RUNS : DEFAULT_EXHAUSTIVE_RUNS),
    exhaustible: scenario.every !== undefined,
    onRequest: scenario.onRequest ?? false,
    ...(scenario.strategy === undefined ? {} : { strategy: scenario.strategy }),
    isolation: scenario.isolation ?? 'shared',
    requires: (scenario.requires ?? []).map(({ name, provider }) => ({ name, provider })),
    subjects: Object.entries(scenario.subjects).map(([name, { expect, invariant }]) => ({
      name,
      expect,
      ...(invariant === undefined ? {} : { invariant }),
      ...(scenario.restsOn?.[name] === undefined ? {} : { restsOn: scenario.restsOn[name] }),
    })),
    sometimes: (scenario.invariants ?? []).filter(({ sometimes }) => sometimes === true).map(({ name }) => name),
  };
}
