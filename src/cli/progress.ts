import { StatusLine } from './status-line.ts';
import type { Terminal } from './terminal.ts';

/** How a long hunt goes on: rate, share done, time left. */
export class ProgressLine {
  readonly #planned: number | null;
  readonly #campaigns: number;
  readonly #line: StatusLine;
  #runs = 0;
  #saved = 0;
  #done = 0;

  constructor(terminal: Terminal, planned: number | null, campaigns: number) {
    this.#planned = planned;
    this.#campaigns = campaigns;
    this.#line = new StatusLine(terminal, (elapsed) => this.#text(elapsed));
  }

  made(runs: number): void {
    this.#runs += runs;
  }

  /** A campaign is over; `saved` runs of it need not be made. */
  finished(saved: number): void {
    this.#done += 1;
    this.#saved += Math.max(0, saved);
  }

  #text(elapsedMs: number): string {
    const rate = this.#runs / (elapsedMs / 1000);
    const parts = [
      `${String(this.#done)}/${String(this.#campaigns)} subjects`,
      `${String(this.#runs)} schedules`,
      `${String(Math.round(rate))}/s`,
    ];
    if (this.#planned !== null && rate > 0) {
      const left = Math.max(0, this.#planned - this.#saved - this.#runs);
      parts.push(`about ${String(Math.ceil(left / rate))} s left`);
    }
    return parts.join(', ');
  }

  end(): void {
    this.#line.end();
  }
}
