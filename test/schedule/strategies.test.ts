import { judge, scenario } from 'heddle';
import { describe, expect, it } from 'vitest';
import { explore, plans } from '../../src/check/explore.ts';
import { nextRound } from '../../src/check/rounds.ts';
import type { Chooser } from '../../src/kernel/choice.ts';
import type { PendingEvent } from '../../src/kernel/event.ts';
import { mix } from '../../src/schedule/mix.ts';
import { randomFor, randomStreams } from '../../src/schedule/random.ts';
import { isStrategyFile, strategyNamed } from '../../src/schedule/strategies.ts';
import type { Strategy } from '../../src/schedule/strategy.ts';
import { Swarm } from '../../src/schedule/swarm.ts';
import * as hunts from '../fixtures/runs.ts';
import { throughJson, throughThreads } from './toy.ts';

const { erased, hunted, withTrials } = hunts;

const NAMES = [
  ...['random', 'pos', 'urw', 'surw', 'reads-from', 'delay-bounded', 'context-bounded', 'exhaustive', 'enumerate'],
  ...['mix', 'portfolio'],
];

/** Remembers which runs it made and which it learnt from. */
function noted(name: string, log: string[]): Strategy<readonly number[]> {
  return {
    name,
    initial: [],
    chooser: ({ index, knowledge }) => {
      log.push(`${name} makes ${String(index)} knowing ${knowledge.join(' ')}`);
      return {} as Chooser;
    },
    learn: (knowledge, round) => [...knowledge, ...round.map(({ index }) => index)],
  };
}

describe('mix', () => {
  it('gives run i to the i-th strategy in turn, which learns from its own runs only', () => {
    const log: string[] = [];
    const both = mix('both', [noted('a', log), noted('b', log)]);
    const facts = [0, 1, 2, 3, 4].map((index) => ({ index, steps: 1 }));
    const knowledge = both.learn(both.initial, facts);
    for (const index of [5, 6]) both.chooser({ index, random: randomFor('x'), knowledge });
    expect(log).toEqual(['b makes 5 knowing 1 3', 'a makes 6 knowing 0 2 4']);
  });

  it('knows plain JSON, which travels between threads', () => {
    const strategy = strategyNamed('mix');
    const learnt = strategy.learn(strategy.initial, [{ index: 1, steps: 99 }]);
    expect(JSON.parse(JSON.stringify(learnt))).toEqual(learnt);
    expect(learnt).not.toEqual(strategy.initial);
  });
});

describe('strategies by name', () => {
  it.each<[string, string]>([
    ['random', 'random'],
    ['pct', 'pct3'],
    ['pct2', 'pct2'],
    ['pct99', 'pct99'],
    ['pctcp', 'pctcp3'],
    ['pctcp12', 'pctcp12'],
    ...NAMES.map((name): [string, string] => [name, name]),
  ])('%s', (name, is) => {
    expect(strategyNamed(name).name).toBe(is);
  });

  it.each(['', 'pct0', 'pct100', 'pctcp0', 'pct-1', 'PCT2', 'pct2 ', 'randomly', '__proto__'])(
    '%j is refused',
    (name) => {
      expect(() => strategyNamed(name)).toThrow(
        /a strategy named random, pos, .*, pct, pct2 to pct99, .*mix or portfolio/,
      );
    },
  );

  it('are known as files by their paths', () => {
    expect(['./a.ts', 'a.js', 'b.mts', 'b.cjs', 'folder/a', '..\\a'].filter((name) => !isStrategyFile(name))).toEqual(
      [],
    );
    expect([...NAMES, 'pct3', 'ts', 'lifo'].filter(isStrategyFile)).toEqual([]);
  });
});

describe.each([...NAMES, 'pct3', 'pctcp3'])('what %s chose', (name) => {
  const program = erased(
    scenario<{ sum: number }, number[]>({
      name: 'program/replayed',
      subjects: { it: judge(() => ({ sum: 0 })) },
      every: [[2, 1], [1, 1, 1], [3]],
      body: async ({ sim, subject, workload }) => {
        const sum = sim.shared('sum', subject);
        const bank = sim.device('bank', { pay: (n: number) => Promise.resolve(n) }, { faults: ['lost reply'] });
        await sim.clients(workload, async (n) => {
          const before = sum.sum;
          await sim.io('think', { latency: [0, 2] });
          sum.sum = before + n;
          await sim.attempt('pay', n, () => bank.pay(n));
          await sim.sleep(n);
        });
      },
    }),
  );
  const hunting = { scenario: program, subject: 'it', strategy: name, runs: 60 };

  it('is repeated to the letter by the list of its picks', async () => {
    const campaign = hunts.campaignOf(hunting);
    const strategy = strategyNamed(name);
    const { initial } = strategy;
    const planOf = plans(program, campaign);
    await withTrials(hunting, (trials) => {
      const plan = planOf(0, initial);
      const first = trials.search(plan.workload, plan.chooser).outcome;
      const facts = { index: 0, steps: first.picks.length, report: plan.chooser.report?.() };
      const knowledge = strategy.learn(initial, [facts]);
      for (let index = 1; index < Math.min(9, 1 + (strategy.left?.(knowledge) ?? Infinity)); index += 1) {
        const { workload, chooser } = planOf(index, knowledge);
        const { picks, delays, hash } = trials.search(workload, chooser).outcome;
        expect(trials.repeat(workload, picks, delays).outcome).toMatchObject({ picks, hash });
      }
    });
  });

  it('follows from what it knows as plain JSON', async () => {
    const campaign = hunts.campaignOf(hunting);
    const strategy = strategyNamed(name);
    const { hashes } = await hunted(hunting);
    for (const carry of [throughThreads, throughJson]) {
      const again: string[] = [];
      let knowledge = strategy.initial;
      for (let bounds = nextRound(campaign, 0, knowledge); bounds !== null;) {
        const [from, to] = bounds;
        const known = carry(strategy.brief?.(knowledge, from, to) ?? knowledge);
        const result = await explore(program, { campaign, from, to, knowledge: known, samples: [] }, { cells: null });
        again.push(...result.hashes);
        // What the exhaustive search knows as a whole stays where it is: only what runs need of it travels.
        const learnt = strategy.learn(knowledge, carry(result.facts));
        knowledge = name === 'exhaustive' ? learnt : carry(learnt);
        bounds = nextRound(campaign, to, knowledge);
      }
      expect(again).toEqual(hashes);
    }
  });
});

describe('faults by swarm', () => {
  const swarms = (): Swarm[] => {
    const streams = randomStreams('swarm');
    return Array.from({ length: 2000 }, (_, index) => new Swarm(streams(index)));
  };
  const strikes = (swarm: Swarm, kind: string): number => {
    let count = 0;
    for (let i = 0; i < 200; i += 1)
      if (swarm.fault({ key: `${kind} ${String(i)}`, kind, options: ['x', 'y'] }) > 0) count += 1;
    return count;
  };

  it('leaves a kind off in two runs of five, and draws its rate for each run anew', () => {
    const counts = swarms().map((swarm) => strikes(swarm, 'crash'));
    const off = counts.filter((count) => count === 0).length / counts.length;
    expect(off).toBeGreaterThan(0.38);
    expect(off).toBeLessThan(0.46);
    expect(counts.some((count) => count > 30)).toBe(true);
    expect(counts.some((count) => count > 0 && count < 5)).toBe(true);
  });

  it('turns kinds on and off independently', () => {
    const pairs = swarms().map((swarm) => [strikes(swarm, 'crash') > 0, strikes(swarm, 'stall') > 0].join());
    for (const pair of ['true,true', 'true,false', 'false,true', 'false,false']) {
      expect(pairs.filter((each) => each === pair).length).toBeGreaterThan(250);
    }
  });

  it('delays in one run of four, within the room there is', () => {
    const all = swarms();
    const delaying = all.filter(({ delays }) => delays);
    expect(Math.abs(delaying.length / all.length - 0.25)).toBeLessThan(0.04);
    const drawn = delaying.map((swarm) => swarm.delay(null as unknown as PendingEvent, 9));
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it('picks every option of a point', () => {
    const picks = swarms().flatMap((swarm) =>
      Array.from({ length: 20 }, (_, i) => swarm.fault({ key: String(i), kind: 'k', options: ['x', 'y', 'z'] })),
    );
    expect(new Set(picks)).toEqual(new Set([0, 1, 2, 3]));
  });
});
