import type { Task } from './task.ts';
import { reasonOf } from '../errors/reason.ts';
import { TaskError } from './task-error.ts';

export function unknownTask(id: string): TaskError {
  return new TaskError('unknown-task', {
    expected: 'the id of a delegated task',
    received: JSON.stringify(id),
    nextStep: 'delegate it first',
  });
}

export function idTaken(id: string): TaskError {
  return new TaskError('id-taken', {
    expected: 'a new id, or the same request again',
    received: `${JSON.stringify(id)} of a task that differs`,
    nextStep: 'choose another id',
  });
}

export function unknownDependency(id: string, missing: readonly string[]): TaskError {
  return new TaskError('unknown-dependency', {
    expected: `the dependencies of ${JSON.stringify(id)} to have been delegated before`,
    received: missing.map((each) => JSON.stringify(each)).join(', '),
    nextStep: 'delegate them first',
  });
}

export function wrongState(task: Task, wanted: string): TaskError {
  return new TaskError('wrong-state', {
    expected: `task ${JSON.stringify(task.id)} to be ${wanted}`,
    received: task.status,
    nextStep: 'nothing was changed',
  });
}

export function staleAttempt(task: Task, attempt: number): TaskError {
  return new TaskError('stale-attempt', {
    expected: `attempt ${String(task.attempt)} of task ${JSON.stringify(task.id)}`,
    received: `attempt ${String(attempt)}`,
    nextStep: 'drop the result: another attempt has taken its place',
  });
}

export function storage(what: string, cause: unknown): TaskError {
  return new TaskError('storage', {
    expected: `${what} to succeed`,
    received: reasonOf(cause),
    nextStep: 'repeat the call: what was done already is not done again',
    cause,
  });
}

export function closed(): TaskError {
  return new TaskError('closed', {
    expected: 'a task manager that is open',
    received: 'one that was closed',
    nextStep: 'send the call to the process that has taken over',
  });
}
