import { always, type Invariant, type Process, type Remote, type Sim } from 'heddle';
import type { TaskRepository } from 'heddle/systems';
import type { Rows } from './database.ts';
import { serverProcess, type Api, type Receiver, type Server } from './servers.ts';

export interface Jobs {
  readonly server: Server;
  readonly rows: Rows;
  readonly receiver: Receiver;
}

export interface Job {
  /** Virtual ms after the start. */
  readonly arrive: number;
  /** Numbers of earlier jobs, from 0. */
  readonly dependsOn: readonly number[];
}

export interface JobsOptions {
  readonly open?: () => Promise<TaskRepository>;
  /** After how many ms the body goes on, also if something is left. Default 5,000. */
  readonly patienceMs?: number;
}

/**
 * Clients `c1`, `c2` … delegate one job each to a server that may crash, until they have been heard; resolves when the
 * effects of all have come, or when there was time enough for that.
 */
export async function runJobs(
  sim: Sim,
  { server, rows, receiver }: Jobs,
  process: Process,
  jobs: readonly Job[],
  { open, patienceMs = 5_000 }: JobsOptions = {},
): Promise<void> {
  const parts = { rows, receiver: sim.device('receiver', receiver, { latency: [0, 3] }) };
  const api = serverProcess({ sim, server, parts: open === undefined ? parts : { ...parts, open } }, process);
  await sim.clients(jobs, async ({ arrive, dependsOn }, id) => {
    await sim.sleep(arrive);
    const others = dependsOn.map(nameOf);
    // A client repeats its call until it is answered: the same id, so the same job.
    for (;;) {
      const answer = await sim.attempt('delegate', { id, dependsOn: others }, () => api.delegate(id, others));
      if (answer.ok) return;
      await sim.sleep(20);
    }
  });
  const until = sim.now + patienceMs;
  while (receiver.effects.length < jobs.length && sim.now < until) await sim.sleep(10);
}

/** One client delegates all jobs, one after the other, each until it has been heard. */
export async function delegateAll(sim: Sim, api: Remote<Api>, jobs: readonly (readonly number[])[]): Promise<void> {
  for (const [index, numbers] of jobs.entries()) {
    const id = nameOf(index);
    const dependsOn = numbers.map(nameOf);
    while (!(await sim.attempt('delegate', { id, dependsOn }, () => api.delegate(id, dependsOn))).ok)
      await sim.sleep(20);
  }
}

function nameOf(index: number): string {
  return `c${String(index + 1)}`;
}

/** No effect comes before those of the jobs that it depends on. */
export const inDependencyOrder: Invariant<Jobs> = always<Jobs>(
  'inDependencyOrder',
  ({ subject: { receiver }, history: { operations } }) => {
    for (const { input } of operations) {
      const { id, dependsOn } = input as { id: string; dependsOn: readonly string[] };
      const at = receiver.effects.indexOf(id);
      if (at < 0) continue;
      const missing = dependsOn.find((other) => !receiver.effects.slice(0, at).includes(other));
      if (missing !== undefined) return `${id} took effect before ${missing}, on which it depends`;
    }
    return true;
  },
);
