import { HeddleError } from '../kernel/errors.ts';
import type { RunStart, Strategy, StrategyChooser } from './strategy.ts';

/**
 * A strategy of a user's own, so that what goes wrong in it is told as one sentence, and that what it knows is plain
 * data that nobody changes on the way: or a run could not be repeated.
 *
 * @throws HeddleError with code `BAD_STRATEGY` when its initial knowledge is no plain data.
 */
export function guarded(strategy: Strategy, file: string): Strategy {
  const guard = new Guard(file);
  const initial = guard.plain('initial', strategy.initial);
  return {
    ...strategy,
    initial,
    chooser: (start) => guard.chooser(strategy, start),
    learn: (knowledge, round) =>
      guard.plain(
        'learn',
        guard.do('learn', () => strategy.learn(frozen(knowledge), round)),
      ),
  };
}

class Guard {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  chooser(strategy: Strategy, start: RunStart<unknown>): StrategyChooser {
    const inner = this.do('start', () => strategy.chooser({ ...start, knowledge: frozen(start.knowledge) }));
    return {
      delays: inner.delays,
      event: (enabled) => this.do('event', () => inner.event(enabled)),
      delay: (event, room) => this.do('delay', () => inner.delay(event, room)),
      fault: (point) => this.do('fault', () => inner.fault(point)),
      draw: (name) => this.do('draw', () => inner.draw(name)),
      fires: (event, now) => {
        this.do('fires', () => inner.fires?.(event, now));
      },
      report: () =>
        this.plain(
          'report',
          this.do('report', () => inner.report?.()),
        ),
    };
  }

  do<T>(what: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw this.#told(what, error);
    }
  }

  /** It has to travel between threads. */
  plain<T>(what: string, value: T): T {
    try {
      return structuredClone(value);
    } catch {
      throw this.#mistake(`\`${what}\` of the strategy ${this.#file} to be plain data`, 'what no thread can pass on');
    }
  }

  /** The file may have a copy of heddle of its own: its errors are known by their name. */
  #told(what: string, error: unknown): HeddleError {
    if (error instanceof Error && error.name === 'HeddleError') return new HeddleError(error as HeddleError);
    return this.#mistake(`\`${what}\` of the strategy ${this.#file} to end without an error`, placed(error));
  }

  #mistake(expected: string, received: string): HeddleError {
    return new HeddleError({ code: 'BAD_STRATEGY', expected, received, next: 'Mend it; see docs/strategies.md.' });
  }
}

/** The error on one line, with the place it comes from. */
function placed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = `${error.name}: ${error.message.split('\n')[0]!}`;
  const site = /^\s+at .*?\(?((?:file:)?[^\s()]*[\\/][^\s()]+:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1];
  return site === undefined ? text : `${text} at ${site}`;
}

const known = new WeakSet();

/** A run that changed what the next one knows could not be repeated. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || known.has(value)) return value;
  known.add(value);
  for (const each of Object.values(value)) frozen(each);
  // Maps and Sets have no lock; the bytes of a buffer cannot be frozen.
  return ArrayBuffer.isView(value) ? value : Object.freeze(value);
}
