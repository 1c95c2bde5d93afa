import { type Fact, type Invariant } from 'heddle';
import type { Batches } from './batches.ts';

/** A step that an obedient child took: one that looks at its signal before each step. */
export interface Step {
  readonly child: number;
}

/** Once the caller is gone and the news of it is there, no child that looks at its signal takes another step. */
export const noOrphans: Invariant<Batches> = {
  name: 'noOrphans',
  watch: () => {
    let gone: Fact | undefined;
    return {
      told: (fact) => {
        if (fact.kind === 'gone') gone ??= fact;
        if (fact.kind !== 'step' || gone === undefined || fact.turn === gone.turn) return undefined;
        const { child } = fact.data as Step;
        return `child ${child} goes on at ${fact.at} ms; since ${gone.at} ms nobody waits for it`;
      },
    };
  },
};
