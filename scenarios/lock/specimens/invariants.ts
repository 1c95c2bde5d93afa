import type { Invariant, Operation } from 'heddle';

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
