import { inputOf, type Operation } from './history.ts';

/** Which task waits for which, over what. */
export interface Wait {
  readonly task: string;
  readonly resource: unknown;
  readonly holder: string;
}

/**
 * The cycle in the wait-for graph of a run that is stuck, by the operations `acquire` and `release` and their
 * `resource`: a task waits for whoever was granted what it asks for and has not begun to give it back
 * (Coffman, Elphick and Shoshani, "System Deadlocks", 1971). Null when there is none.
 */
export function waitForCycle(operations: readonly Operation[]): readonly Wait[] | null {
  const holders = new Map<unknown, string>();
  const waits = new Map<string, Wait>();
  for (const operation of operations) {
    const { resource } = inputOf(operation);
    if (resource === undefined) continue;
    if (operation.name === 'acquire' && operation.outcome.kind === 'returned') holders.set(resource, operation.task);
    if (operation.name === 'release' && holders.get(resource) === operation.task) holders.delete(resource);
  }
  for (const operation of operations) {
    if (operation.name !== 'acquire' || operation.outcome.kind !== 'pending' || operation.abandoned) continue;
    const { resource } = inputOf(operation);
    const holder = holders.get(resource);
    if (holder !== undefined) waits.set(operation.task, { task: operation.task, resource, holder });
  }
  for (const first of waits.values()) {
    const path: Wait[] = [];
    let wait: Wait | undefined = first;
    while (wait !== undefined && !path.includes(wait)) {
      path.push(wait);
      wait = waits.get(wait.holder);
    }
    if (wait !== undefined) return path.slice(path.indexOf(wait));
  }
  return null;
}

/** `c1 waits for B held by c2, c2 waits for A held by c1`. */
export function describeCycle(cycle: readonly Wait[]): string {
  return cycle
    .map(({ task, resource, holder }) => `${task} waits for ${String(resource)} held by ${holder}`)
    .join(', ');
}
