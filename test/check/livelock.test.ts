import { eventually, type Sim } from 'heddle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodOf } from '../../src/check/livelock.ts';
import type { Verdict } from '../../src/check/verdict.ts';
import door from '../fixtures/livelock/scenarios/door.ts';
import { erased, firstFailure, replayOf, shrunkFailure, verdictOf, type Hunting } from '../fixtures/runs.ts';
import { small } from '../fixtures/small.ts';

const holds = { kind: 'holds' };
const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Program = (sim: Sim) => Promise<void>;

/** With strategies that starve, and one that does not. */
const STRATEGIES = ['random', 'pct2', 'pct3', 'context-bounded'];

async function verdicts(hunting: Hunting, runs: number): Promise<Verdict[]> {
  const found: Verdict[] = [];
  for (const strategy of STRATEGIES) found.push(await verdictOf({ ...hunting, strategy, runs }));
  return found;
}

const circles: Readonly<Record<string, Program>> = {
  'a spin on setImmediate': async () => {
    for (;;) await immediate();
  },
  'a spin on timers of 0 ms': async (sim) => {
    for (;;) await sim.sleep(0);
  },
  'a poll for what never comes': async (sim) => {
    for (;;) await sim.sleep(1000);
  },
  'two spins': (sim) =>
    sim.clients([1, 2], async () => {
      for (;;) await immediate();
    }),
  'a poll beside a heartbeat': async (sim) => {
    setInterval(() => undefined, 150);
    for (;;) await sim.sleep(50);
  },
  'a poll under a guard that is armed anew each time': async (sim) => {
    for (;;) {
      const guard = setTimeout(() => undefined, 5000);
      await sim.sleep(100);
      clearTimeout(guard);
    }
  },
  'two that do the same again whenever the other did': async (sim) => {
    let turn = 0;
    await sim.clients([0, 1], async (mine) => {
      for (;;) {
        await sim.io('look', { latency: 5 });
        if (turn === mine) turn = 1 - mine;
      }
    });
  },
};

const slow: Readonly<Record<string, readonly [Program, RegExp]>> = {
  'a poll that comes to its end later': [
    async (sim) => {
      for (let i = 0; i < 3000; i += 1) await sim.sleep(10);
    },
    /; it settles \d+ turns later: raise maxTurns$/,
  ],
  'a poll that ends by a timer far away': [
    async (sim) => {
      const alarm = { rung: false };
      setTimeout(() => (alarm.rung = true), 100_000);
      while (!alarm.rung) await sim.sleep(10);
    },
    /; it settles \d+ turns later: raise maxTurns$/,
  ],
  'a poll that may end by a timer still farther away': [
    async (sim) => {
      const alarm = { rung: false };
      setTimeout(() => (alarm.rung = true), 86_400_000);
      while (!alarm.rung) await sim.sleep(10);
    },
    /the same turn comes again and again, for 75000 turns \(main\/timeout 10 ms\), but main\/timeout 86400000 ms is still to come: raise maxTurns$/,
  ],
  'a spin until an instant': [
    async () => {
      const begin = Date.now();
      while (Date.now() < begin + 60_000) await immediate();
    },
    /\(main\/immediate\), but it looks at the clock: raise maxTurns$/,
  ],
  'a poll until luck strikes': [
    async (sim) => {
      while (Math.random() < 2) await sim.sleep(10);
    },
    /\(main\/timeout 10 ms\), but it draws random values: raise maxTurns$/,
  ],
  'waiting longer each time': [
    async (sim) => {
      for (let ms = 10; ; ms += 1) await sim.sleep(ms);
    },
    /; it was still changing: raise maxTurns if it needs more$/,
  ],
  'operations one after the other': [
    async (sim) => {
      for (;;) await sim.op('step', {}, () => sim.sleep(10));
    },
    /; it was still changing: raise maxTurns if it needs more$/,
  ],
  'facts one after the other': [
    async (sim) => {
      for (;;) {
        await sim.sleep(10);
        sim.tell('step', {});
      }
    },
    /; it was still changing: raise maxTurns if it needs more$/,
  ],
  'work that ends in a deadlock': [
    async (sim) => {
      for (let i = 0; i < 1000; i += 1) await sim.sleep(10);
      await new Promise(() => undefined);
    },
    /; \d+ turns later nothing is pending any more: raise maxTurns$/,
  ],
};

describe('a run that goes round in circles', () => {
  it.each(Object.entries(circles))('is a livelock under any strategy: %s', async (_, body) => {
    for (const verdict of await verdicts(small({ body, maxTurns: 400 }), 1))
      expect(verdict).toMatchObject({ kind: 'livelock', invariant: 'noLivelock' });
  });

  it('is told with its lap, and with who waits', async () => {
    const body: Program = (sim) => sim.clients([10, 20], (ms) => sim.op('enter', {}, () => circle(sim, ms)));
    const circle = async (sim: Sim, ms: number): Promise<never> => {
      for (;;) await sim.sleep(ms);
    };
    const { message } = await verdictOf(small({ body, maxTurns: 400 }));
    expect(message).toMatch(
      /^the body goes round in circles: from turn 400 on the same 3 turns come again and again, for 7499\d turns \(c1\/timeout 10 ms, c1\/timeout 10 ms, c2\/timeout 20 ms\); nothing begins, returns or is told; waiting: c[12] in enter, c[12] in enter$/,
    );
  });

  it('may be a shutdown', async () => {
    const hunting = small({ body: () => undefined, shutdown: (_, sim) => circles['two spins']!(sim), maxTurns: 400 });
    const verdict = await verdictOf(hunting);
    expect(verdict).toMatchObject({ kind: 'livelock', invariant: 'noLivelock' });
    expect(verdict.message).toMatch(/^the shutdown goes round in circles: /);
  });
});

describe('a run that is slow', () => {
  it.each(Object.entries(slow))('is none: %s', async (_, [body, message]) => {
    for (const verdict of await verdicts(small({ body, maxTurns: 400 }), 1)) {
      expect(verdict).toMatchObject({ kind: 'limit', invariant: 'limit' });
      expect(verdict.message).toMatch(/^the body did not settle within 400 turns, \d+(\.\d+)? virtual ms; last turn: /);
      expect(verdict.message).toMatch(message);
    }
  });

  it('is none where the schedule alone kept it from its end', async () => {
    // The one who spins waits for the other, who needs a timer.
    const body: Program = async (sim) => {
      let done = false;
      await Promise.all([
        sim.client('spins', async () => {
          while (!done) await immediate();
        }),
        sim.client('works', async () => {
          await sim.io('load');
          await sim.sleep(5);
          done = true;
        }),
      ]);
    };
    for (const verdict of await verdicts(small({ body }), 20)) expect(verdict).toEqual(holds);
  });

  // Loops that count where nobody sees it.
  const loops = fc.array(
    fc.record({
      laps: fc.integer({ min: 1, max: 400 }),
      wait: fc.constantFrom('immediate', 0, 1, 10),
      inner: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  );

  it('is none if it would end with ten times as many turns, however it counts', async () => {
    await fc.assert(
      fc.asyncProperty(loops, fc.constantFrom(...STRATEGIES), async (tasks, strategy) => {
        const body: Program = (sim) =>
          sim.clients(tasks, async ({ laps, wait, inner }) => {
            for (let i = 0; i < laps * inner; i += 1) {
              if (i % inner > 0 || wait === 'immediate') await immediate();
              else await sim.sleep(wait as number);
            }
          });
        const needed = tasks.reduce((sum, { laps, inner }) => sum + laps * inner + 1, 1);
        const maxTurns = Math.ceil(needed / 10);
        const verdict = await verdictOf({ ...small({ body, maxTurns }), strategy, runs: 1 });
        if (needed <= maxTurns) expect(verdict).toEqual(holds);
        else expect(verdict).toMatchObject({ kind: 'limit' });
      }),
      { numRuns: 60 },
    );
  });
});

describe('eventually', () => {
  const late = (hunting: Hunting): Promise<Verdict[]> => verdicts(hunting, 2);
  const raised = eventually<{ up: boolean }>('raised', 1000, ({ subject }) => subject.up);

  it('that never comes true although turns go on is a livelock of its name', async () => {
    const body = (sim: Sim): void => void circles['a poll beside a heartbeat']!(sim);
    const hunting = small({ subject: () => ({ up: false }), body, invariants: [raised] });
    for (const verdict of await late(hunting)) {
      expect(verdict).toMatchObject({ kind: 'livelock', invariant: 'raised' });
      expect(verdict.message).toMatch(
        /^raised did not come true within 1000 virtual ms, and goes round in circles: the same 4 turns come again and again, for \d+ turns \(main\/interval 150 ms, main\/timeout 50 ms, /,
      );
    }
  });

  it('that comes true later is a violation that says how much later', async () => {
    const hunting = small<{ up: boolean }>({
      subject: () => ({ up: false }),
      body: (_, subject) => {
        const timer = setInterval(() => undefined, 100);
        setTimeout(() => {
          subject.up = true;
          clearInterval(timer);
        }, 5000);
      },
      invariants: [raised],
    });
    for (const verdict of await late(hunting)) {
      expect(verdict).toMatchObject({ kind: 'violation', invariant: 'raised' });
      expect(verdict.message).toMatch(
        /^raised did not come true within 1000 virtual ms; it did 400\d(\.\d+)? ms later$/,
      );
    }
  });

  it('is not failed by a strategy that starves', async () => {
    const hunting = small<{ up: boolean }>({
      subject: () => ({ up: false }),
      body: (sim, subject) => {
        void sim.client('spins', async () => {
          while (!subject.up) await immediate();
        });
        void sim.client('works', async () => {
          await sim.io('load');
          await sim.sleep(5);
          subject.up = true;
        });
      },
      invariants: [raised],
    });
    for (const verdict of await verdicts(hunting, 20)) expect(verdict).toEqual(holds);
  });
});

const lap = 'c1/timeout 10 ms, c2/timeout 10 ms, c1/timeout 5 ms, c2/timeout 5 ms, c1/timeout 5 ms, c2/timeout 5 ms';
const messages: Readonly<Record<string, string>> = {
  'door/waiting': `the body goes round in circles: from turn 2000 on the same 6 turns come again and again, for 74998 turns (${lap}); nothing begins, returns or is told; waiting: c1 in pass, c2 in pass`,
  'door/awaited': `allPass did not come true within 10000 virtual ms, and goes round in circles: the same 6 turns come again and again, for 20250 turns (${lap})`,
};

describe.each(door.map((each) => [each.name, erased(each)] as const))('%s', (_, scenario) => {
  const polite: Hunting = { scenario, subject: 'polite', runs: 1000 };
  const invariant = scenario.subjects['polite']!.invariant!;

  it('is a livelock for those who give way for the same time, whatever the seed', async () => {
    for (const seed of ['1', '2', '3']) {
      const { verdict } = await firstFailure({ ...polite, seed });
      expect(verdict).toMatchObject({ kind: 'livelock', invariant });
    }
  });

  it('holds with jitter', async () => {
    expect(await verdictOf({ scenario, subject: 'with-jitter', runs: 300 })).toEqual(holds);
  });

  it('shrinks to two that come at once, in the order of an idle machine', async () => {
    const shrunk = await shrunkFailure(polite);
    expect(shrunk).toMatchObject({ workload: [0, 0], schedule: [], tasks: scenario.name === 'door/waiting' ? 2 : 0 });
    const replayed = await replayOf(polite, shrunk.workload, shrunk.schedule);
    expect(replayed.verdict).toEqual(shrunk.verdict);
    expect(replayed.hash).toBe(shrunk.hash);
    expect(shrunk.verdict.message).toBe(messages[scenario.name]);
  });
});

describe('the period of a sequence', () => {
  const laps = 4;
  const lap = fc.array(fc.nat(2), { minLength: 1, maxLength: 12 });

  it('is the smallest under which it repeats', () => {
    fc.assert(
      fc.property(lap, fc.integer({ min: laps, max: 9 }), fc.nat(11), (turns, times, more) => {
        const sequence = Array.from(
          { length: turns.length * times + (more % turns.length) },
          (_, i) => turns[i % turns.length]!,
        );
        const period = periodOf(sequence, laps);
        const fits = (p: number): boolean => sequence.every((turn, i) => i < p || turn === sequence[i - p]);
        const smallest = Array.from({ length: turns.length }, (_, i) => i + 1).find(fits);
        expect(period).toBe(smallest);
      }),
    );
  });

  it('is none for less than so many laps of it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1), { maxLength: 40 }), (sequence) => {
        const fits = (p: number): boolean => sequence.every((turn, i) => i < p || turn === sequence[i - p]);
        const smallest = Array.from({ length: sequence.length }, (_, i) => i + 1).find(fits);
        expect(periodOf(sequence, laps)).toBe(
          smallest !== undefined && smallest * laps <= sequence.length ? smallest : null,
        );
      }),
    );
  });
});
