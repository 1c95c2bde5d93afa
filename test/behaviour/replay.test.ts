import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plans } from '../../src/check/explore.ts';
import { decodeToken, encodeToken } from '../../src/check/token.ts';
import type { TriedRun } from '../../src/check/trial.ts';
import { isFailure, sameFailure } from '../../src/check/verdict.ts';
import { deviationsOf } from '../../src/schedule/deviation.ts';
import { strategyNamed } from '../../src/schedule/strategies.ts';
import { campaignOf, replayOf, shrunkFailure, withTrials, type Hunting } from '../fixtures/runs.ts';
import { specimens } from '../fixtures/toys/index.ts';

const anyRun = fc.record({
  toy: fc.constantFrom(...Object.keys(specimens)),
  seed: fc.integer({ min: 0, max: 1_000_000 }).map(String),
  index: fc.integer({ min: 0, max: 200 }),
  strategy: fc.constantFrom('random', 'pct2', 'pct3', 'mix'),
});

/** Makes run `index` of a campaign with its choices written down. */
function made(hunting: Hunting, index: number): Promise<{ workload: unknown; run: TriedRun }> {
  const campaign = campaignOf(hunting);
  const knowledge = strategyNamed(campaign.strategy).initial;
  const { workload, chooser } = plans(hunting.scenario, campaign)(index, knowledge);
  return withTrials(hunting, (trials) => ({ workload, run: trials.with(workload, chooser) }));
}

describe('any run of any scenario', () => {
  it('is repeated from its choices, from its deviations, and from its token', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ toy, seed, index, strategy }) => {
        const hunting = { ...specimens[toy]!, seed, strategy };
        const { workload, run } = await made(hunting, index);
        const { hash, picks, delays, verdict, turns } = run.outcome;
        const schedule = deviationsOf(run.choices);
        const [byPicks, byDeviations] = await withTrials(hunting, (trials) => [
          trials.repeat(workload, picks, delays),
          trials.follow(workload, schedule),
        ]);
        expect(byPicks.outcome).toMatchObject({ hash, turns, verdict, picks });
        expect(byDeviations.outcome).toMatchObject({ hash, turns, verdict });
        expect(byDeviations.drift).toBe(0);
        expect(deviationsOf(byDeviations.choices)).toEqual(schedule);

        const { scenario, subject } = hunting;
        const token = encodeToken({ scenario: scenario.name, subject, workload, schedule, verdict, hash });
        const read = decodeToken(token);
        expect(await replayOf(hunting, read.workload, read.schedule)).toMatchObject({ hash, verdict, drift: 0 });
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  it('has a shortest schedule that is valid: the empty one, what an idle machine does', async () => {
    for (const hunting of Object.values(specimens)) {
      const { workload } = await made(hunting, 3);
      const idle = await withTrials(hunting, (trials) => trials.follow(workload, []));
      expect(deviationsOf(idle.choices)).toEqual([]);
      expect(idle.choices.length).toBeGreaterThan(0);
      expect(idle.outcome.turns).toBeGreaterThan(1);
    }
  });
});

describe('a schedule of other code', () => {
  it('is followed as closely as possible: what finds no place is passed over and counted', async () => {
    const hunting = specimens['search']!;
    const { workload, schedule, verdict, hash } = await shrunkFailure(hunting);
    const strange = [
      { kind: 'order', instead: 'c9/nothing', fire: 'c9/at all' },
      { kind: 'fault', point: 'crash of nobody', pick: 1, fault: 'crash' },
      { kind: 'draw', name: 'another stream', value: 5 },
    ] as const;
    const replayed = await replayOf(hunting, workload, [strange[0], ...schedule, ...strange.slice(1)]);
    expect(replayed).toMatchObject({ drift: 3, hash });
    expect(sameFailure(replayed.verdict, verdict)).toBe(true);
  });

  it('a fault that is not offered any more counts as drift', async () => {
    const hunting = specimens['chargeTwice']!;
    const { workload, schedule } = await shrunkFailure(hunting);
    const beyond = schedule.map((deviation) => (deviation.kind === 'fault' ? { ...deviation, pick: 9 } : deviation));
    const replayed = await replayOf(hunting, workload, beyond);
    expect(isFailure(replayed.verdict)).toBe(false);
    expect(replayed.drift).toBe(1);
  });
});

describe('a replay', () => {
  it('tells the same turns each time', async () => {
    for (const hunting of Object.values(specimens)) {
      const { workload, schedule } = await shrunkFailure(hunting);
      const [first, second] = [
        await replayOf(hunting, workload, schedule),
        await replayOf(hunting, workload, schedule),
      ];
      expect(second).toEqual(first);
      expect(first.turns.length).toBeGreaterThan(2);
      expect(first.turns.at(-1)!.turn).toBe(first.turns.length);
    }
  });
});
