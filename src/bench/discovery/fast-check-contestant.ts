import type { Target } from '../../check/hunt.ts';
import { randomFor } from '../../schedule/random.ts';
import { FAST_CHECK } from './columns.ts';
import { companionFiles, programName } from './companions.ts';
import type { Contestant, Outcome } from './contestant.ts';
import type { FastCheckThreads } from './fast-check-thread.ts';

/** fast-check's scheduler, on programs that lie beside their scenario: its `fc.scheduler()`, waited for with `waitIdle`. */
export class FastCheckContestant implements Contestant {
  readonly name: string = FAST_CHECK;
  readonly #threads: FastCheckThreads;
  readonly #programs: ReadonlySet<Target>;

  /** @param programs what there are programs for. */
  constructor(threads: FastCheckThreads, programs: ReadonlySet<Target>) {
    this.#threads = threads;
    this.#programs = programs;
  }

  repeats(): boolean {
    return false;
  }

  canRun(target: Target): boolean {
    return this.#programs.has(target);
  }

  trial({ info, subject }: Target, seed: string, cap: number): Promise<Outcome> {
    return this.#threads.do('trial', {
      file: companionFiles(info).programs!,
      program: programName(info),
      seed: randomFor(FAST_CHECK, info.name, subject.name, seed).uint32() | 0,
      cap,
    });
  }
}
