import type { Invariant, Operation } from 'heddle';
import type { RemoteLocks } from './remote-locks.ts';

/** Nobody is granted the lock while somebody of the same process, who asked for it earlier, still waits. */
export function firstComeFirstServed(): Invariant {
  return {
    name: 'firstComeFirstServed',
    watch: ({ history: { operations } }) => {
      const granted: Operation[] = [];
      return {
        ended: (operation) => {
          if (operation.name === 'acquire' && operation.outcome.kind === 'returned') granted.push(operation);
          return undefined;
        },
        // At the end of the turn, when all that it granted is known.
        afterTurn: () => {
          for (const { index, task, process, endedAt } of granted.splice(0)) {
            const waiting = operations.find(
              (each) =>
                each.name === 'acquire' &&
                each.outcome.kind === 'pending' &&
                each.process === process &&
                each.index < index,
            );
            if (waiting === undefined) continue;
            return `${task} was granted the lock at ${endedAt} ms, for which ${waiting.task} waits since ${waiting.invokedAt} ms`;
          }
          return undefined;
        },
      };
    },
  };
}

/** Whoever believes that it holds the lock is right: the manager would say the same at this instant. */
export const heldMeansHeld: Invariant<RemoteLocks> = {
  name: 'heldMeansHeld',
  watch: ({ subject }) => ({
    told: ({ kind, data, at, task }) => {
      if (kind !== 'believes' || subject.holds((data as { token: number }).token)) return undefined;
      return `${task} believes at ${at} ms that it holds r, the lock manager does not`;
    },
  }),
};
