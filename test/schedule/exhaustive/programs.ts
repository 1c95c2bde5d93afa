// Generated programs: up to four tasks of up to four events each, with random conflicts.

import { always, fc, judge, scenario, type Invariant, type Scenario, type Sim } from 'heddle';

/** What a task does next. `on` is a cell, `lock` a mutex, by number. */
export type Step =
  | { readonly kind: 'read'; readonly on: number }
  | { readonly kind: 'write'; readonly on: number }
  | { readonly kind: 'add'; readonly on: number }
  /** Writes another cell according to what was read last. */
  | { readonly kind: 'branch'; readonly on: number }
  | { readonly kind: 'local' }
  | { readonly kind: 'lock'; readonly on: number }
  | { readonly kind: 'unlock'; readonly on: number }
  | { readonly kind: 'two'; readonly on: number }
  | { readonly kind: 'race'; readonly on: number }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'timer'; readonly ms: number }
  | { readonly kind: 'immediate' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'window'; readonly ms: number }
  | { readonly kind: 'endless' }
  | { readonly kind: 'fault'; readonly on: number }
  | { readonly kind: 'spawn'; readonly on: number }
  | { readonly kind: 'forget'; readonly on: number }
  | { readonly kind: 'op'; readonly on: number }
  /** As `op`, but its order among others is no resource. */
  | { readonly kind: 'call'; readonly on: number }
  | { readonly kind: 'tell' };

/** Hooks; what is read at rest; the same, but only where the first cell is odd. */
type Reader = 'nobody' | 'ended' | 'told' | 'operations' | 'facts' | 'all, perhaps';

export interface GeneratedProgram {
  readonly tasks: readonly (readonly Step[])[];
  /** An invariant looks at the state after every turn. */
  readonly watched: boolean;
  /** Who notices in which order operations begin and end, and facts are told. */
  readonly reader: Reader;
  /** After its tasks, the body does these steps, too. */
  readonly after: readonly Step[];
}

const on = fc.nat({ max: 2 });
const onCell = (kind: 'read' | 'write' | 'add' | 'branch' | 'lock' | 'unlock' | 'two' | 'race'): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant(kind), on });

const plain: readonly fc.Arbitrary<Step>[] = [
  onCell('read'),
  onCell('write'),
  onCell('add'),
  onCell('branch'),
  fc.constant({ kind: 'local' }),
];
const blocking: readonly fc.Arbitrary<Step>[] = [onCell('lock'), onCell('unlock'), onCell('two'), onCell('race')];
const observed: readonly fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant('call'), on }),
  fc.constant({ kind: 'tell' }),
];
const readers = fc.constantFrom<Reader[]>('nobody', 'ended', 'told', 'operations', 'facts', 'all, perhaps');
const odd: readonly fc.Arbitrary<Step>[] = [
  fc.constant({ kind: 'unknown' }),
  fc.record({ kind: fc.constant('timer'), ms: fc.integer({ min: 1, max: 2 }) }),
  fc.constant({ kind: 'immediate' }),
  fc.record({ kind: fc.constant('slow'), ms: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ kind: fc.constant('window'), ms: fc.integer({ min: 1, max: 2 }) }),
  fc.constant({ kind: 'endless' }),
  fc.record({ kind: fc.constant('fault'), on }),
  fc.record({ kind: fc.constant('spawn'), on }),
  fc.record({ kind: fc.constant('forget'), on }),
  fc.record({ kind: fc.constant('op'), on }),
  ...observed,
] as readonly fc.Arbitrary<Step>[];

function programsOf(steps: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<GeneratedProgram> {
  const task = fc.array(fc.oneof(...steps), { minLength: 1, maxLength: 4 });
  return fc.record({
    tasks: fc.array(task, { minLength: 2, maxLength: 4 }),
    watched: fc.boolean(),
    reader: readers,
    after: fc.array(fc.oneof(...steps), { maxLength: 1 }),
  });
}

/** Cells only; operations, facts and a lock besides; cells, locks and races; timers, faults and what nobody knows, too. */
export const families: Readonly<
  Record<'cells' | 'operations' | 'blocking' | 'everything', fc.Arbitrary<GeneratedProgram>>
> = {
  cells: programsOf(plain),
  operations: programsOf([onCell('read'), onCell('write'), onCell('lock'), ...observed, ...observed]),
  blocking: programsOf([...plain, ...blocking]),
  everything: programsOf([...plain, ...plain, ...blocking, ...odd]),
};

class Machine {
  readonly cells: number[] = [0, 0, 0];
  /** What each task read, in its order. */
  readonly seen: Record<string, number[]> = {};
  /** What somebody noticed of the history. */
  readonly noticed: string[] = [];
  readonly #sim: Sim;
  readonly #locks = new Map<number, { held: boolean; readonly waiting: (() => void)[] }>();
  #tells = 0;

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  outcome(): string {
    return JSON.stringify([this.cells, Object.entries(this.seen).sort(), this.noticed]);
  }

  async perform(task: string, steps: readonly Step[]): Promise<void> {
    this.seen[task] ??= [];
    for (const [i, step] of steps.entries()) await this.#step(task, i + 1, step);
  }

  #last(task: string): number {
    return this.seen[task]!.at(-1) ?? 0;
  }

  #touch(resource: string, writes: boolean): void {
    this.#sim.attach(({ world }) => {
      world.touch(resource, writes);
    });
  }

  async #step(task: string, number: number, step: Step): Promise<void> {
    const sim = this.#sim;
    const { cells } = this;
    const seen = this.seen[task]!;
    const value = number * 7 + task.charCodeAt(task.length - 1);
    switch (step.kind) {
      case 'read':
        await sim.io(`read ${step.on}`, { resource: `cell ${step.on}`, writes: false });
        seen.push(cells[step.on]!);
        return;
      case 'write':
        await sim.io(`write ${step.on}`, { resource: `cell ${step.on}` });
        cells[step.on] = value;
        return;
      case 'add':
        await sim.io(`add ${step.on}`, { resource: `cell ${step.on}` });
        cells[step.on]! += 1;
        return;
      case 'branch': {
        const target = (step.on + this.#last(task)) % 3;
        if (this.#last(task) % 2 === 1) await sim.io('detour');
        await sim.io(`write ${target}`, { resource: `cell ${target}` });
        cells[target] = value;
        return;
      }
      case 'local':
        await sim.io('local');
        seen.push(-1);
        return;
      case 'lock': {
        this.#touch(`lock ${step.on}`, true);
        const lock = this.#lock(step.on);
        if (!lock.held) lock.held = true;
        else
          await new Promise<void>((resolve) => {
            lock.waiting.push(resolve);
          });
        return;
      }
      case 'unlock': {
        this.#touch(`lock ${step.on}`, true);
        const lock = this.#lock(step.on);
        const next = lock.waiting.shift();
        if (next === undefined) lock.held = false;
        else next();
        return;
      }
      case 'two': {
        const both = [step.on, (step.on + 1) % 3].map(async (cell) => {
          await sim.io(`add ${cell}`, { resource: `cell ${cell}` });
          cells[cell]! += 1;
          seen.push(cell);
        });
        await Promise.all(both);
        return;
      }
      case 'race':
        await this.#race(task, step.on);
        return;
      case 'unknown':
        await sim.io('unknown');
        // Promised to be nobody else's business, but declared to be everybody's.
        this.#touch('cell 0', true);
        cells[0]! += 1;
        return;
      case 'timer':
        await sim.sleep(step.ms);
        this.#touch('cell 1', true);
        cells[1]! += 1;
        return;
      case 'immediate':
        await new Promise<void>((resolve) => {
          setImmediate(resolve);
        });
        this.#touch('cell 2', false);
        seen.push(cells[2]!);
        return;
      case 'slow':
        await sim.io('slow', { latency: step.ms, resource: 'cell 1', writes: false });
        seen.push(cells[1]!);
        return;
      case 'window':
        await sim.io('window', { latency: [0, step.ms], resource: 'cell 0', writes: false });
        seen.push(cells[0]! * 100 + sim.now);
        return;
      case 'endless':
        await new Promise<void>((resolve) => {
          sim.attach(({ world }) => {
            const event = world.complete('endless', 0, Infinity, resolve);
            event.touches = [{ resource: 'cell 2', writes: true }];
          });
        });
        cells[2]! += 1;
        return;
      case 'fault':
        await sim.io('risky', { resource: `cell ${step.on}`, writes: false });
        sim.attach(({ world }) => {
          const strikes = world.fault({ key: `${task} ${number}`, kind: 'bad luck', options: ['bad luck'] });
          seen.push(strikes === 0 ? cells[step.on]! : -2);
        });
        return;
      case 'spawn':
        await sim.client(`${task}${number}`, async () => {
          await this.perform(`${task}${number}`, [{ kind: 'add', on: step.on }]);
        });
        return;
      case 'forget':
        void sim.client(`${task}${number}`, async () => {
          await this.perform(`${task}${number}`, [{ kind: 'add', on: step.on }]);
        });
        return;
      case 'call':
        await sim.op('call', {}, async () => {
          await sim.io('call', { resource: `cell ${step.on}`, writes: false });
        });
        return;
      case 'tell':
        await sim.io('tell');
        sim.tell('fact', number);
        return;
      case 'op': {
        const order = await sim.op('op', {}, async () => {
          await sim.io('op', { resource: `cell ${step.on}`, writes: false });
          return cells[step.on]!;
        });
        this.#touch('tells', true);
        this.#tells += 1;
        seen.push(order, this.#tells);
      }
    }
  }

  #lock(number: number): { held: boolean; readonly waiting: (() => void)[] } {
    let lock = this.#locks.get(number);
    if (lock === undefined) this.#locks.set(number, (lock = { held: false, waiting: [] }));
    return lock;
  }

  /** Two completions of which the first takes the other back. */
  #race(task: string, cell: number): Promise<void> {
    return new Promise((resolve) => {
      this.#sim.attach(({ world }) => {
        const events = [cell, (cell + 1) % 3].map((each, i) => {
          const event = world.complete(`race ${each}`, 0, 0, () => {
            world.cancel(events[1 - i]!);
            this.cells[each]! += 10;
            this.seen[task]!.push(i);
            resolve();
          });
          event.touches = [{ resource: `cell ${each}`, writes: true }];
          return event;
        });
      });
    });
  }
}

/** Notes what there is to notice in the subject; always holds. */
function reading(reader: Reader): Invariant<Machine>[] {
  const name = 'reader';
  switch (reader) {
    case 'nobody':
      return [];
    case 'ended':
      return [
        {
          name,
          watch: ({ subject }) => ({
            ended: ({ task, invokedPosition }) => void subject.noticed.push(`${task} ${invokedPosition}`),
          }),
        },
      ];
    case 'told':
      return [{ name, watch: ({ subject }) => ({ told: ({ task }) => void subject.noticed.push(task) }) }];
    default:
      return [
        {
          name,
          watch: ({ subject, history }) => ({
            atRest: () => {
              if (reader === 'all, perhaps' && subject.cells[0]! % 2 === 0) return undefined;
              if (reader !== 'facts')
                for (const { task, invokedPosition, endedPosition } of history.operations)
                  subject.noticed.push(`${task} ${invokedPosition} ${endedPosition}`);
              if (reader !== 'operations') for (const { task } of history.facts) subject.noticed.push(task);
              return undefined;
            },
          }),
        },
      ];
  }
}

/** The program as a scenario whose subject notes what came of each run in `outcomes`. */
export function scenarioOf(
  program: GeneratedProgram,
  note: (machine: { outcome(): string }) => void,
): Scenario<Machine, null> {
  return scenario<Machine, null>({
    name: 'generated/program',
    subjects: {
      it: judge((sim) => {
        const machine = new Machine(sim);
        note(machine);
        return machine;
      }),
    },
    every: [null],
    shares: 'resources',
    body: async ({ sim, subject }) => {
      await sim.clients(program.tasks, (steps, name) => subject.perform(name, steps));
      await subject.perform('main', program.after);
    },
    invariants: [...(program.watched ? [always<Machine>('nothing', () => true)] : []), ...reading(program.reader)],
    maxTurns: 500,
  });
}
