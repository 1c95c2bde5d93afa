import type { Random } from '../../src/schedule/random.ts';

/** How a callback comes to run. */
export type Way = 'timeout' | 'immediate' | 'nextTick' | 'microtask' | 'file' | 'socket';

/** One callback of a program and what it queues when it runs. */
export interface Step {
  readonly way: Way;
  /** Of a timeout, ms. */
  readonly ms: number;
  readonly label: string;
  readonly then: readonly Step[];
}

const LETTERS: Readonly<Record<Way, string>> = {
  timeout: 't',
  immediate: 'i',
  nextTick: 'n',
  microtask: 'm',
  file: 'f',
  socket: 's',
};
const WAYS: readonly Way[] = [
  ...(['timeout', 'timeout', 'timeout', 'immediate', 'immediate', 'file', 'file', 'socket'] as const),
  ...(['nextTick', 'microtask'] as const),
];

/** A program of `size` callbacks that queue each other; the same random stream gives the same program. */
export function smallProgram(random: Random, size: number): readonly Step[] {
  const counts = new Map<Way, number>();
  const roots: Step[] = [];
  const all: { readonly step: { readonly then: Step[] }; readonly depth: number }[] = [];
  for (let i = 0; i < size; i += 1) {
    const way = WAYS[random.below(WAYS.length)]!;
    const count = (counts.get(way) ?? 0) + 1;
    counts.set(way, count);
    const ms = 1 + random.below(3);
    const label = `${LETTERS[way]}${String(count)}${way === 'timeout' ? `(${String(ms)})` : ''}`;
    const step = { way, ms, label, then: [] };
    const parents = all.filter(({ depth }) => depth < 3);
    const parent = random.next() < 0.45 ? undefined : parents[random.below(parents.length)];
    (parent?.step.then ?? roots).push(step);
    all.push({ step, depth: (parent?.depth ?? 0) + 1 });
  }
  return roots;
}

/** The program as one line, for example `t1(2)[i1 n1] f1`. */
export function describeProgram(steps: readonly Step[]): string {
  return steps.map(({ label, then }) => (then.length === 0 ? label : `${label}[${describeProgram(then)}]`)).join(' ');
}

export function sizeOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { then }) => sum + 1 + sizeOf(then), 0);
}
