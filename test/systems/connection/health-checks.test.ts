import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import healthChecks from '../../../scenarios/connection/health-checks.ts';
import { repository } from '../../fixtures/repository.ts';
import { erased, withTrials } from '../../fixtures/runs.ts';

/** What the sweep costs in the run that an idle machine makes, with nobody else there. */
async function cost(subject: string): Promise<unknown> {
  const scenario = erased(healthChecks.find(({ name }) => name === 'connection/sweep-time')!);
  const operations = await withTrials({ scenario, subject }, (trials) => trials.follow([], []).outcome.operations);
  const { outcome } = operations.find(({ name }) => name === 'sweep')!;
  return outcome.kind === 'returned' ? outcome.value : outcome;
}

const document = readFileSync(join(repository, 'docs/health-checks.md'), 'utf8');

describe('a sweep of ten dead connections, in virtual ms', () => {
  it.each([
    ['as-found', 50_000, 50_000],
    ['as-documented', 5_000, 0],
    ['ours', 5_000, 0],
  ])('%s: takes %d, and holds the lock for %d', async (subject, tookMs, lockHeldMs) => {
    expect(await cost(subject)).toEqual({ tookMs, lockHeldMs });
    const row = `| ${subject} | ${tookMs.toLocaleString('en')} ms | ${lockHeldMs.toLocaleString('en')} ms |`;
    expect(document).toContain(row);
  });
});
