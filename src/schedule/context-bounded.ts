import { bounded, type BoundedKnowledge } from './bounded.ts';
import type { Strategy } from './strategy.ts';

/**
 * Iterative context bounding: Musuvathi and Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded
 * Programs", PLDI 2007. A task goes on as long as it can; to take another before costs one preemption, and where the
 * task cannot go on any other may follow for nothing.
 */
export const contextBounded: Strategy<BoundedKnowledge> = bounded({
  name: 'context-bounded',
  order: (enabled, last) => {
    const sorted = enabled.sorted();
    const own = sorted.findIndex(({ task }) => task.index === last);
    if (own > 0) sorted.unshift(...sorted.splice(own, 1));
    return { indices: sorted.map((event) => enabled.indexOf(event)), charged: own >= 0 };
  },
  cost: () => 1,
});
