import { PendingEvent, type InContext } from '../../kernel/event.ts';
import type { SimProcess } from '../../kernel/process.ts';
import type { Task } from '../../kernel/task.ts';
import type { World } from '../../kernel/world.ts';
import { SimulatedChild, type ChildStreams } from './child.ts';
import { InputPipe } from './input-pipe.ts';
import { OutputPipe } from './output-pipe.ts';
import { isFatal, windowOf, type ChildScript, type ChildStep } from './script.ts';

export type StreamName = 'stdin' | 'stdout' | 'stderr';

/** `zombie`: it has ended, and its parent has not noticed yet. `reaped`: nothing is left but, perhaps, its pipes. */
export type ChildState = 'running' | 'zombie' | 'reaped';

/** A child as an invariant may look at it. */
export interface ChildView {
  /** Numbers the children in the order of their spawns, from 1. */
  readonly number: number;
  readonly pid: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly state: ChildState;
  /** The parent's ends of its output that are not closed. */
  readonly openPipes: readonly StreamName[];
  /** 'close' has been emitted. */
  readonly closed: boolean;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  /** Virtual ms at which it was started, and at which it ended; Infinity as long as it runs. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface LifeOptions {
  readonly world: World;
  /** Where children live: no event loop of any simulated process holds them up. */
  readonly outside: SimProcess;
  readonly latency: readonly [number, number];
  readonly number: number;
  readonly pid: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly script: ChildScript;
  /** Which streams are pipes. */
  readonly pipes: readonly StreamName[];
  readonly readFails: (pipe: string) => boolean;
}

/** One child: what it does in the system, and what its parent's event loop hears of it. */
export class Life implements ChildView {
  readonly number: number;
  readonly pid: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly startedAt: number;
  readonly streams: ChildStreams;
  state: ChildState = 'running';
  closed = false;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;
  endedAt: number = Infinity;
  readonly #options: LifeOptions;
  readonly #parent: SimProcess;
  readonly #task: Task;
  readonly #context: InContext | null;
  #child: SimulatedChild | null = null;

  constructor(options: LifeOptions) {
    const { world, number, pid, command, args } = options;
    this.#options = options;
    this.number = number;
    this.pid = pid;
    this.command = command;
    this.args = args;
    this.startedAt = world.now;
    this.#parent = world.process;
    this.#task = world.currentTask();
    // What listens to the child runs in the async context of the code that spawned it, as in Node.
    const here = new PendingEvent(0, 0, '', this.#parent, this.#task, 0, 0, null);
    this.#context = world.bind(here).context;
    const pipe = (name: StreamName): OutputPipe | null => (options.pipes.includes(name) ? this.#pipe(name) : null);
    this.streams = {
      stdin: options.pipes.includes('stdin') ? new InputPipe() : null,
      stdout: pipe('stdout'),
      stderr: pipe('stderr'),
    };
  }

  #pipe(stream: StreamName): OutputPipe {
    const name = `child ${String(this.number)} ${stream}`;
    return new OutputPipe({
      name,
      latency: this.#options.latency,
      readFails: () => this.#options.readFails(name),
      inParent: (label, window, callback) => {
        this.#inParent(label, window, callback);
      },
    });
  }

  get openPipes(): readonly StreamName[] {
    // What a process had open is closed when it dies.
    if (!this.#parent.alive) return [];
    const { stdout, stderr } = this.streams;
    const open: StreamName[] = [];
    if (stdout?.released === false) open.push('stdout');
    if (stderr?.released === false) open.push('stderr');
    return open;
  }

  /** It lives, and `child` tells its parent of it. */
  begin(child: SimulatedChild): void {
    this.#child = child;
    this.#step(0);
  }

  /** The trace calls it by its number: a pid may be another's. */
  #here(what: string, span: readonly [number, number], callback: () => void): void {
    const { world, outside, number } = this.#options;
    world.deliver('io', `child ${String(number)} ${what}`, outside, this.#task, span, callback);
  }

  #inParent(label: string, window: readonly [number, number], callback: () => void): void {
    const event = this.#options.world.deliver('io', label, this.#parent, this.#task, window, callback);
    event.context = this.#context;
  }

  #step(index: number): void {
    const { steps = [], exitAfter = 0, exitCode = 0 } = this.#options.script;
    const step = steps[index];
    if (step !== undefined) {
      this.#here(describeStep(step), windowOf(step.after ?? 0), () => {
        if (this.state !== 'running') return;
        this.#write(step);
        this.#step(index + 1);
      });
    } else if (exitCode !== null) {
      this.#here('exits', windowOf(exitAfter), () => {
        this.#end(exitCode, null);
      });
    }
  }

  #write({ stdout, stderr }: ChildStep): void {
    if (stdout !== undefined) this.streams.stdout?.fill(Buffer.from(stdout as string));
    if (stderr !== undefined) this.streams.stderr?.fill(Buffer.from(stderr as string));
  }

  /** A signal reaches it; one that has ended takes no notice. */
  receive(signal: NodeJS.Signals | null): void {
    const { script } = this.#options;
    if (signal === null || this.state !== 'running' || !isFatal(signal, script)) return;
    this.#here(`dies of ${signal}`, windowOf(script.dyingTakes ?? [0, 1]), () => {
      this.#end(null, signal);
    });
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.state !== 'running') return;
    const { world, latency, script } = this.#options;
    this.state = 'zombie';
    this.endedAt = world.now;
    this.exitCode = code;
    this.signalCode = signal;
    const { stdin, stdout, stderr } = this.streams;
    stdin?.breakOff();
    const hangUp = (): void => {
      stdout?.hangUp();
      stderr?.hangUp();
    };
    const held = windowOf(script.pipesHeldFor ?? 0);
    if (held[1] === 0) hangUp();
    else this.#here('lets go of its pipes', held, hangUp);
    // Nobody is left to notice, except the system itself.
    if (!this.#parent.alive) this.state = 'reaped';
    this.#inParent(`child ${String(this.number)} exit`, latency, () => this.#child?.noticeExit(code, signal));
  }

  reaped(): void {
    this.state = 'reaped';
  }
}

function describeStep({ stdout, stderr }: ChildStep): string {
  const what = [stdout === undefined ? '' : 'stdout', stderr === undefined ? '' : 'stderr'].filter(
    (each) => each !== '',
  );
  return what.length === 0 ? 'works' : `writes to ${what.join(' and ')}`;
}
