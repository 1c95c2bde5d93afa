import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { discover } from '../../src/check/discover.ts';
import { isScenario } from '../../src/scenario/scenario.ts';
import { repository } from '../fixtures/repository.ts';
import { erased, type Hunting } from '../fixtures/runs.ts';

export interface CaughtSpecimen {
  readonly name: string;
  readonly hunting: Hunting;
  /** What it is expected to violate. */
  readonly invariant: string;
}

/** Every subject of the scenarios of this repository that is expected to fail. */
export async function caughtSpecimens(): Promise<CaughtSpecimen[]> {
  const files = (await discover(repository)).filter((file) => file.startsWith('scenarios/'));
  const loaded = await Promise.all(
    files.map(
      (file) => import(/* @vite-ignore */ pathToFileURL(join(repository, file)).href) as Promise<{ default: unknown }>,
    ),
  );
  return (
    loaded
      .flatMap((module) => module.default)
      .filter(isScenario)
      // What a scenario requires is provided to a hunt, not to a single run.
      .filter(({ requires = [] }) => requires.length === 0)
      .flatMap((scenario) =>
        Object.entries(scenario.subjects).flatMap(([subject, { expect, invariant }]) =>
          expect === 'fail' && invariant !== undefined
            ? [
                {
                  name: `${scenario.name}@${subject}`,
                  hunting: { scenario: erased(scenario), subject, runs: scenario.runs ?? 1000 },
                  invariant,
                },
              ]
            : [],
        ),
      )
  );
}
