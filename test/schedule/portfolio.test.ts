import { fc, judge, scenario } from 'heddle';
import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../src/check/campaign.ts';
import { explore, type ChunkResult } from '../../src/check/explore.ts';
import { chunks, rounds } from '../../src/check/rounds.ts';
import type { FaultNews } from '../../src/schedule/fault-plan.ts';
import { portfolio, type PortfolioKnowledge } from '../../src/schedule/portfolio.ts';
import { randomWalk } from '../../src/schedule/random-walk.ts';
import { randomFor } from '../../src/schedule/random.ts';
import { strategyNamed } from '../../src/schedule/strategies.ts';
import type { Strategy } from '../../src/schedule/strategy.ts';
import { erased } from '../fixtures/runs.ts';
import { campaignOf, fixed, reads, toys, writes, type Toy, type ToyRun } from './toy.ts';

const ours = strategyNamed('portfolio') as Strategy<PortfolioKnowledge>;
const MEMBERS = ours.initial.members.length;

const toy: Toy = {
  a: [{ ...writes('x'), fault: 'crash' }, reads('y'), { ...reads('x'), fault: 'stall' }],
  b: [writes('y'), { ...writes('x'), fault: 'crash' }],
  c: [reads('x'), writes('y'), reads('y')],
};

interface Report {
  readonly member: number;
  readonly tasks?: object;
  readonly faults: FaultNews;
}

const reportOf = ({ facts }: ToyRun): Report => facts.report as Report;

/** Which member makes each of so many runs, if this is known. */
function makers(strategy: Strategy<PortfolioKnowledge>, knowledge: PortfolioKnowledge, runs: number): number[] {
  return Array.from({ length: runs }, (_, index) => {
    const chooser = strategy.chooser({ index, random: randomFor('makers', index), knowledge });
    return (chooser.report!() as Report).member;
  });
}

const shareOf = (made: readonly number[], member: number): number =>
  made.filter((each) => each === member).length / made.length;

/** A random walk that knows which runs it was told of. */
function attentive(name: string): Strategy<readonly number[]> {
  return {
    name,
    initial: [],
    chooser: ({ index, random }) => randomWalk.chooser({ index, random, knowledge: null }),
    learn: (knowledge, round) => [...knowledge, ...round.map(({ index }) => index)],
  };
}

describe('the portfolio', () => {
  it('gives runs to every member, and each learns from the runs of all', () => {
    const both = portfolio('both', [
      { strategy: attentive('a'), share: 3 },
      { strategy: attentive('b'), share: 1 },
    ]);
    const { runs, knowledge } = campaignOf(both, toy, 60);
    const every = runs.map((_run, index) => index);
    expect(knowledge.members).toEqual([every, every]);
    expect(new Set(runs.map((run) => reportOf(run).member))).toEqual(new Set([0, 1]));
  });

  it('of heddle lets every member make runs, in any program', () => {
    const made = campaignOf(ours, toy, 300).runs.map((run) => reportOf(run).member);
    for (let member = 0; member < MEMBERS; member += 1) expect(shareOf(made, member)).toBeGreaterThan(0.02);
  });

  it('goes by shares as long as nothing has paid, and half of the time ever after', () => {
    const two = portfolio('two', [
      { strategy: attentive('a'), share: 3 },
      { strategy: attentive('b'), share: 1 },
    ]);
    // Four standard deviations of a share of 4000 runs are 0.03.
    expect(Math.abs(shareOf(makers(two, two.initial, 4000), 0) - 3 / 4)).toBeLessThan(0.03);
    const paid = { ...two.initial, pays: [0, 5] };
    expect(Math.abs(shareOf(makers(two, paid, 4000), 0) - 3 / 8)).toBeLessThan(0.03);
    const even = { ...two.initial, pays: [4, 4] };
    expect(Math.abs(shareOf(makers(two, even, 4000), 0) - 5 / 8)).toBeLessThan(0.03);
  });

  it('counts what runs are the first to show to the member that made them; old gains fade', () => {
    const { runs, knowledge } = campaignOf(ours, toy, 1);
    const [first] = runs.map((run) => reportOf(run).member);
    knowledge.pays.forEach((pay, member) => {
      if (member === first) expect(pay).toBeGreaterThan(5);
      else expect(pay).toBe(0);
    });
    const later = campaignOf(ours, toy, 400).knowledge;
    expect(Math.max(...later.pays)).toBeLessThan(knowledge.pays[first!]!);
  });

  it('strikes in the chosen places and nowhere else, in runs that aim', () => {
    const { runs } = campaignOf(ours, toy, 40);
    const aimed = runs.filter((run) => reportOf(run).faults.aimed.length > 0);
    // The first run knows no place, and three places have soon been tried often.
    expect(aimed.length).toBeGreaterThan(4);
    for (const run of aimed) {
      const places = reportOf(run).faults.aimed.map(([, place]) => place);
      expect(new Set(run.struck.map((key) => `${key} 1`))).toEqual(new Set(places));
    }
  });

  it('strikes in every place soon', () => {
    const { runs } = campaignOf(ours, toy, 40);
    expect(new Set(runs.flatMap(({ struck }) => struck))).toEqual(
      new Set(['crash at a.a', 'stall at a.c', 'crash at b.b']),
    );
  });

  it('profiles the first runs only, whoever makes them', () => {
    const { runs } = campaignOf(ours, toy, 70);
    // Members that profile do so in their own runs as well; none does later on.
    expect(runs.slice(0, 64).every((run) => reportOf(run).tasks !== undefined)).toBe(true);
    expect(runs.slice(64).every((run) => reportOf(run).tasks === undefined)).toBe(true);
  });

  it('ends every run of every program', () => {
    fc.assert(
      fc.property(toys({ tasks: [2, 4], steps: 4, unknowns: true, waits: true }), fc.nat(), (program, seed) => {
        const { runs } = campaignOf(ours, program, 25, { seed: String(seed) });
        const steps = Object.values(program).flat().length;
        for (const { fired } of runs) expect(fired).toHaveLength(steps);
      }),
      { ...fixed, numRuns: 50 },
    );
  });
});

describe('a campaign of the portfolio', () => {
  const program = erased(
    scenario<null, number[]>({
      name: 'program/portfolio',
      subjects: { it: judge(() => null) },
      workload: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
      body: async ({ sim, workload }) => {
        const shop = sim.device('shop', { buy: (n: number) => Promise.resolve(n) }, { faults: ['lost reply'] });
        const stock = sim.shared('stock', { left: 3 });
        await sim.clients(workload, async (n) => {
          stock.left -= n;
          await sim.attempt('buy', n, () => shop.buy(n));
          await sim.io('note', { resource: 'notes' });
          stock.left += 1;
        });
      },
    }),
  );
  const campaign: Campaign = { scenario: program.name, subject: 'it', seed: '7', strategy: 'portfolio', runs: 150 };

  /** Hashes of all runs, a round cut in pieces as `cut` says, and what was known carried as between threads. */
  async function hashesOf(
    cut: (bounds: readonly [number, number]) => readonly (readonly [number, number])[],
  ): Promise<string[]> {
    let knowledge: unknown = ours.initial;
    const hashes: string[] = [];
    for (const bounds of rounds(campaign.runs)) {
      const results: ChunkResult[] = [];
      for (const [from, to] of cut(bounds)) {
        const chunk = { campaign, from, to, knowledge: structuredClone(knowledge), samples: [] };
        results.push(await explore(program, chunk, { cells: null }));
      }
      results.sort((a, b) => a.from - b.from);
      hashes.push(...results.flatMap((result) => result.hashes));
      const facts = results.flatMap((result) => structuredClone(result.facts));
      knowledge = ours.learn(knowledge as PortfolioKnowledge, facts);
    }
    return hashes;
  }

  it('has the same runs however its rounds are cut, and whichever piece is done first', async () => {
    const whole = await hashesOf((bounds) => [bounds]);
    expect(whole).toHaveLength(campaign.runs);
    expect(new Set(whole).size).toBeGreaterThan(100);
    const alone = await hashesOf((bounds) => [...chunks(bounds, true)].reverse());
    expect(alone).toEqual(whole);
  });
});
