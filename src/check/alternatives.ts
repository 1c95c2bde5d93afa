import type { Choice } from '../kernel/choice.ts';
import type { Deviation } from '../schedule/deviation.ts';

export type DeviationKind = Deviation['kind'];

/** What else could have been chosen, as deviations, in canonical order: nearest to the default first. */
export function alternativesTo(choice: Choice, kinds: ReadonlySet<DeviationKind>): Deviation[] {
  if (!kinds.has(choice.kind)) return [];
  switch (choice.kind) {
    case 'order':
      return choice.among.slice(1).map((fire) => ({ kind: 'order', instead: choice.instead, fire }));
    case 'delay':
      return [{ kind: 'delay', event: choice.event, by: choice.room }];
    case 'fault':
      return choice.options.map((fault, i) => ({ kind: 'fault', point: choice.point, pick: i + 1, fault }));
    case 'draw':
      // Values are not enumerated: the default stream stands for all.
      return [];
  }
}
