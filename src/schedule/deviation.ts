import type { Choice } from '../kernel/choice.ts';

/**
 * One choice that differs from what an idle machine would do. A schedule is a list of these; the empty list is a
 * valid run. Deviations name events by key and not by position, so that they keep their meaning when a neighbour
 * is taken away.
 */
export type Deviation =
  /** Where `instead` was due, `fire` came first. */
  | { readonly kind: 'order'; readonly instead: string; readonly fire: string }
  /** `event` fired `by` virtual ms after its earliest instant. */
  | { readonly kind: 'delay'; readonly event: string; readonly by: number }
  /** At `point` the fault `options[pick - 1]` struck. */
  | { readonly kind: 'fault'; readonly point: string; readonly pick: number; readonly fault: string }
  /** The random stream was seeded with `value`; the default is 0. */
  | { readonly kind: 'draw'; readonly name: string; readonly value: number };

/** The deviation that a choice amounts to; null where it chose the default. */
export function deviationOf(choice: Choice): Deviation | null {
  switch (choice.kind) {
    case 'order':
      return choice.fire === choice.instead ? null : { kind: 'order', instead: choice.instead, fire: choice.fire };
    case 'delay':
      return choice.by === 0 ? null : { kind: 'delay', event: choice.event, by: choice.by };
    case 'fault': {
      if (choice.pick === 0) return null;
      return { kind: 'fault', point: choice.point, pick: choice.pick, fault: choice.options[choice.pick - 1]! };
    }
    case 'draw':
      return choice.value === 0 ? null : { kind: 'draw', name: choice.name, value: choice.value };
  }
}

/** The schedule that a run's choices amount to. */
export function deviationsOf(choices: readonly Choice[]): Deviation[] {
  return choices.map(deviationOf).filter((deviation) => deviation !== null);
}

/** As a person reads it. */
export function describeDeviation(deviation: Deviation): string {
  switch (deviation.kind) {
    case 'order':
      return `${deviation.fire} before ${deviation.instead}`;
    case 'delay':
      return `${deviation.event} ${String(deviation.by)} ms late`;
    case 'fault':
      return `${deviation.fault}: ${deviation.point}`;
    case 'draw':
      return `${deviation.name} ${String(deviation.value)}`;
  }
}
