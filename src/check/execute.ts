import type { Chooser, Recorder } from '../kernel/choice.ts';
import { World, type Ending } from '../kernel/world.ts';
import { contextCapture } from '../intercept/contexts.ts';
import { enter, leave, type ControlledRun, type Escape } from '../intercept/current.ts';
import { callSite } from '../intercept/escapes.ts';
import { inheritLoadTimers } from '../intercept/load-timers.ts';
import type { Operation } from '../invariant/history.ts';
import { FetchDevice } from '../scenario/fetch-device.ts';
import { Observer, type Note, type Watching } from '../scenario/observer.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Sim } from '../scenario/sim.ts';
import { AtWork } from './at-work.ts';
import { describeError } from './describe-error.ts';
import { FairChooser } from '../schedule/fair.ts';
import { examine, type Outlook } from './livelock.ts';
import { CLOCK_PATIENCE, longerThan, longerThanAwaited, maxTurnsOf, type Patience } from './patience.ts';
import { lateVerdict, restVerdict, turnsVerdict, waitingIn } from './stuck.ts';
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
  /** The chooser is a strategy's, and may starve tasks: it is held to fairness where a run must come to an end. */
  readonly searching?: boolean;
  /** Default: what the scenario says, and an examination that is thorough. */
  readonly patience?: Patience;
}

/** What a run amounted to. */
export interface RunOutcome {
  readonly verdict: Verdict;
  readonly turns: number;
  /** With those that told livelock from slowness. */
  readonly turnsMade: number;
  /** Virtual ms. */
  readonly time: number;
  readonly hash: string;
  readonly picks: readonly number[];
  readonly delays: boolean;
  readonly operations: readonly Operation[];
  /** How many facts were told. */
  readonly facts: number;
  /** Whether there was ever anything to choose but how late an event is. */
  readonly chose: boolean;
  /** Kinds of fault that might have struck, with whether one did. */
  readonly faults: ReadonlyMap<string, boolean>;
  /** Invariants that know what they need, with whether they had it. */
  readonly exercised: ReadonlyMap<string, boolean>;
  readonly taskSwitches: number;
  /** Names of the `sometimes` invariants that this run reached. */
  readonly reached: readonly string[];
  /** The thread can make no further runs: something real is under way. */
  readonly tainted: boolean;
}

/** How far a run came, whatever that means. */
type Reached = Omit<RunOutcome, 'verdict' | 'turnsMade' | 'tainted'>;

/** Where all schedules are to be run, only orders differ, unless the scenario declares more. */
const NO_TIME = [0, 0] as const;

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
  readonly #invariants: AtWork;
  readonly #maxTurns: number;
  #verdict: Verdict | null = null;
  #tainted = false;
  /** What the run had come to when it was over its bound; what follows only tells why. */
  #over: Reached | null = null;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#maxTurns = plan.patience?.maxTurns ?? maxTurnsOf(plan.scenario);
    this.world = new World({
      chooser: plan.chooser,
      maxTurns: plan.searching === true ? Math.ceil(this.#maxTurns / 2) : this.#maxTurns,
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
    const note = (each: Note): void => {
      if (this.#over === null) plan.onNote?.(each);
    };
    this.#observer = new Observer(this.world, report, plan.onNote === undefined ? null : note);
    this.#invariants = new AtWork({
      world: this.world,
      observer: this.#observer,
      inherited: this.inherited,
      judged: () => this.#verdict !== null,
    });
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
    this.world.witness?.judged();
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
    const verdict = this.#verdict ?? HOLDS;
    return { ...(this.#over ?? this.#came()), verdict, turnsMade: world.turn, tainted: this.#tainted };
  }

  #came(): Reached {
    const { world } = this;
    return {
      turns: world.turn,
      time: world.now,
      hash: world.hash.toString(),
      picks: world.picks,
      delays: this.#plan.chooser.delays,
      operations: this.#observer.history.operations,
      facts: this.#observer.history.facts.length,
      chose: world.orders > 0 || world.faults.size > 0 || world.draws > 0,
      faults: world.faults,
      exercised: this.#invariants.exercised(),
      taskSwitches: world.taskSwitches,
      reached: this.#invariants.reached(),
    };
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
      this.#invariants.watch(scenario, subject);
      return scenario.body(body);
    });
    if (!started) return;
    if (!this.#invariants.ask('afterBody')) return;
    world.faultsCeased = true;
    if (!this.#awaitEventually()) return;
    const closes = scenario.shutdown !== undefined;
    if (closes && !this.#phase('shutdown', () => scenario.shutdown?.(body!))) return;
    if (!this.#invariants.ask('atRest')) return;
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
      const message = `the ${name} failed: ${describeError(error)}`;
      this.#fail({ kind: 'error', invariant: 'noUncaughtException', message });
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
    while (!part.settled && this.#verdict === null && ending === 'stopped') ending = this.#advance();
    if (this.#verdict === null && !part.settled) this.#stuck(name, ending, () => part.settled);
    return this.#verdict === null;
  }

  /** As `world.run`. When half of its turns are gone, a search becomes fair: an order that starves somebody ends. */
  #advance(until?: number): Ending {
    const { world } = this;
    const ending = world.run(until);
    if (ending !== 'turns' || world.maxTurns === this.#maxTurns) return ending;
    world.maxTurns = this.#maxTurns;
    this.#beFair();
    return world.run(until);
  }

  #beFair(): void {
    const { world } = this;
    if (this.#plan.searching !== true || world.chooser instanceof FairChooser) return;
    world.chooser = new FairChooser(world.chooser);
  }

  /** Nothing can go on, or it went on for too long. */
  #stuck(part: string, ending: Ending, over: () => boolean, invariant: string = 'noLivelock'): void {
    const { turn, now, fired } = this.world;
    const { operations } = this.#observer.history;
    if (ending === 'turns') {
      const run = { what: `the ${part}`, invariant, turn, now, fired, waiting: waitingIn(operations) };
      this.#fail(turnsVerdict(run, { kind: 'changes' }));
      this.#verdict = turnsVerdict(run, this.#examine(longerThan(turn), over));
    } else {
      this.#fail(restVerdict(part, operations));
    }
  }

  /** Whether what is overdue would come at all. To be called with the verdict that it is not there in time. */
  #examine(turns: number, over: () => boolean): Outlook {
    const { patience } = this.#plan;
    const came = this.#came();
    this.#over = { ...came, picks: [...came.picks], operations: [...came.operations] };
    return examine(this.world, {
      turns: patience?.examined ?? turns,
      over,
      progress: () => this.#observer.entries,
      patience: patience === undefined ? CLOCK_PATIENCE : 0,
    });
  }

  /** Lets the world go on, without faults and fairly, until every `eventually` holds or its time is over. */
  #awaitEventually(): boolean {
    const { world } = this;
    const open = new Set(this.#invariants.eventually);
    const since = { turn: world.turn, now: world.now };
    const look = (): void => {
      for (const each of open) if (each.watching.watch.satisfied!()) open.delete(each);
      if (open.size === 0) world.stop();
    };
    look();
    if (open.size === 0) return true;
    world.afterTurn.push(look);
    const { chooser } = world;
    this.#beFair();
    while (open.size > 0 && this.#verdict === null) {
      const first = [...open].reduce((a, b) => (a.within < b.within ? a : b));
      const { name } = first.watching;
      const over = (): boolean => !open.has(first);
      const until = since.now + first.within;
      const ending = this.#advance(until);
      if (ending === 'stopped') continue;
      if (ending === 'turns') {
        this.#stuck(`wait for ${name}`, ending, over, name);
        break;
      }
      // Nothing is due before the bound: what comes true by time alone may have.
      if (world.now < until) world.now = until;
      look();
      if (over()) continue;
      this.#fail(lateVerdict(name, first.within, { kind: 'changes' }));
      const examined = longerThanAwaited(world.turn - since.turn);
      this.#verdict = lateVerdict(name, first.within, this.#examine(examined, over));
    }
    world.afterTurn.splice(world.afterTurn.indexOf(look), 1);
    if (world.maxTurns < this.#maxTurns) world.chooser = chooser;
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
    this.#advance(world.now + GRACE);
  }
}
