import { afterBody, inputOf, type Invariant, type Sim } from 'heddle';
import type { Tasks, View } from './adapter.ts';

/** Stores a task as a process that has ended left it. */
export function stored(
  { rows }: Pick<Tasks, 'rows'>,
  { id, status }: { id: string; status: 'queued' | 'running' },
): void {
  const attempt = status === 'running' ? 1 : 0;
  rows.insert({ id, payload: 'work', dependsOn: [], status, attempt, outcome: null, progress: '', version: 1 });
}

/** Asks what is said of each task, when nothing is under way any more. */
export async function askAll(sim: Sim, subject: Tasks, ids: readonly string[]): Promise<void> {
  for (const id of ids) await sim.attempt('status', { id }, () => subject.status(id));
}

/** What the manager says of a task at rest is what the database holds. */
export function cacheIsDatabase(): Invariant<Tasks> {
  return afterBody('cacheIsDatabase', ({ subject, history: { operations } }) => {
    for (const operation of operations) {
      if (operation.name !== 'status') continue;
      const { id } = inputOf(operation) as { id: string };
      const { outcome } = operation;
      // An error says nothing of the task.
      if (outcome.kind !== 'returned') continue;
      const row = subject.rows.find(id);
      const said = outcome.value as View;
      if (said.status === row?.status && said.progress === row.progress) continue;
      return `the manager says that ${id} is ${shown(said)}, the database ${shown(row)}`;
    }
    return true;
  });
}

function shown(view: View | undefined): string {
  return view === undefined ? 'unknown' : `${view.status} with${view.progress === '' ? 'out notes' : view.progress}`;
}
