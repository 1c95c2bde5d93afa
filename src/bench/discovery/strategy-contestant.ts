import { strategyFor, type Campaign } from '../../check/campaign.ts';
import type { FirstFailure } from '../../check/first-failure.ts';
import type { Target } from '../../check/hunt.ts';
import { HangError } from '../../check/thread.ts';
import type { Threads } from '../../check/threads.ts';
import { strategyNamed } from '../../schedule/strategies.ts';
import { standing, verdictName } from '../../check/verdict.ts';
import type { Contestant, Outcome } from './contestant.ts';

/** A strategy of heddle's: a trial is the campaign of `heddle run --strategy S --seed X`, in one thread. */
export class StrategyContestant implements Contestant {
  readonly name: string;
  readonly #threads: Threads;

  constructor(name: string, threads: Threads) {
    this.name = name;
    this.#threads = threads;
  }

  canRun(): boolean {
    return true;
  }

  repeats({ info }: Target): boolean {
    return strategyNamed(this.name).systematic === true && info.exhaustible;
  }

  async trial({ info, subject }: Target, seed: string, cap: number): Promise<Outcome> {
    const strategy = strategyFor(info, this.name);
    const campaign: Campaign = { scenario: info.name, subject: subject.name, seed, strategy, runs: cap };
    const { runs, verdict } = await this.#firstFailure(info.file, campaign);
    if (verdict === null) return { kind: 'never', schedules: runs };
    const caught = standing(subject.expect, subject.invariant, verdict) === 'caught';
    return caught ? { kind: 'found', schedules: runs } : { kind: 'other', schedules: runs, what: verdictName(verdict) };
  }

  async #firstFailure(file: string, campaign: Campaign): Promise<FirstFailure> {
    try {
      return await this.#threads.do('firstFailure', { file, campaign }, { keep: ({ tainted }) => !tainted });
    } catch (error) {
      if (!(error instanceof HangError)) throw error;
    }
    try {
      // On a busy machine a turn may have waited for its core: once more, with more patience.
      return await this.#threads.alone('firstFailure', { file, campaign });
    } catch (error) {
      if (!(error instanceof HangError)) throw error;
      return { runs: error.hang.run + 1, verdict: { kind: 'limit', invariant: 'limit' }, tainted: true };
    }
  }
}
