import { constants } from 'node:os';
import { inspect } from 'node:util';

/** How Node tells that a spawn failed: by an event, by an event on a child without streams, or by an exception. */
export type SpawnFailure = 'ENOENT' | 'EACCES' | 'EAGAIN' | 'EMFILE' | 'ENFILE' | 'ENOMEM' | 'E2BIG';

const TOLD_BY_EVENT: readonly SpawnFailure[] = ['ENOENT', 'EACCES', 'EAGAIN', 'EMFILE', 'ENFILE'];

export function isToldByEvent(failure: SpawnFailure): boolean {
  return TOLD_BY_EVENT.includes(failure);
}

/** With no descriptor left Node gives up before it has made the streams of the child. */
export function leavesNoStreams(failure: SpawnFailure): boolean {
  return failure === 'EMFILE' || failure === 'ENFILE';
}

/** The error number as libuv counts: negative. */
export function errorNumber(code: string): number {
  return -(constants.errno as Readonly<Record<string, number>>)[code]!;
}

/** An error of a system call, in the words and with the fields of Node's. */
export function systemError(code: string, syscall: string, fields: object = {}): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${syscall} ${code}`);
  return Object.assign(error, { errno: errorNumber(code), code, syscall }, fields);
}

/** Node's error for an argument of the wrong type or value. */
export function argumentError(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

/** The name of a signal as Node takes it: a name in any case, or a number; null for 0, which only asks. */
export function signalName(signal: unknown): NodeJS.Signals | null {
  if (signal === 0) return null;
  if (signal === undefined) return 'SIGTERM';
  const numbers = Object.entries(constants.signals);
  const name = typeof signal === 'string' ? signal.toUpperCase() : numbers.find(([, each]) => each === signal)?.[0];
  if (name !== undefined && name in constants.signals) return name as NodeJS.Signals;
  throw argumentError('ERR_UNKNOWN_SIGNAL', `Unknown signal: ${typeof signal === 'string' ? signal : inspect(signal)}`);
}
