import type { Enabled } from '../kernel/enabled.ts';
import type { Task } from '../kernel/task.ts';
import type { Random } from './random.ts';

/** What a task still counts for when it has had all the events that earlier runs let expect: not nothing. */
const LEAST = 0.1;

/** How many events each task of a run still has, as far as earlier runs tell. */
export class Remaining {
  readonly #expected: Readonly<Record<string, number>>;
  /** A task that no earlier run had counts for as much as an average one. */
  readonly #unknown: number;
  /** By task index. */
  readonly #left: number[] = [];

  constructor(expected: Readonly<Record<string, number>>) {
    this.#expected = expected;
    const known = Object.values(expected);
    this.#unknown = known.length === 0 ? 1 : known.reduce((sum, each) => sum + each, 0) / known.length;
  }

  fired(task: Task): void {
    this.#left[task.index] = this.#of(task) - 1;
  }

  of(task: Task): number {
    return Math.max(LEAST, this.#of(task));
  }

  #of(task: Task): number {
    const left = this.#left[task.index];
    if (left !== undefined) return left;
    return Object.hasOwn(this.#expected, task.name) ? this.#expected[task.name]! : this.#unknown;
  }

  /**
   * Draws one of the enabled events: each task in proportion to what it has left, its events among each other alike.
   * `weights` is room to work in.
   */
  draw(enabled: Enabled, random: Random, weights: number[]): number {
    const perTask = new Map<Task, number>();
    for (let i = 0; i < enabled.size; i += 1) {
      const { task } = enabled.at(i);
      perTask.set(task, (perTask.get(task) ?? 0) + 1);
    }
    let sum = 0;
    for (let i = 0; i < enabled.size; i += 1) {
      const { task } = enabled.at(i);
      sum += this.of(task) / perTask.get(task)!;
      weights[i] = sum;
    }
    const at = random.next() * sum;
    let chosen = 0;
    while (chosen < enabled.size - 1 && weights[chosen]! <= at) chosen += 1;
    return chosen;
  }
}
