import { EXIT } from '../kernel/world.ts';
import { run, world } from './current.ts';
import { real } from './originals.ts';
import { invalidArgument, replace } from './replace.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** A tick callback that throws would take the whole Node process down; here it is its simulated process's error. */
function tick(callback: AnyFunction, args: unknown[]): void {
  const here = world;
  try {
    callback(...args);
  } catch (error) {
    if (here === null) throw error;
    here.uncaught(error, 'uncaughtException');
  }
}

function exit(code: unknown): never {
  run!.exited(Number(code ?? process.exitCode ?? 0));
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- not an error: it only unwinds the turn
  throw EXIT;
}

/** What the code under test prints belongs to the run's record, not to the terminal. */
function interceptOutput(name: 'stdout' | 'stderr'): void {
  const stream = process[name];
  const write = stream.write.bind(stream) as AnyFunction;
  replace(stream, 'write', (...args: unknown[]) => {
    if (run === null) return write(...args);
    const [chunk] = args;
    run.output(name, typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString());
    const callback = args.at(-1);
    if (typeof callback === 'function') real.nextTick(callback);
    return true;
  });
}

function nextTick(callback: unknown, ...args: unknown[]): void {
  if (typeof callback !== 'function') throw invalidArgument('callback', 'of type function', callback);
  if (world === null) real.nextTick(callback, ...args);
  else real.nextTick(tick, callback, args);
}

/** Node's own function. */
export const nodesNextTick: unknown = Reflect.get(process, 'nextTick');

/**
 * Puts the dispatcher back where Node's own function has taken its place: vitest does that for each message to its
 * main process, and where two of them meet in one turn it never gives back what it found.
 */
export function reinstateNextTick(): void {
  if (Reflect.get(process, 'nextTick') === nodesNextTick) replace(process, 'nextTick', nextTick);
}

/** Routes `process.nextTick`, `exit`, `abort` and output of the simulated processes. */
export function interceptProcess(): void {
  const original = { exit: process.exit.bind(process), abort: process.abort.bind(process) };
  replace(process, 'nextTick', nextTick);
  replace(process, 'exit', (code?: number) => (run === null ? original.exit(code) : exit(code)));
  replace(process, 'abort', () => (run === null ? original.abort() : exit(134)));
  interceptOutput('stdout');
  interceptOutput('stderr');
}
