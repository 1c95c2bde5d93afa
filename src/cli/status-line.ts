import type { Terminal } from './terminal.ts';

/** Nothing is shown of what is done within two seconds. */
const QUIET_MS = 2_000;
const REDRAW_MS = 150;
/** On a pipe: a plain line so often. */
const PLAIN_MS = 5_000;

/** Says again and again how far a long command is: rewritten in place, or in plain lines on a pipe. */
export class StatusLine {
  readonly #terminal: Terminal;
  readonly #text: (elapsedMs: number) => string;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  #lastPlain = 0;

  constructor(terminal: Terminal, text: (elapsedMs: number) => string) {
    this.#terminal = terminal;
    this.#text = text;
    this.#timer = setInterval(() => {
      this.#show();
    }, REDRAW_MS);
    this.#timer.unref();
  }

  #show(): void {
    const elapsed = performance.now() - this.#began;
    if (elapsed < QUIET_MS) return;
    if (this.#terminal.isTty) {
      this.#terminal.status(this.#text(elapsed));
    } else if (elapsed - this.#lastPlain >= PLAIN_MS) {
      this.#lastPlain = elapsed;
      this.#terminal.line(this.#text(elapsed));
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#terminal.clear();
  }
}
