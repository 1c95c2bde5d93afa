import { atRest, inputOf, returnedObject, type Invariant, type Operation } from 'heddle';
import type { Budget } from './adapter.ts';

function amountOf(operation: Operation): number {
  return Number(inputOf(operation)['amount']);
}

/** The amounts of all operations called `name` that returned, summed up. */
export function sumOf(operations: readonly Operation[], name: string): number {
  return operations
    .filter((operation) => operation.name === name && operation.outcome.kind === 'returned')
    .reduce((sum, operation) => sum + amountOf(operation), 0);
}

/**
 * After every turn, what the manager says is what its clients know: `reserved` is the sum of the approvals that have not
 * ended, `used` the sum of those that ended with a spend. The first of `spend` and `release` that returns is the end.
 */
export function accountsAgree(): Invariant<Budget> {
  return {
    name: 'accountsAgree',
    watch: ({ subject }) => {
      const open = new Map<unknown, number>();
      let used = 0;
      return {
        ended: (operation) => {
          const { name, outcome } = operation;
          const { id } = inputOf(operation);
          if (outcome.kind !== 'returned') return undefined;
          if (name === 'reserve' && returnedObject(operation)?.['approved'] === true) open.set(id, amountOf(operation));
          if (name === 'release') open.delete(id);
          if (name === 'spend' && open.delete(id)) used += amountOf(operation);
          return undefined;
        },
        afterTurn: () => {
          const reserved = [...open.values()].reduce((sum, amount) => sum + amount, 0);
          if (subject.used === used && subject.reserved === reserved) return undefined;
          return `used ${subject.used} and reserved ${subject.reserved}, but clients know of ${used} and ${reserved}`;
        },
      };
    },
  };
}

/** When every operation has ended, nothing is reserved, and nothing is owed either. */
export function nothingStaysReserved(): Invariant<Budget> {
  return atRest('nothingStaysReserved', ({ subject: { reserved } }) =>
    reserved === 0 ? undefined : `every operation has ended, and ${reserved} is reserved`,
  );
}

/** Everything that was really spent, by operations called `perform`, is on the account. */
export function everySpendIsCounted(): Invariant<Budget> {
  return atRest('everySpendIsCounted', ({ subject: { used }, history }) => {
    const spent = sumOf(history.operations, 'perform');
    return used === spent ? undefined : `${spent} was spent, and the account says ${used}`;
  });
}
