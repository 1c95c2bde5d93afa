import { describe, expect, it } from 'vitest';
import { AssertionFailed, assert, locked, type Machine } from '../../scenarios/sctbench/specimens/machine.ts';
import { circularBufferOf } from '../../scenarios/sctbench/specimens/programs/circular-buffer.ts';
import { programs } from '../../scenarios/sctbench/specimens/programs/index.ts';
import { queueOf } from '../../scenarios/sctbench/specimens/programs/queue.ts';
import { reorderOf } from '../../scenarios/sctbench/specimens/programs/reorder.ts';
import { stackOf } from '../../scenarios/sctbench/specimens/programs/stack.ts';
import { twostageOf } from '../../scenarios/sctbench/specimens/programs/twostage.ts';
import { wronglockOf } from '../../scenarios/sctbench/specimens/programs/wronglock.ts';
import { notes, published } from '../../scenarios/sctbench/specimens/published.ts';
import { execute } from '../../src/check/execute.ts';
import { inBatches } from '../../src/check/explore.ts';
import type { PendingEvent } from '../../src/kernel/event.ts';
import { files, importsOf } from '../architecture/sources.ts';
import { randomChooser } from '../choosers.ts';
import { firstFailure, verdictOf } from '../fixtures/runs.ts';
import { everySchedule, own, scenarios } from './sctbench-own.ts';

const names = programs.map(({ name }) => name);

describe('a program of SCTBench', () => {
  it.each(programs)('$name is caught, by what its bug shows', async ({ name, bug }) => {
    // The sizes that a random walk finds in thousands of schedules only need a strategy that knows resources.
    const hunting = { scenario: scenarios.get(name)!, subject: 'bad', strategy: 'surw', runs: 10_000 };
    const { verdict } = await firstFailure(hunting);
    expect(verdict).toMatchObject(
      bug === 'assertion'
        ? { kind: 'violation', invariant: 'noAssertionFails' }
        : { kind: 'deadlock', invariant: 'everyOperationSettles' },
    );
  });

  it.each(programs)('$name has a twin that holds', async ({ name }) => {
    const scenario = scenarios.get(name)!;
    for (const strategy of ['random', 'surw', 'pct3']) {
      const verdict = await verdictOf({ scenario, subject: 'good', strategy, runs: 30 });
      expect(verdict).toEqual({ kind: 'holds' });
    }
  });

  it.each(programs)('$name says of each event what it touches', async ({ name }) => {
    const silent = new Set<string>();
    const turn = (_turn: number, _now: number, event: PendingEvent): void => {
      const { kind, label, touches } = event;
      if (kind !== 'main' && kind !== 'start' && (touches === null || touches.length === 0)) silent.add(label);
    };
    const recorder = { turn, choice: () => undefined };
    await inBatches(() => {
      for (const subject of ['bad', 'good']) {
        const chooser = randomChooser(7, { delays: false });
        execute({ scenario: scenarios.get(name)!, subject, workload: null, chooser, recorder, keys: true });
      }
      return false;
    });
    expect([...silent]).toEqual([]);
  });

  it('knows nothing of heddle, so that other schedulers can run it, too', () => {
    const pure = files.filter((file) => /^scenarios\/sctbench\/specimens\/(machine|programs\/.*)\.ts$/.test(file));
    expect(pure.length).toBeGreaterThan(10);
    for (const target of pure.flatMap(importsOf)) expect(pure).toContain(target);
  });
});

describe('all schedules', () => {
  /** How many there are, and how many of them show the bug; `bad` and `good`. */
  const figures = {
    account: [453, 182, 453],
    bluetooth_driver: [258, 12, 267],
    deadlock01: [36, 6, 16],
    lazy01: [352, 132, 352],
    phase01: [34, 34, 1852],
    reorder_3: [3060, 138, 408],
    sync01: [9, 9, 11],
    sync02: [27, 27, 48],
    token_ring: [2520, 420, 2520],
    twostage: [416, 5, 14],
  } as const;

  it.each(Object.entries(figures))('of %s: so many, and no twin fails', async (name, [runs, failed, twins]) => {
    expect(await everySchedule(scenarios.get(name)!, 'bad')).toEqual({ runs, failed });
    expect(await everySchedule(scenarios.get(name)!, 'good')).toEqual({ runs: twins, failed: 0 });
  });

  it.each(
    Object.entries({
      'circular_buffer of 3': circularBufferOf(3, 'items'),
      'queue of 3': queueOf(3, 'items'),
      'stack of 3': stackOf(3, true),
      'wronglock with 2': wronglockOf(2, false),
      'reorder with 2 and 1': reorderOf(2, 1, true),
      'twostage with 2 and 1': twostageOf(2, 1, true),
    }),
  )('of the twin of %s hold', async (_name, run) => {
    expect(await everySchedule(own(run), 'it')).toMatchObject({ failed: 0 });
  });

  it.each([
    [1, 1],
    [2, 1],
    [1, 2],
  ])('of reorder with %i and %i are those that a model of it has', async (setters, checkers) => {
    expect(await everySchedule(own(reorderOf(setters, checkers, false)), 'it')).toEqual(modelled(setters, checkers));
  });
});

/** Counts the interleavings of reorder without heddle: every task starts, then makes its accesses. */
function modelled(setters: number, checkers: number): { runs: number; failed: number } {
  interface State {
    readonly a: number;
    readonly b: number;
    /** Steps that each task has made; of a checker also where it stands in the condition. */
    readonly at: readonly string[];
  }
  const SET = ['start', 'a', 'b', 'done'];
  const step = ({ a, b, at }: State, task: number): State | 'fails' => {
    const now = at[task]!;
    const to = (next: string, change: Partial<State> = {}): State => ({ a, b, at: at.with(task, next), ...change });
    if (task < setters) {
      const next = SET[SET.indexOf(now) + 1]!;
      return to(next, now === 'a' ? { a: 1 } : now === 'b' ? { b: -1 } : {});
    }
    if (now === 'start') return to('a is 0');
    if (now === 'a is 0') return to(a === 0 ? 'b is 0' : 'a is 1');
    if (now === 'b is 0') return to(b === 0 ? 'done' : 'a is 1');
    if (now === 'a is 1') return a === 1 ? to('b is -1') : 'fails';
    return b === -1 ? to('done') : 'fails';
  };
  const count = (state: State): { runs: number; failed: number } => {
    const going = state.at.flatMap((at, task) => (at === 'done' ? [] : [task]));
    if (going.length === 0) return { runs: 1, failed: 0 };
    return going
      .map((task) => step(state, task))
      .map((next) => (next === 'fails' ? { runs: 1, failed: 1 } : count(next)))
      .reduce((sum, each) => ({ runs: sum.runs + each.runs, failed: sum.failed + each.failed }));
  };
  return count({ a: 0, b: 0, at: Array.from({ length: setters + checkers }, () => 'start') });
}

describe('the simulated machine', () => {
  /** What tasks note, in every schedule of `program`. */
  async function everyNote(program: (machine: Machine, note: (what: string) => void) => void): Promise<string[]> {
    const all = new Set<string>();
    let notes: string[] = [];
    const run = (machine: Machine): void => {
      notes = [];
      program(machine, (what) => notes.push(what));
    };
    await everySchedule(own(run), 'it', ({ verdict }) => {
      all.add(verdict.kind === 'holds' ? notes.join(' ') : `${notes.join(' ')} ${verdict.kind}`.trim());
    });
    return [...all].sort();
  }

  it('lets in one at a time, and of those who wait anyone', async () => {
    const orders = await everyNote((machine, note) => {
      const m = machine.mutex('m');
      const x = machine.cell('x', 0);
      for (const name of ['1', '2', '3']) {
        machine.task(name, () =>
          locked(m, async () => {
            note(name);
            await x.read();
            note(name);
          }),
        );
      }
    });
    expect(orders).toEqual(['1 1 2 2 3 3', '1 1 3 3 2 2', '2 2 1 1 3 3', '2 2 3 3 1 1', '3 3 1 1 2 2', '3 3 2 2 1 1']);
  });

  it('lets one who waits for a condition go on after a signal only, with the mutex in its hands', async () => {
    const orders = await everyNote((machine, note) => {
      const m = machine.mutex('m');
      const ready = machine.condition('ready');
      const x = machine.cell('x', 0);
      machine.task('waits', async () => {
        await m.lock();
        note('waits');
        await ready.wait(m);
        note('woken');
        await x.read();
        note('out');
        await m.unlock();
      });
      machine.task('signals', async () => {
        await m.lock();
        note('signals');
        ready.signal();
        await x.read();
        note('done');
        await m.unlock();
      });
    });
    // A signal that comes too early is lost.
    expect(orders).toEqual(['signals done waits deadlock', 'waits signals done woken out']);
  });

  it('makes a read and a write two steps, an update and an atomic section one', async () => {
    const finals = (add: (machine: Machine) => () => Promise<unknown>): Promise<string[]> =>
      everyNote((machine, note) => {
        const one = add(machine);
        let left = 2;
        for (const name of ['1', '2']) {
          machine.task(name, async () => {
            const value = await one();
            if ((left -= 1) === 0) note(String(value));
          });
        }
      });
    const readAndWrite = (machine: Machine) => {
      const x = machine.cell('x', 0);
      return async () => {
        await x.write((await x.read()) + 1);
        return x.value;
      };
    };
    const update = (machine: Machine) => {
      const x = machine.cell('x', 0);
      return () => x.update((value) => value + 1);
    };
    const atomic = (machine: Machine) => {
      const x = machine.cell('x', 0);
      return () => machine.atomic('x += 1', { writes: [x] }, () => (x.value += 1));
    };
    expect(await finals(readAndWrite)).toEqual(['1', '2']);
    expect(await finals(update)).toEqual(['2']);
    expect(await finals(atomic)).toEqual(['2']);
  });

  it('ends the run where an assertion fails, and takes no other error for one', async () => {
    const failing = (error: Error) =>
      own((machine) => {
        machine.task('t', () => Promise.reject(error));
      });
    const kinds = (error: Error) => verdictOf({ scenario: failing(error), subject: 'it', runs: 1 });
    expect(await kinds(new AssertionFailed('x is 3'))).toMatchObject({
      kind: 'violation',
      invariant: 'noAssertionFails',
      message: 't: x is 3',
    });
    expect(await kinds(new TypeError('x'))).toMatchObject({ kind: 'error', invariant: 'noUncaughtException' });
    expect(() => {
      assert(false, 'x is 3');
    }).toThrow(AssertionFailed);
  });
});

describe('published figures', () => {
  it('stand with programs that there are', () => {
    expect(Object.keys(published)).toHaveLength(21);
    for (const name of [...Object.keys(published), ...Object.keys(notes)]) expect(names).toContain(name);
  });

  it('tell never from no figure, and how many trials found the bug', () => {
    expect(published['reorder_10']).toMatchObject({
      random: { mean: null, found: 0 },
      pct3: { mean: 3225, found: 16 },
      surw: { mean: 17, found: 20 },
    });
    expect(published['carter01']).toMatchObject({ pos: { mean: 2, found: 20 }, surw: null });
  });

  it('of programs of another size than the name says have a note', () => {
    for (const name of ['reorder_20', 'reorder_50', 'twostage_50']) {
      expect(published).not.toHaveProperty(name);
      expect(names).toContain(/as (\w+) has$/.exec(notes[name]!)![1]);
    }
  });
});
