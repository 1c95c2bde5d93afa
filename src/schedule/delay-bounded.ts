import { bounded, type BoundedKnowledge } from './bounded.ts';
import type { Strategy } from './strategy.ts';

/**
 * Delay bounding: Emmi, Qadeer and Rakamarić, "Delay-Bounded Scheduling", POPL 2011. The default is what an idle machine
 * would do; to pass one enabled event by costs one delay.
 */
export const delayBounded: Strategy<BoundedKnowledge> = bounded({
  name: 'delay-bounded',
  order: (enabled) => ({ indices: enabled.sorted().map((event) => enabled.indexOf(event)), charged: true }),
  cost: (at) => at,
});
