import type { Target } from '../../check/hunt.ts';

/** What one trial came to. `other`: a run failed, but not in what its program is known to be wrong in. */
export type Outcome =
  | { readonly kind: 'found'; readonly schedules: number }
  | { readonly kind: 'never'; readonly schedules: number }
  | { readonly kind: 'other'; readonly schedules: number; readonly what: string };

/** Something that looks for bugs by running schedules: a column of the table. */
export interface Contestant {
  readonly name: string;
  /** Whether it can run the program at all. */
  canRun(target: Target): boolean;
  /** Whether its trials on the program are all the same: then one is made. */
  repeats(target: Target): boolean;
  /** Runs schedules until the bug is found, at most `cap`. The seed determines all of them. */
  trial(target: Target, seed: string, cap: number): Promise<Outcome>;
}
