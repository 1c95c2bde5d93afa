import { relative, sep } from 'node:path';
import { discover } from '../check/discover.ts';
import type { Target } from '../check/hunt.ts';
import type { ScenarioInfo } from '../check/load.ts';
import type { CatalogEntry } from '../check/protocol.ts';
import type { Threads } from '../check/threads.ts';
import { HeddleError } from '../kernel/errors.ts';

/** All scenarios that were found, and the files that could not be loaded. */
export interface Catalog {
  readonly scenarios: readonly ScenarioInfo[];
  readonly errors: readonly { readonly file: string; readonly message: string }[];
}

export async function readCatalog(threads: Threads): Promise<Catalog> {
  const files = await discover(process.cwd());
  if (files.length === 0) {
    throw new HeddleError({
      code: 'NO_SCENARIOS',
      expected: 'scenario files in scenarios/ or named *.scenario.ts (or .mts, .js, .mjs)',
      received: `none under ${process.cwd()}`,
      next: 'Write one (the README of heddle begins with one), or change to the folder that has them.',
    });
  }
  const scenarios: ScenarioInfo[] = [];
  const errors: { file: string; message: string }[] = [];
  for (const entry of await catalogOf(files, threads)) {
    const file = relative(process.cwd(), entry.file).split(sep).join('/') || entry.file;
    if ('error' in entry) errors.push({ file, message: entry.error });
    else scenarios.push(...entry.scenarios);
  }
  const named = new Map<string, ScenarioInfo>();
  for (const scenario of scenarios) {
    const twin = named.get(scenario.name);
    if (twin === undefined) named.set(scenario.name, scenario);
    else
      errors.push({
        file: scenario.file,
        message: `scenario ${scenario.name} is declared twice: also in ${twin.file}`,
      });
  }
  return { scenarios: [...named.values()], errors };
}

async function catalogOf(files: readonly string[], threads: Threads): Promise<CatalogEntry[]> {
  const lanes = Array.from({ length: threads.size }, (_, lane) =>
    files.filter((_file, i) => i % threads.size === lane),
  );
  const entries = await Promise.all(
    lanes.filter((lane) => lane.length > 0).map((lane) => threads.do('catalog', { files: lane })),
  );
  return entries.flat().sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The subjects that patterns and `--subject` select. Patterns are matched against scenario names, ids and files. */
export function select(catalog: Catalog, patterns: readonly string[], subject: string | undefined): Target[] {
  const chosen = new Set<ScenarioInfo>();
  if (patterns.length === 0) for (const each of catalog.scenarios) if (!each.onRequest) chosen.add(each);
  for (const pattern of patterns) {
    // Whoever gives a name in full means that one, and not those that go on after it.
    const exact = catalog.scenarios.filter(({ name }) => name === pattern);
    const matching = exact.length > 0 ? exact : catalog.scenarios.filter((scenario) => matches(scenario, pattern));
    if (matching.length === 0) throw nothingMatches(catalog, pattern);
    for (const scenario of matching) chosen.add(scenario);
  }
  const targets = catalog.scenarios
    .filter((scenario) => chosen.has(scenario))
    .flatMap((info) => info.subjects.map((each) => ({ info, subject: each })))
    .filter((target) => subject === undefined || target.subject.name === subject);
  if (targets.length > 0 || subject === undefined) return targets;
  const known = [...new Set([...chosen].flatMap(({ subjects }) => subjects.map(({ name }) => name)))];
  throw new HeddleError({
    code: 'UNKNOWN_SUBJECT',
    expected: `one of the subjects ${known.join(', ')}`,
    received: JSON.stringify(subject),
    next: 'Run `heddle list` to see what there is.',
  });
}

function matches({ name, file, ids }: ScenarioInfo, pattern: string): boolean {
  if (ids.includes(pattern)) return true;
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const whole = new RegExp(`^${source.join('.*')}$`);
  return whole.test(name) || whole.test(file) || (!pattern.includes('*') && name.includes(pattern));
}

function nothingMatches(catalog: Catalog, pattern: string): HeddleError {
  const exact = !pattern.includes('*') && pattern.includes('/');
  const names = catalog.scenarios.map(({ name }) => name);
  const near = names.filter((name) => name.split('/')[0] === pattern.split('/')[0]);
  return new HeddleError({
    code: exact ? 'UNKNOWN_SCENARIO' : 'NO_MATCH',
    expected: `a pattern that matches a scenario${names.length === 0 ? '' : `, for example ${(near.length > 0 ? near : names).slice(0, 3).join(', ')}`}`,
    received: JSON.stringify(pattern),
    next: 'Run `heddle list` to see what there is.',
  });
}
