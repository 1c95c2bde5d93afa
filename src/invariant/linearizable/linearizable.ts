import { HeddleError } from '../../kernel/errors.ts';
import type { History } from '../history.ts';
import type { Invariant, Watch } from '../invariant.ts';
import { checkLinearizable, DEFAULT_MAX_STEPS, type LinearizableOptions } from './check.ts';
import { explain } from './explain.ts';
import type { Model } from './model.ts';

/**
 * The operations of the run are linearizable to the model: they ended as if each had taken effect at one instant between
 * its invocation and its return. Asked when the body has settled, and once more at rest if the shutdown went on. An
 * operation that threw, or whose process crashed, may have taken effect or not, unless the model knows better.
 *
 * A history for which the search takes more than `maxSteps` is an `error` of the run, not a violation.
 *
 * @example
 * ```ts
 * import { linearizable, models, type Invariant } from 'heddle';
 * export const noStaleReads: Invariant = linearizable('noStaleReads', models.register({ initial: 0 }));
 * ```
 */
export function linearizable<State, Input, Output>(
  name: string,
  model: Model<State, Input, Output>,
  options: LinearizableOptions = {},
): Invariant {
  return {
    name,
    watch: ({ history }): Watch => {
      let judged = -1;
      const judge = (): string | undefined => {
        if (history.positions === judged) return undefined;
        judged = history.positions;
        return complaint(history, model, options);
      };
      return { afterBody: judge, atRest: judge };
    },
  };
}

function complaint<State, Input, Output>(
  { operations }: History,
  model: Model<State, Input, Output>,
  options: LinearizableOptions,
): string | undefined {
  const result = checkLinearizable(model, operations, options);
  if (result.kind === 'linearizable') return undefined;
  if (result.kind === 'wrong') return explain(model, result);
  throw new HeddleError({
    code: 'UNDECIDED',
    expected: `an order of ${String(operations.length)} operations to be found, or none, within ${String(options.maxSteps ?? DEFAULT_MAX_STEPS)} steps`,
    received: 'neither',
    next: 'Give the model a key, make the workload smaller or less concurrent, or raise maxSteps.',
  });
}
