import type { Terminal } from './terminal.ts';

/** Nothing is shown of what is done within two seconds. */
const QUIET_MS = 2_000;
const REDRAW_MS = 150;
/** On a pipe: a plain line so often. */
const PLAIN_MS = 5_000;

/** How a long command goes on: rate, share done, time left. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #planned: number | null;
  readonly #campaigns: number;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  #lastPlain = 0;
  #runs = 0;
  #saved = 0;
  #done = 0;

  constructor(terminal: Terminal, planned: number | null, campaigns: number) {
    this.#terminal = terminal;
    this.#planned = planned;
    this.#campaigns = campaigns;
    this.#timer = setInterval(() => {
      this.#show();
    }, REDRAW_MS);
    this.#timer.unref();
  }

  made(runs: number): void {
    this.#runs += runs;
  }

  /** A campaign is over; `saved` runs of it need not be made. */
  finished(saved: number): void {
    this.#done += 1;
    this.#saved += Math.max(0, saved);
  }

  #show(): void {
    const elapsed = performance.now() - this.#began;
    if (elapsed < QUIET_MS) return;
    const rate = this.#runs / (elapsed / 1000);
    const parts = [
      `${String(this.#done)}/${String(this.#campaigns)} subjects`,
      `${String(this.#runs)} schedules`,
      `${String(Math.round(rate))}/s`,
    ];
    if (this.#planned !== null && rate > 0) {
      const left = Math.max(0, this.#planned - this.#saved - this.#runs);
      parts.push(`about ${String(Math.ceil(left / rate))} s left`);
    }
    const text = parts.join(', ');
    if (this.#terminal.isTty) {
      this.#terminal.status(text);
    } else if (elapsed - this.#lastPlain >= PLAIN_MS) {
      this.#lastPlain = elapsed;
      this.#terminal.line(text);
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#terminal.clear();
  }
}
