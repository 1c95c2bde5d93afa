import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, ChildSpec } from '../../../src/systems/supervise/index.ts';

/** Children that do what a test says, and what they did. */
export class Stage {
  readonly log: string[] = [];
  readonly lives = new Map<string, Life[]>();

  /** A child that is up after `startMs` and down `stopMs` after it was asked; Infinity: never. */
  spec(id: string, script: Partial<ChildSpec> & Script = {}): ChildSpec {
    const { startMs = 0, stopMs = 0, failures = 0, killable = false, ...spec } = script;
    let failuresLeft = failures;
    return {
      id,
      start: async () => {
        this.log.push(`start ${id}`);
        if (startMs === Infinity) await new Promise(() => undefined);
        if (startMs > 0) await sleep(startMs);
        failuresLeft -= 1;
        if (failuresLeft >= 0) throw new Error(`${id} fails to start`);
        const life = new Life(id, this.log, stopMs, killable);
        this.lives.set(id, [...(this.lives.get(id) ?? []), life]);
        return life;
      },
      ...spec,
    };
  }

  life(id: string): Life {
    return this.lives.get(id)!.at(-1)!;
  }
}

interface Script {
  readonly startMs?: number;
  readonly stopMs?: number;
  readonly failures?: number;
  readonly killable?: boolean;
}

class Life implements Child {
  readonly ended: Promise<void>;
  readonly kill?: () => void;
  end!: () => void;
  fail!: (error: unknown) => void;
  readonly #id: string;
  readonly #log: string[];
  readonly #stopMs: number;

  constructor(id: string, log: string[], stopMs: number, killable: boolean) {
    this.#id = id;
    this.#log = log;
    this.#stopMs = stopMs;
    this.ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
    if (!killable) return;
    this.kill = () => {
      log.push(`kill ${id}`);
      setTimeout(this.end, 1);
    };
  }

  async stop(): Promise<void> {
    this.#log.push(`stop ${this.#id}`);
    if (this.#stopMs === Infinity) return;
    await sleep(this.#stopMs);
    this.#log.push(`down ${this.#id}`);
    this.end();
  }
}
