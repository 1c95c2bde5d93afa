import { relative, sep } from 'node:path';
import type { Chooser, Recorder } from '../kernel/choice.ts';
import { World, type Ending } from '../kernel/world.ts';
import { contextCapture } from '../intercept/contexts.ts';
import { enter, leave, type ControlledRun, type Escape } from '../intercept/current.ts';
import { callSite, UNKNOWN_PLACE } from '../intercept/escapes.ts';
import { inheritLoadTimers } from '../intercept/load-timers.ts';
import { noLeakedTimers } from '../invariant/no-leaked-timers.ts';
import type { Invariant, Observed } from '../invariant/invariant.ts';
import type { Operation } from '../invariant/history.ts';
import { describeCycle, waitForCycle } from '../invariant/wait-for.ts';
import { FetchDevice } from '../scenario/fetch-device.ts';
import { Observer, type Note, type Watching } from '../scenario/observer.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Sim } from '../scenario/sim.ts';
import { HOLDS, type Verdict } from './verdict.ts';

/** One run to be executed. */
export interface RunPlan {
  readonly scenario: Scenario;
  readonly subject: string;
  readonly workload: unknown;
  readonly chooser: Chooser;
  /** Names events by keys; needed to record choices and to follow a schedule. */
  readonly keys?: boolean;
  readonly stacks?: boolean;
  readonly recorder?: Recorder;
  readonly onNote?: (note: Note) => void;
  /** Where a watchdog reads how far the run is. */
  readonly progress?: Int32Array | null;
  readonly identity?: boolean;
}

/** What a run amounted to. */
export interface RunOutcome {
  readonly verdict: Verdict;
  readonly turns: number;
  /** Virtual ms. */
  readonly time: number;
  readonly hash: string;
  readonly picks: readonly number[];
  readonly delays: boolean;
  readonly operations: readonly Operation[];
  readonly taskSwitches: number;
  /** Names of the `sometimes` invariants that this run reached. */
  readonly reached: readonly string[];
  /** The thread can make no further runs: something real is under way. */
  readonly tainted: boolean;
}

/** Where all schedules are to be run, only orders differ, unless the scenario declares more. */
const NO_TIME = [0, 0] as const;

const DEFAULT_MAX_TURNS = 100_000;

/** Virtual ms after the shutdown in which late work is looked for. */
const GRACE = 1000;

/** Executes one run, synchronously. To be called at macrotask level with the world's listeners in place. */
export function execute(plan: RunPlan): RunOutcome {
  return new Run(plan).execute();
}

class Run implements ControlledRun {
  readonly world: World;
  readonly inherited: ControlledRun['inherited'] = new Map();
  readonly #plan: RunPlan;
  readonly #observer: Observer;
  readonly #fetch: FetchDevice;
  readonly #watching: Watching[] = [];
  readonly #eventually: { readonly watching: Watching; readonly within: number }[] = [];
  #verdict: Verdict | null = null;
  #tainted = false;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.world = new World({
      chooser: plan.chooser,
      maxTurns: plan.scenario.maxTurns ?? DEFAULT_MAX_TURNS,
      captureContext: contextCapture,
      progress: plan.progress ?? null,
      recorder: plan.recorder ?? null,
      keys: plan.keys ?? false,
      stacks: plan.stacks ?? false,
      identity: plan.identity ?? true,
      ...(plan.scenario.every === undefined ? {} : { latency: NO_TIME }),
    });
    const report = (watching: Watching, message: string): void => {
      this.#fail({ kind: watching.kind, invariant: watching.name, message });
    };
    this.#observer = new Observer(this.world, report, plan.onNote ?? null);
    this.#fetch = new FetchDevice(this.world, this.#observer, (url) => {
      const stack = new Error('fetch').stack ?? '';
      this.escaped({ resource: `fetch ${url}`, site: callSite(stack), stack });
    });
    this.world.onUncaught = (error, origin) => {
      this.#uncaught(error, origin);
    };
  }

  // --- ControlledRun -------------------------------------------------------------------------------------------

  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return this.#fetch.fetch(input, init);
  }

  output(_stream: 'stdout' | 'stderr', text: string): void {
    this.#observer.note({ kind: 'output', task: this.world.currentTask().name, text });
  }

  escaped({ resource, site }: Escape): void {
    this.#tainted = true;
    this.#fail({ kind: 'escape', invariant: 'noEscape', message: `${resource} reached the real world at ${site}` });
  }

  exited(code: number): void {
    this.#observer.note({ kind: 'crash', process: this.world.process.name });
    if (this.world.process.name === 'main') {
      this.#fail({ kind: 'error', invariant: 'noExit', message: `process.exit(${String(code)}) in the main process` });
    }
    this.world.crash(this.world.process);
  }

  // --- the run -------------------------------------------------------------------------------------------------

  #fail(verdict: Verdict): void {
    this.#verdict ??= verdict;
    this.world.stop();
  }

  #uncaught(error: unknown, origin: 'uncaughtException' | 'unhandledRejection'): void {
    const invariant = origin === 'unhandledRejection' ? 'noUnhandledRejection' : 'noUncaughtException';
    const where = this.world.process.name === 'main' ? '' : ` in process ${this.world.process.name}`;
    this.#fail({ kind: 'error', invariant, message: `${describeError(error)}${where}` });
  }

  execute(): RunOutcome {
    const { world } = this;
    enter(this);
    try {
      inheritLoadTimers(world, this.inherited);
      this.#live();
    } finally {
      leave();
    }
    return {
      verdict: this.#verdict ?? HOLDS,
      turns: world.turn,
      time: world.now,
      hash: world.hash.toString(),
      picks: world.picks,
      delays: this.#plan.chooser.delays,
      operations: this.#observer.history.operations,
      taskSwitches: world.taskSwitches,
      reached: this.#reached(),
      tainted: this.#tainted,
    };
  }

  #reached(): readonly string[] {
    const names: string[] = [];
    for (const { name, watch } of this.#watching) if (watch.reached?.() === true) names.push(name);
    return names;
  }

  #live(): void {
    const { scenario, workload } = this.#plan;
    const { world } = this;
    const sim = new Sim(world, this.#observer, this.#fetch);
    const subjectPlan = scenario.subjects[this.#plan.subject]!;
    let body: { sim: Sim; subject: unknown; workload: unknown } | null = null;

    const started = this.#phase('body', () => {
      const subject = subjectPlan.create(sim);
      body = { sim, subject, workload };
      this.#watch(scenario.invariants ?? [], subject);
      return scenario.body(body);
    });
    if (!started) return;
    if (!this.#ask('afterBody')) return;
    this.world.faultsCeased = true;
    if (!this.#awaitEventually()) return;
    const closes = scenario.shutdown !== undefined;
    if (closes && !this.#phase('shutdown', () => scenario.shutdown?.(body!))) return;
    if (!this.#ask('atRest')) return;
    if (closes) this.#lookForLateWork();
  }

  /** Runs one part of the scenario until it has settled; false when the run has its verdict. */
  #phase(name: 'body' | 'shutdown', run: () => unknown): boolean {
    const { world } = this;
    const part = { settled: false };
    const done = (): void => {
      part.settled = true;
      world.stop();
    };
    const failed = (error: unknown): void => {
      this.#fail({
        kind: 'error',
        invariant: 'noUncaughtException',
        message: `the ${name} failed: ${describeError(error)}`,
      });
    };
    const main = world.tasks[0]!;
    const start = (): void => {
      let result: unknown;
      try {
        result = run();
      } catch (error) {
        failed(error);
        return;
      }
      Promise.resolve(result).then(done, failed);
    };
    if (name === 'body') world.main(main.process, main, start);
    else world.deliver('start', name, main.process, main, [0, 0], start);
    let ending: Ending = 'stopped';
    // A stop may come from an invariant, from the part's end, or from both in one turn.
    while (!part.settled && this.#verdict === null && ending === 'stopped') ending = world.run();
    if (this.#verdict !== null) return false;
    if (!part.settled) this.#stuck(name, ending);
    return part.settled;
  }

  /** Nothing can go on, or it went on for too long. */
  #stuck(part: string, ending: Ending): void {
    const { world } = this;
    const pending = this.#observer.history.operations.filter(
      (operation) => operation.outcome.kind === 'pending' && !operation.abandoned,
    );
    const waiting = pending.map(({ name, task }) => `${task} in ${name}`).join(', ');
    if (ending !== 'quiescent') {
      const last = world.fired === null ? 'nothing' : `${world.fired.task.name}/${world.fired.describe()}`;
      const message = `the ${part} did not settle within ${String(world.turn)} turns, ${String(world.now)} virtual ms; last turn: ${last}${waiting === '' ? '' : `; waiting: ${waiting}`}`;
      this.#fail({ kind: 'limit', invariant: 'limit', message });
      return;
    }
    const cycle = waitForCycle(pending.length === 0 ? [] : this.#observer.history.operations);
    if (cycle !== null) {
      this.#fail({ kind: 'deadlock', invariant: 'noDeadlock', message: describeCycle(cycle) });
      return;
    }
    const who = waiting === '' ? `the ${part}` : waiting;
    this.#fail({
      kind: 'deadlock',
      invariant: 'everyOperationSettles',
      message: `${who} never settles: nothing is pending that could settle it`,
    });
  }

  #watch(invariants: readonly Invariant[], subject: unknown): void {
    const { world } = this;
    const observed: Observed<unknown> = {
      subject,
      history: this.#observer.history,
      now: () => world.now,
      armedTimers: () => this.#armedTimers(),
    };
    const without = this.#plan.scenario.without ?? [];
    const builtIn =
      this.#plan.scenario.shutdown === undefined || without.includes('noLeakedTimers') ? [] : [noLeakedTimers()];
    const named = new Set(invariants.map(({ name }) => name));
    for (const invariant of [...invariants, ...builtIn.filter(({ name }) => !named.has(name))]) {
      const watching: Watching = {
        name: invariant.name,
        kind: invariant.kind ?? 'violation',
        watch: invariant.watch(observed),
      };
      this.#watching.push(watching);
      this.#observer.add(watching);
      if (invariant.within !== undefined) this.#eventually.push({ watching, within: invariant.within });
      if (watching.watch.afterTurn !== undefined) {
        const question = (): string | undefined => watching.watch.afterTurn?.();
        world.afterTurn.push(() => {
          if (this.#verdict === null) this.#observer.ask(watching, question);
        });
      }
    }
  }

  #armedTimers(): { label: string; at: string | null }[] {
    const inherited = new Set(this.inherited.values());
    return [...this.world.armedTimers()]
      .filter((timer) => !inherited.has(timer))
      .map((timer) => ({ label: timer.describe(), at: timer.armedAt === null ? null : callSite(timer.armedAt) }));
  }

  #ask(when: 'afterBody' | 'atRest'): boolean {
    for (const watching of this.#watching) {
      if (this.#verdict !== null) return false;
      this.#observer.ask(watching, () => watching.watch[when]?.());
    }
    return this.#verdict === null;
  }

  /** Lets the world go on, without faults, until every `eventually` holds or its time is over. */
  #awaitEventually(): boolean {
    const { world } = this;
    const open = new Set(this.#eventually);
    const since = world.now;
    const look = (): void => {
      for (const each of open) if (each.watching.watch.satisfied!()) open.delete(each);
      if (open.size === 0) world.stop();
    };
    look();
    world.afterTurn.push(look);
    while (open.size > 0 && this.#verdict === null) {
      const first = [...open].reduce((a, b) => (a.within < b.within ? a : b));
      const ending = world.run(since + first.within);
      if (ending === 'stopped') continue;
      if (ending === 'turns') {
        this.#stuck(`wait for ${first.watching.name}`, ending);
        break;
      }
      // Nothing is due before the bound: what comes true by time alone may have.
      if (world.now < since + first.within) world.now = since + first.within;
      look();
      if (!open.has(first)) continue;
      const { name } = first.watching;
      this.#fail({
        kind: 'violation',
        invariant: name,
        message: `${name} did not come true within ${String(first.within)} virtual ms`,
      });
    }
    return this.#verdict === null;
  }

  #lookForLateWork(): void {
    const { world } = this;
    if ((this.#plan.scenario.without ?? []).includes('noLateWork')) return;
    this.#observer.onLateWork = (what) => {
      this.#fail({
        kind: 'violation',
        invariant: 'noLateWork',
        message: `${what} began after the shutdown had settled`,
      });
    };
    world.run(world.now + GRACE);
  }
}

/** An error as one line: its name and message, and where it was made; or the thrown value. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${String(error)}`;
  const site = callSite(error.stack ?? '');
  const where = site === UNKNOWN_PLACE ? '' : ` (${relative(process.cwd(), site).split(sep).join('/')})`;
  return `${error.name}: ${error.message}${where}`;
}
