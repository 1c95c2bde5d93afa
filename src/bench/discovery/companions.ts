import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Target } from '../../check/hunt.ts';
import type { ScenarioInfo } from '../../check/load.ts';
import type { DiscoveryProgram, PublishedFigure } from './document.ts';
import type { FastCheckThreads } from './fast-check-thread.ts';

/**
 * What may lie beside a file of scenarios: the same programs for other schedulers, and figures that others have published.
 * The scenario of a program has its name behind the last slash.
 */
export interface Companions {
  /** Names of the programs. */
  readonly programs: readonly string[];
  /** By program, then by tool. */
  readonly published: Readonly<Record<string, Readonly<Record<string, Omit<PublishedFigure, 'trials'> | null>>>>;
  /** By program: what is to be said of comparing the figures. */
  readonly notes: Readonly<Record<string, string>>;
}

/** Paths; null where there is no such file. */
export interface CompanionFiles {
  readonly programs: string | null;
  readonly published: string | null;
}

/** How all figures that we know of came about: so many trials. */
const PUBLISHED_TRIALS = 20;

/** Where they are looked for: `specimens/programs/index.ts` and `specimens/published.ts`. */
export function companionFiles({ file }: Pick<ScenarioInfo, 'file'>): CompanionFiles {
  const folder = resolve(dirname(file), 'specimens');
  const there = (name: string): string | null => {
    const path = join(folder, name);
    return existsSync(path) ? path : null;
  };
  return { programs: there('programs/index.ts'), published: there('published.ts') };
}

export function programName({ name }: Pick<ScenarioInfo, 'name'>): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The rows of the table, and which of them fast-check's scheduler can run, too. */
export async function lookUp(
  targets: readonly Target[],
  threads: FastCheckThreads,
): Promise<{ programs: DiscoveryProgram[]; runnable: ReadonlySet<Target> }> {
  const looks = new Map<string, Promise<Companions>>();
  const runnable = new Set<Target>();
  const programs: DiscoveryProgram[] = [];
  for (const target of targets) {
    const { info, subject } = target;
    const files = companionFiles(info);
    const key = JSON.stringify(files);
    const look = looks.get(key) ?? threads.do('companions', files);
    looks.set(key, look);
    const companions = await look;
    const name = programName(info);
    if (companions.programs.includes(name)) runnable.add(target);
    const published = Object.entries(companions.published[name] ?? {}).flatMap(([tool, figure]) =>
      figure === null ? [] : [[tool, { mean: figure.mean, found: figure.found, trials: PUBLISHED_TRIALS }] as const],
    );
    programs.push({
      scenario: info.name,
      subject: subject.name,
      published: Object.fromEntries(published),
      note: companions.notes[name] ?? null,
    });
  }
  return { programs, runnable };
}
