import { settlesWithin } from './bounded-wait.ts';
import { KILL_MS, type Child, type ChildSpec } from './child-spec.ts';

/** How a child ended by itself. */
export type ChildEnd = { readonly kind: 'normal' } | { readonly kind: 'failed'; readonly error: unknown };

/** One life of a child. What an earlier life has to say is no news of a later one. */
interface Life {
  readonly child: Child;
  readonly ended: Promise<unknown> | undefined;
  stopping: boolean;
  over: boolean;
}

export interface ChildListener {
  /** It ended by itself. */
  ended(child: SupervisedChild, end: ChildEnd): void;
  /** It was told to end (or to give up starting) and did not within its time. */
  abandoned(child: SupervisedChild): void;
  /** Its `stop` threw. */
  stopFailed(child: SupervisedChild, error: unknown): void;
}

/** A child's spec, and the life it is in. The caller never starts and stops it at the same time. */
export class SupervisedChild {
  readonly spec: Required<ChildSpec>;
  /** Whether it ought to run. */
  wanted = true;
  readonly #listener: ChildListener;
  #life: Life | undefined;

  constructor(spec: Required<ChildSpec>, listener: ChildListener) {
    this.spec = spec;
    this.#listener = listener;
  }

  get up(): boolean {
    return this.#life !== undefined;
  }

  /**
   * Resolves when it is up; rejects with what its `start` threw, or with the reason of `giveUp`, after it was waited
   * for: a child that comes up after that is stopped. All of this within its shutdown time.
   */
  async start(giveUp: AbortSignal): Promise<void> {
    const starting = (async () => await this.spec.start({ signal: giveUp }))();
    let onAbort!: () => void;
    const gaveUp = new Promise<void>((resolve) => {
      onAbort = resolve;
    });
    giveUp.addEventListener('abort', onAbort, { once: true });
    if (giveUp.aborted) onAbort();
    try {
      await Promise.race([starting, gaveUp]);
      if (giveUp.aborted) await this.#abortStart(starting);
      giveUp.throwIfAborted();
      this.#live(await starting);
    } finally {
      giveUp.removeEventListener('abort', onAbort);
    }
  }

  async #abortStart(starting: Promise<Child>): Promise<void> {
    const { shutdownMs } = this.spec;
    const deadline = performance.now() + shutdownMs;
    const ended = starting.then(
      (child) => {
        // Up in time it has what is left of its time; up too late, when nobody waits any more, it has all of it.
        const left = deadline - performance.now();
        return this.#endWithin(
          { child, ended: child.ended, stopping: true, over: false },
          left > 0 ? left : shutdownMs,
        );
      },
      () => undefined,
    );
    if (await settlesWithin(starting, shutdownMs)) await ended;
    else this.#listener.abandoned(this);
  }

  #live(child: Child): void {
    const life: Life = { child, ended: child.ended, stopping: false, over: false };
    this.#life = life;
    const ended = (end: ChildEnd): void => {
      life.over = true;
      if (this.#life === life) this.#life = undefined;
      if (!life.stopping) this.#listener.ended(this, end);
    };
    life.ended?.then(
      () => {
        ended({ kind: 'normal' });
      },
      (error: unknown) => {
        ended({ kind: 'failed', error });
      },
    );
  }

  /** Resolves when it has ended, or has been killed or abandoned: within its shutdown time and that of a kill. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    life.stopping = true;
    await this.#endWithin(life, this.spec.shutdownMs);
    this.#life = undefined;
  }

  /** Asks it to end, and kills it when that takes longer than `ms`. */
  async #endWithin(life: Life, ms: number): Promise<void> {
    if (await settlesWithin(this.#end(life), ms)) return;
    if (life.child.kill !== undefined) await this.#kill(life);
    if (!life.over) this.#listener.abandoned(this);
  }

  /** Asks it to end and waits until it has. */
  async #end(life: Life): Promise<void> {
    const asked = (async () => {
      try {
        await life.child.stop();
      } catch (error) {
        this.#listener.stopFailed(this, error);
      }
    })();
    if (life.ended === undefined) await asked;
    else {
      await life.ended.then(
        () => undefined,
        () => undefined,
      );
    }
    life.over = true;
  }

  async #kill(life: Life): Promise<void> {
    const killed = (async () => {
      await life.child.kill!();
    })();
    killed.catch((error: unknown) => {
      this.#listener.stopFailed(this, error);
    });
    const over = life.ended ?? killed;
    if (await settlesWithin(over, KILL_MS)) life.over = true;
  }
}
