import { EventEmitter } from 'node:events';
import { errorNumber, signalName, systemError } from './node-errors.ts';
import type { InputPipe } from './input-pipe.ts';
import type { OutputPipe } from './output-pipe.ts';

/** What a child process object asks of the system that it lives in. */
export interface ChildHandle {
  /** Sends the signal, null only asks; false when there is no such process. */
  send(signal: NodeJS.Signals | null): boolean;
  /** Its end has been noticed, and it is gone from the table of processes. */
  reaped(): void;
  /** 'close' is about to be emitted. */
  closed(): void;
}

export interface ChildStreams {
  readonly stdin: InputPipe | null;
  readonly stdout: OutputPipe | null;
  readonly stderr: OutputPipe | null;
}

/**
 * What `spawn` returns: the part of Node's `ChildProcess` that has to do with life, death and output, event by event as
 * Node does it (lib/internal/child_process.js). There is no IPC channel; `ref` and `unref` do nothing.
 */
export class SimulatedChild extends EventEmitter {
  readonly spawnfile: string;
  readonly spawnargs: string[];
  readonly connected = false;
  pid: number | undefined = undefined;
  // Absent, and not null, where Node ran out of descriptors before it made them.
  stdin: InputPipe | null | undefined = undefined;
  stdout: OutputPipe | null | undefined = undefined;
  stderr: OutputPipe | null | undefined = undefined;
  stdio: (InputPipe | OutputPipe | null | undefined)[] | undefined = undefined;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;
  killed = false;
  readonly #system: ChildHandle;
  #handle: ChildHandle | null;
  #closesNeeded = 1;
  #closesGot = 0;

  constructor(file: string, args: readonly string[], handle: ChildHandle) {
    super();
    this.spawnfile = file;
    this.spawnargs = [file, ...args];
    this.#system = handle;
    this.#handle = handle;
  }

  attach({ stdin, stdout, stderr }: ChildStreams): void {
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.stdio = [stdin, stdout, stderr];
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue;
      this.#closesNeeded += 1;
      stream.on('close', () => {
        this.#maybeClose();
      });
    }
  }

  /** Tells that it runs, or that it could not be started, in the next tick. */
  announce(failure: string | null): void {
    process.nextTick(() => {
      if (failure === null) this.emit('spawn');
      else this.#onExit(errorNumber(failure), null, failure);
    });
  }

  /** The parent's event loop notices that the child has ended. */
  noticeExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#onExit(code, signal, null);
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null, failure: string | null): void {
    if (signal === null) this.exitCode = code;
    else this.signalCode = signal;
    this.stdin?.destroy();
    // From here on kill() reaches nobody: the pid may be another's.
    this.#handle = null;
    this.#system.reaped();
    if (failure === null) {
      this.emit('exit', this.exitCode, this.signalCode);
    } else {
      const fields = { path: this.spawnfile, spawnargs: this.spawnargs.slice(1) };
      this.emit('error', systemError(failure, `spawn ${this.spawnfile}`, fields));
    }
    // What nobody reads must not keep 'close' from coming.
    process.nextTick(() => {
      for (const stream of [this.stdout, this.stderr]) {
        if (stream?.readable !== true) continue;
        if (failure !== null) stream.giveUp();
        stream.resume();
      }
    });
    this.#maybeClose();
  }

  #maybeClose(): void {
    this.#closesGot += 1;
    if (this.#closesGot !== this.#closesNeeded) return;
    this.#system.closed();
    this.emit('close', this.exitCode, this.signalCode);
  }

  /** As Node's: true when the signal was sent, which it also is to a process that has ended unnoticed. */
  kill(signal?: NodeJS.Signals | number): boolean {
    const name = signalName(signal);
    if (this.#handle === null || !this.#handle.send(name)) return false;
    this.killed = true;
    return true;
  }

  ref(): void {}

  unref(): void {}

  [Symbol.dispose](): void {
    if (!this.killed) this.kill();
  }
}
