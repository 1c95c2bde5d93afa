import { AsyncLocalStorage } from 'node:async_hooks';
import type { Task } from './task.ts';

/**
 * Which task a promise continuation belongs to. On Node 20 and 22 the first `run` switches promise hooks on for
 * the whole thread, so runs that need no identity never touch it.
 */
export const identity: AsyncLocalStorage<Task> = new AsyncLocalStorage<Task>();
