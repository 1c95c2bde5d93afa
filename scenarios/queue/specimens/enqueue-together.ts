import type { Sim } from 'heddle';
import type { NewJob, Queue } from './adapter.ts';

/** Enqueues jobs in one call, as an operation for each of them. */
export async function enqueueTogether(sim: Sim, queue: Queue, jobs: readonly NewJob[]): Promise<void> {
  let all: Promise<void> | undefined;
  await Promise.all(jobs.map((job) => sim.op('enqueue', { ...job }, () => (all ??= queue.enqueueAll(jobs)))));
}

/** Jobs 1 to `count`, which depend on nothing. */
export function plainJobs(count: number): { readonly id: string }[] {
  return Array.from({ length: count }, (_, i) => ({ id: String(i + 1) }));
}
