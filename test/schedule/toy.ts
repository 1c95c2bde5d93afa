// Programs that are nothing but events: a strategy's choices in them can be compared with all that are possible.

import { fc } from 'heddle';
import { Enabled } from '../../src/kernel/enabled.ts';
import { KIND, PendingEvent } from '../../src/kernel/event.ts';
import type { SimProcess } from '../../src/kernel/process.ts';
import { Task } from '../../src/kernel/task.ts';
import type { Touch } from '../../src/kernel/touch.ts';
import { roundEnd } from '../../src/check/rounds.ts';
import { randomStreams } from '../../src/schedule/random.ts';
import type { RunFacts, Strategy, StrategyChooser } from '../../src/schedule/strategy.ts';

/** One event of a task. */
export interface Step {
  /** Null: nobody says. */
  readonly touches: readonly Touch[] | null;
  /** It waits until that task has made so many steps. */
  readonly after?: readonly [task: string, steps: number];
  /** A fault of that kind may strike when it fires. */
  readonly fault?: string;
}

/** The steps of each task, by its name. */
export type Toy = Readonly<Record<string, readonly Step[]>>;

/** One event that fired. */
export interface Fired {
  readonly task: string;
  /** Which of its task's steps, from 0. */
  readonly step: number;
  readonly event: PendingEvent;
}

/** One choice with an alternative. */
export interface Chosen {
  /** Names of the tasks, in canonical order. */
  readonly among: readonly string[];
  readonly task: string;
  /** Whose event fired before. */
  readonly last: string | null;
}

export interface ToyRun {
  readonly fired: readonly Fired[];
  readonly chosen: readonly Chosen[];
  /** Keys of the points at which a fault struck. */
  readonly struck: readonly string[];
  readonly facts: RunFacts;
  /** The tasks in the order in which their events fired, with spaces. */
  readonly order: string;
}

export const reads = (resource: string): Step => ({ touches: [{ resource, writes: false }] });
export const writes = (resource: string): Step => ({ touches: [{ resource, writes: true }] });
export const unknown: Step = { touches: null };

const process = { stalledUntil: 0 } as SimProcess;

/** Runs the program to its end: until nothing that is left can go on. */
export function runToy(toy: Toy, chooser: StrategyChooser, index = 0): ToyRun {
  const tasks = Object.entries(toy).map(([name, steps], at) => ({ task: new Task({}, at, name, process), steps }));
  const done = new Map(tasks.map(({ task }) => [task.name, 0]));
  const pending = new Map<Task, PendingEvent>();
  const fired: Fired[] = [];
  const chosen: Chosen[] = [];
  const struck: string[] = [];
  let seq = 0;
  for (;;) {
    const enabled = new Enabled();
    for (const { task, steps } of tasks) {
      const at = done.get(task.name)!;
      const step = steps[at];
      if (step === undefined) continue;
      let event = pending.get(task);
      if (event === undefined) {
        event = new PendingEvent((seq += 1), KIND.io, labelOf(task.name, at), process, task, 0, 0, null);
        event.touches = step.touches;
        pending.set(task, event);
      }
      if (step.after === undefined || done.get(step.after[0])! >= step.after[1]) enabled.add(event);
    }
    if (enabled.size === 0) break;
    let pick = 0;
    if (enabled.size > 1) {
      pick = chooser.event(enabled);
      if (!(pick >= 0 && pick < enabled.size)) throw new RangeError(`choice ${String(pick)}`);
      const among = enabled.sorted().map(({ task }) => task.name);
      chosen.push({ among, task: enabled.at(pick).task.name, last: fired.at(-1)?.task ?? null });
    }
    const event = enabled.at(pick);
    const { name } = event.task;
    chooser.fires?.(event, 0);
    const step = done.get(name)!;
    const kind = toy[name]![step]!.fault;
    const point = { key: `${String(kind)} at ${event.label}`, kind: kind!, options: ['x', 'y'] };
    if (kind !== undefined && chooser.fault(point) > 0) struck.push(point.key);
    pending.delete(event.task);
    done.set(name, step + 1);
    fired.push({ task: name, step, event });
  }
  const facts = { index, steps: chosen.length, report: chooser.report?.() };
  return { fired, chosen, struck, facts, order: fired.map(({ task }) => task).join(' ') };
}

function labelOf(task: string, step: number): string {
  return `${task}.${String.fromCharCode(97 + step)}`;
}

export function stepsOf(toy: Toy): number {
  return Object.values(toy).reduce((sum, steps) => sum + steps.length, 0);
}

/** All runs of a program: depth-first, by brute force. */
export function everyRun(toy: Toy): ToyRun[] {
  const runs: ToyRun[] = [];
  const path: { pick: number; readonly count: number }[] = [];
  for (;;) {
    let at = 0;
    const event = (enabled: Enabled): number => {
      if (at === path.length) path.push({ pick: 0, count: enabled.size });
      return path[at++]!.pick;
    };
    runs.push(runToy(toy, { delays: false, event, delay: () => 0, fault: () => 0, draw: () => 0 }));
    while (path.length > 0 && path.at(-1)!.pick + 1 === path.at(-1)!.count) path.pop();
    if (path.length === 0) return runs;
    path.at(-1)!.pick += 1;
  }
}

/** Copies what a strategy knows as threads do, or as a file would. */
export type Carry = <K>(knowledge: K) => K;

export const throughThreads: Carry = (knowledge) => structuredClone(knowledge);
export const throughJson: Carry = <K>(knowledge: K) => JSON.parse(JSON.stringify(knowledge)) as K;

export interface ToyCampaign<K> {
  readonly runs: readonly ToyRun[];
  readonly knowledge: K;
}

/** The runs of a campaign, round by round, as the hunt makes them. */
export function campaignOf<K>(
  strategy: Strategy<K>,
  toy: Toy,
  runs: number,
  { seed = '7', carry = (knowledge) => knowledge }: { readonly seed?: string; readonly carry?: Carry } = {},
): ToyCampaign<K> {
  const streams = randomStreams('toy', seed);
  const all: ToyRun[] = [];
  let knowledge = strategy.initial;
  for (;;) {
    const from = all.length;
    const to = Math.min(roundEnd(from), runs, from + (strategy.left?.(knowledge) ?? Infinity));
    if (from >= to) return { runs: all, knowledge };
    for (let index = from; index < to; index += 1) {
      const known = carry(strategy.brief?.(knowledge, index, index + 1) ?? knowledge);
      all.push(runToy(toy, strategy.chooser({ index, random: streams(index), knowledge: known }), index));
    }
    knowledge = strategy.learn(
      knowledge,
      all.slice(from).map(({ facts }) => carry(facts)),
    );
  }
}

/** Runs with one and the same knowledge. */
export function runsKnowing<K>(strategy: Strategy<K>, toy: Toy, runs: number, knowledge: K, seed = '7'): ToyRun[] {
  const streams = randomStreams('toy', seed);
  return Array.from({ length: runs }, (_, index) =>
    runToy(toy, strategy.chooser({ index, random: streams(index), knowledge }), index),
  );
}

/** Pearson's statistic of how often each kind was seen, when all should be seen equally often. */
export function unevenness(seen: readonly string[], kinds: number): number {
  const counts = new Map<string, number>();
  for (const each of seen) counts.set(each, (counts.get(each) ?? 0) + 1);
  if (counts.size > kinds) throw new RangeError(`${String(counts.size)} kinds`);
  const expected = seen.length / kinds;
  const never = (kinds - counts.size) * expected;
  return [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, never);
}

/** For properties: the same examples every time. */
export const fixed = { seed: 7 } as const;

/** Names of tasks that are of different kinds. */
export const TASKS = ['a', 'b', 'c', 'd'] as const;

interface ToyShape {
  /** Numbers of tasks. */
  readonly tasks: readonly [number, number];
  /** Steps of a task at most. */
  readonly steps: number;
  /** Whether steps may touch what nobody knows. Default false. */
  readonly unknowns?: boolean;
  /** Whether steps may wait for others. Default false. */
  readonly waits?: boolean;
}

/** Small programs on cells `x` and `y`. Whatever waits is waited for in one direction only: all of them end. */
export function toys({ tasks: [least, most], steps, unknowns = false, waits = false }: ToyShape): fc.Arbitrary<Toy> {
  const cell = fc.constantFrom('x', 'y');
  const access = fc.oneof(cell.map(reads), cell.map(writes), ...(unknowns ? [fc.constant(unknown)] : []));
  const wait = waits ? fc.option(fc.tuple(fc.nat(), fc.nat()), { freq: 2 }) : fc.constant(null);
  const step = fc.tuple(access, wait);
  return fc
    .array(fc.array(step, { minLength: 1, maxLength: steps }), { minLength: least, maxLength: most })
    .map((lists) => {
      const toy: Record<string, Step[]> = {};
      lists.forEach((list, at) => {
        toy[TASKS[at]!] = list.map(([each, after]) => {
          if (after === null || at === 0) return each;
          const before = after[0] % at;
          return { ...each, after: [TASKS[before]!, 1 + (after[1] % lists[before]!.length)] as const };
        });
      });
      return toy;
    });
}
