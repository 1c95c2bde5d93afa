import type { CheckedSpec } from './job-check.ts';
import { QueueError } from './queue-error.ts';

/** `path` begins and ends with the same id; who depends on whom may lead through others. */
export function cycle(path: readonly string[]): QueueError {
  return new QueueError('cycle', {
    expected: 'dependencies without a cycle',
    received: path.map((id) => JSON.stringify(id)).join(', which depends on '),
    nextStep: 'leave one of these dependencies out',
  });
}

/**
 * Refuses jobs that depend on each other in a cycle. Only jobs that are enqueued together can: those that are there
 * already depend on none of them.
 *
 * @throws QueueError 'cycle' with the way round
 */
export function refuseCycles(specs: readonly CheckedSpec[]): void {
  const byId = new Map(specs.map((spec) => [spec.id, spec]));
  const done = new Set<string>();
  for (const { id: root } of specs) {
    // Depth first with a path of its own: a long chain must not overflow the stack.
    const path: { readonly id: string; readonly rest: string[] }[] = [];
    const onPath = new Set<string>();
    const enter = (id: string): void => {
      if (onPath.has(id)) throw cycle([...path.map((each) => each.id).slice(path.findIndex((p) => p.id === id)), id]);
      const spec = byId.get(id);
      if (spec === undefined || done.has(id)) return;
      onPath.add(id);
      path.push({ id, rest: [...spec.dependsOn] });
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next !== undefined) {
        enter(next);
        continue;
      }
      path.pop();
      onPath.delete(top.id);
      done.add(top.id);
    }
  }
}
