import type { spawn, SpawnOptions } from 'node:child_process';
import { inspect } from 'node:util';
import { HeddleError } from '../../kernel/errors.ts';
import type { SimProcess } from '../../kernel/process.ts';
import type { World } from '../../kernel/world.ts';
import { SimulatedChild, type ChildHandle } from './child.ts';
import { Life, type ChildView, type StreamName } from './life.ts';
import {
  argumentError,
  isToldByEvent,
  leavesNoStreams,
  errorNumber,
  signalName,
  systemError,
  type SpawnFailure,
} from './node-errors.ts';
import { OutputPipe } from './output-pipe.ts';
import { windowOf, type ChildScript, type Span } from './script.ts';

/**
 * What may go wrong by choice, beside the orders of events. A {@link SpawnFailure}: this spawn fails with it.
 * `pid reuse`: the child gets the pid of one that has been reaped. `ignored SIGTERM`: it takes no notice of it.
 * `held pipes`: a process that it has started keeps its output open for `heldFor` after its end. `read error`: reading its
 * output fails with EIO.
 */
export type ChildFault = SpawnFailure | 'pid reuse' | 'ignored SIGTERM' | 'held pipes' | 'read error';

export interface ChildrenOptions {
  /** What a command does; undefined for a command that does not exist. */
  readonly script: (command: string, args: readonly string[], number: number) => ChildScript | undefined;
  /** Virtual ms until the parent's event loop notices output or an exit. Default: the world's. */
  readonly latency?: Span;
  readonly faults?: readonly ChildFault[];
  /** Virtual ms for which `held pipes` are held. Default [1000, 60000]. */
  readonly heldFor?: Span;
}

/** A signal that was sent, and whom it met. */
export interface SignalSent {
  readonly signal: NodeJS.Signals;
  readonly pid: number;
  /** `own group`: the sender's own process group, as Node 20 does for a child that could not be started. */
  readonly to: 'running' | 'zombie' | 'nobody' | 'own group';
  /** The child that it met; 0 for none. */
  readonly number: number;
  readonly via: 'child' | 'pid';
  /** Virtual ms. */
  readonly at: number;
}

/** Above what Linux allows, so that a pid that gets out cannot be a real process's. */
const FIRST_PID = 5_000_001;

const PIPES: readonly StreamName[] = ['stdin', 'stdout', 'stderr'];

const SPAWN_FAILURES: readonly string[] = ['ENOENT', 'EACCES', 'EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'E2BIG'];

/** A simulated `node:child_process`: the table of processes, and a `spawn` with Node's contract. */
export class Children {
  readonly #world: World;
  readonly #options: ChildrenOptions;
  readonly #onWork: (what: string) => void;
  readonly #outside: SimProcess;
  readonly #lives: Life[] = [];
  readonly #signals: SignalSent[] = [];
  #spawns = 0;
  #nextPid = FIRST_PID;

  constructor(world: World, options: ChildrenOptions, onWork: (what: string) => void) {
    this.#world = world;
    this.#options = options;
    this.#onWork = onWork;
    this.#outside = world.spawn('children');
  }

  /** Every child that was started, in order. */
  get all(): readonly ChildView[] {
    return this.#lives;
  }

  /** Those that have not ended. */
  get running(): readonly ChildView[] {
    return this.#lives.filter(({ state }) => state === 'running');
  }

  /** Every signal that was sent; those that only ask (0) are not kept. */
  get signals(): readonly SignalSent[] {
    return this.#signals;
  }

  /** Calls of `spawn`, failed ones included. */
  get spawns(): number {
    return this.#spawns;
  }

  /**
   * Takes the place of `spawn` of `node:child_process`. Of the options it heeds `stdio` ('pipe', 'ignore', 'inherit', or an
   * array of them) and leaves `cwd`, `env` and the like alone; `signal`, `timeout` and other forms of `stdio` are refused.
   */
  readonly spawn: typeof spawn = ((command: string, args?: unknown, options?: unknown) =>
    Array.isArray(args)
      ? this.#spawn(command, args as string[], options ?? {})
      : this.#spawn(command, [], args ?? options ?? {})) as unknown as typeof spawn;

  /**
   * Takes the place of `process.kill` for simulated pids: meets whoever has the pid now. Throws ESRCH when nobody does.
   */
  readonly kill = (pid: number, signal?: NodeJS.Signals | number): true => {
    const name = signalName(signal);
    const life = this.#lives.findLast((each) => each.pid === pid && each.state !== 'reaped');
    this.#note(name, pid, life, 'pid');
    if (life === undefined) throw systemError('ESRCH', 'kill');
    life.receive(name);
    return true;
  };

  #note(signal: NodeJS.Signals | null, pid: number, life: Life | undefined, via: SignalSent['via']): void {
    if (signal === null) return;
    const to = life === undefined ? 'nobody' : life.state === 'running' ? 'running' : 'zombie';
    this.#signals.push({ signal, pid, to, number: life?.number ?? 0, via, at: this.#world.now });
  }

  #spawn(command: string, args: readonly string[], options: SpawnOptions): SimulatedChild {
    checkArguments(command, options);
    const pipes = pipesOf(options.stdio);
    this.#spawns += 1;
    const number = this.#spawns;
    this.#onWork(`spawn ${command}`);
    const script = this.#options.script(command, args, number);
    const failure = script === undefined ? 'ENOENT' : this.#failureOf(number);
    if (failure !== null) return this.#fail(command, args, failure, pipes);

    const life = new Life({
      world: this.#world,
      outside: this.#outside,
      latency: windowOf(this.#options.latency ?? this.#world.latency),
      number,
      pid: this.#pidFor(number),
      command,
      args,
      script: this.#afflicted(script!, number),
      pipes,
      readFails: (pipe) => this.#strikes('read error', pipe),
    });
    const handle: ChildHandle = {
      send: (signal) => {
        this.#note(signal, life.pid, life, 'child');
        life.receive(signal);
        return true;
      },
      reaped: () => {
        life.reaped();
      },
      closed: () => {
        life.closed = true;
      },
    };
    const child = new SimulatedChild(command, args, handle);
    this.#lives.push(life);
    child.pid = life.pid;
    child.attach(life.streams);
    child.announce(null);
    life.begin(child);
    return child;
  }

  #fail(command: string, args: readonly string[], failure: SpawnFailure, pipes: readonly StreamName[]): SimulatedChild {
    if (!isToldByEvent(failure)) throw systemError(failure, 'spawn', { errno: errorNumber(failure) });
    // Until its error is told it has a handle with pid 0: a signal to that is one to the sender's own group.
    const child = new SimulatedChild(command, args, {
      send: (signal) => {
        if (signal !== null) {
          this.#signals.push({ signal, pid: 0, to: 'own group', number: 0, via: 'child', at: this.#world.now });
        }
        return true;
      },
      reaped: () => undefined,
      closed: () => undefined,
    });
    if (!leavesNoStreams(failure)) {
      const dead = (name: StreamName): OutputPipe | null => (pipes.includes(name) ? deadPipe(name) : null);
      child.attach({ stdin: null, stdout: dead('stdout'), stderr: dead('stderr') });
    }
    child.announce(failure);
    return child;
  }

  #failureOf(number: number): SpawnFailure | null {
    const failures = (this.#options.faults ?? []).filter((each) => SPAWN_FAILURES.includes(each)) as SpawnFailure[];
    if (failures.length === 0) return null;
    const key = `spawn of child ${String(number)}`;
    const pick = this.#world.fault({ key, kind: 'spawn failure', options: failures });
    return pick === 0 ? null : failures[pick - 1]!;
  }

  #strikes(fault: ChildFault, where: string): boolean {
    if (!(this.#options.faults ?? []).includes(fault)) return false;
    return this.#world.fault({ key: `${fault} of ${where}`, kind: fault, options: [fault] }) > 0;
  }

  #afflicted(script: ChildScript, number: number): ChildScript {
    const where = `child ${String(number)}`;
    const deaf = this.#strikes('ignored SIGTERM', where);
    const held = this.#strikes('held pipes', where);
    if (!deaf && !held) return script;
    return {
      ...script,
      ...(deaf && { ignores: [...(script.ignores ?? []), 'SIGTERM'] }),
      ...(held && { pipesHeldFor: this.#options.heldFor ?? [1000, 60_000] }),
    };
  }

  #pidFor(number: number): number {
    const inUse = new Set(this.#lives.filter(({ state }) => state !== 'reaped').map(({ pid }) => pid));
    const free = [...new Set(this.#lives.map(({ pid }) => pid))].filter((pid) => !inUse.has(pid)).slice(-3);
    if (free.length > 0 && (this.#options.faults ?? []).includes('pid reuse')) {
      const options = free.map((pid) => `pid ${String(pid)} again`);
      const pick = this.#world.fault({ key: `pid of child ${String(number)}`, kind: 'pid reuse', options });
      if (pick > 0) return free[pick - 1]!;
    }
    return this.#nextPid++;
  }
}

function deadPipe(name: string): OutputPipe {
  return new OutputPipe({ name, latency: [0, 0], readFails: () => false, inParent: () => undefined });
}

function checkArguments(command: unknown, options: SpawnOptions): void {
  if (typeof command !== 'string') {
    throw argumentError(
      'ERR_INVALID_ARG_TYPE',
      `The "file" argument must be of type string. Received ${typeof command}`,
    );
  }
  if (command === '') throw argumentError('ERR_INVALID_ARG_VALUE', "The argument 'file' cannot be empty. Received ''");
  for (const name of ['signal', 'timeout'] as const) {
    if (options[name] !== undefined) throw unsupported(name, `the option ${name}`);
  }
}

function pipesOf(stdio: SpawnOptions['stdio']): StreamName[] {
  const kinds = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
  return PIPES.filter((_, index) => {
    const kind = kinds[index] ?? 'pipe';
    if (kinds.length > 3 || (kind !== 'pipe' && kind !== 'ignore' && kind !== 'inherit')) {
      throw unsupported('stdio', `stdio ${inspect(stdio, { depth: 0 })}`);
    }
    return kind === 'pipe';
  });
}

function unsupported(option: string, received: string): HeddleError {
  return new HeddleError({
    code: 'UNSUPPORTED_SPAWN',
    expected: "spawn without signal and timeout, with stdio 'pipe', 'ignore' or 'inherit'",
    received,
    next: `Leave ${option} to the code under test, or wrap the command as a device.`,
  });
}
