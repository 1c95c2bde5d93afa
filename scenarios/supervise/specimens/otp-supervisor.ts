/**
 * Seed 002, F9 and F13: the supervisor that the document's child specifications are written for: OTP's, as a mailbox in
 * TypeScript. The document prints no line of it; it names `:rest_for_one`, `:permanent`, `:transient`, shutdown times
 * and the reverse order. So every line is completed, from OTP's documentation:
 * - children start in order, each when the one before it is up; one that fails ends those before it, in reverse;
 * - a shutdown goes in reverse: ask, wait `shutdown` ms, kill, wait until it is gone;
 * - 3 restarts within 5 s, then the supervisor ends; a restart that fails is tried again, and counts;
 * - one message at a time: while a child starts, the supervisor does nothing else.
 */
import type { Child } from 'heddle/systems';

export interface OtpChildSpec {
  readonly id: string;
  readonly start: () => Promise<Child>;
  readonly restart?: 'permanent' | 'transient' | 'temporary';
  /** ms */
  readonly shutdown?: number;
}

interface Entry {
  readonly spec: OtpChildSpec;
  child: Child | null;
  dropped: boolean;
}

export class OtpSupervisor {
  readonly #strategy: 'one-for-one' | 'rest-for-one';
  readonly #entries: Entry[];
  readonly #restarts: number[] = [];
  #mailbox: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(children: readonly OtpChildSpec[], strategy: 'one-for-one' | 'rest-for-one') {
    this.#strategy = strategy;
    this.#entries = children.map((spec) => ({ spec, child: null, dropped: false }));
  }

  /** GenServer: messages are handled one after the other. */
  #call<T>(handle: () => Promise<T>): Promise<T> {
    const answer = this.#mailbox.then(handle);
    this.#mailbox = answer.catch(() => undefined);
    return answer;
  }

  start(): Promise<void> {
    return this.#call(async () => {
      for (const entry of this.#entries) {
        try {
          await this.#startChild(entry);
        } catch (error) {
          await this.#terminate(this.#entries);
          this.#ended = true;
          throw error;
        }
      }
    });
  }

  stop(): Promise<void> {
    return this.#call(async () => {
      this.#ended = true;
      await this.#terminate(this.#entries);
    });
  }

  async #startChild(entry: Entry): Promise<void> {
    const child = await entry.spec.start();
    entry.child = child;
    const exit = (abnormal: boolean): void => {
      void this.#call(() => this.#exited(entry, child, abnormal));
    };
    child.ended?.then(
      () => {
        exit(false);
      },
      () => {
        exit(true);
      },
    );
  }

  async #terminate(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries.toReversed()) {
      const { child } = entry;
      if (child === null) continue;
      entry.child = null;
      const gone = (child.ended ?? Promise.resolve()).then(
        () => true,
        () => true,
      );
      child.stop();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(resolve, entry.spec.shutdown ?? 5_000, false);
      });
      const stopped = await Promise.race([gone, late]);
      clearTimeout(timer);
      if (stopped) continue;
      child.kill?.();
      await gone;
    }
  }

  async #exited(entry: Entry, child: Child, abnormal: boolean): Promise<void> {
    // The exit of a child that was terminated meanwhile.
    if (entry.child !== child || this.#ended) return;
    entry.child = null;
    const { restart = 'permanent' } = entry.spec;
    if (restart === 'temporary') entry.dropped = true;
    if (restart === 'temporary' || (restart === 'transient' && !abnormal)) return;
    await this.#restart(entry);
  }

  async #restart(entry: Entry): Promise<void> {
    const now = performance.now();
    this.#restarts.push(now);
    if (this.#restarts.filter((at) => at > now - 5_000).length > 3) {
      this.#ended = true;
      await this.#terminate(this.#entries);
      return;
    }
    const rest = this.#strategy === 'rest-for-one' ? this.#entries.slice(this.#entries.indexOf(entry) + 1) : [];
    await this.#terminate(rest);
    for (const each of rest) if (each.spec.restart === 'temporary') each.dropped = true;
    for (const each of [entry, ...rest]) {
      if (each.dropped) continue;
      try {
        await this.#startChild(each);
      } catch {
        await this.#restart(each);
        return;
      }
    }
  }
}
