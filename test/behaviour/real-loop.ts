// Small programs on the event loop of the Node that runs the tests.

import { mkdtempSync, rmSync, stat } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { real } from '../../src/intercept/originals.ts';
import { sizeOf, type Step } from './small-program.ts';

/** A run on the real loop. */
export interface RealRun {
  /** Labels in the order in which the callbacks ran. */
  readonly order: string;
  readonly pace: Pace;
}

/**
 * Whether the machine kept pace, by libuv's own clock of whole milliseconds. `calm`: every timer and immediate ran at
 * most one after it was due, every completion in time, and no callback took so long that the clock moved. `late`:
 * something ran later than that. `slow`: the clock moved while a callback ran.
 */
export type Pace = 'calm' | 'late' | 'slow';

/** Real ms within which a completion of a calm run comes. */
export const IN_TIME = 40;

/** libuv's clock, in whole ms: where it counts the delay of a timer that is armed now from. */
function loopNow(): number {
  const probe = real.setTimeout(() => undefined, 2 ** 30);
  real.clearTimeout(probe);
  return Reflect.get(probe, '_idleStart') as number;
}

/** One byte through a local socket, each way its own event of the loop. */
class Wire {
  readonly #near: Socket;
  #waiting: (() => void) | null = null;

  constructor(near: Socket, far: Socket) {
    this.#near = near;
    far.on('data', () => {
      const waiting = this.#waiting!;
      this.#waiting = null;
      waiting();
    });
  }

  get free(): boolean {
    return this.#waiting === null;
  }

  send(arrived: () => void): void {
    this.#waiting = arrived;
    this.#near.write('x');
  }
}

/** Runs programs for real, one after the other. */
export class RealLoop implements AsyncDisposable {
  readonly #wires: Wire[];
  readonly #close: () => void;

  private constructor(wires: Wire[], close: () => void) {
    this.#wires = wires;
    this.#close = close;
  }

  static async open(): Promise<RealLoop> {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-wire-'));
    const path = join(folder, 's');
    const far: Socket[] = [];
    const accepted = (socket: Socket): void => {
      far.push(socket);
    };
    const server = createServer(accepted);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const near: Socket[] = [];
    while (near.length < 8) {
      const socket = connect(path);
      const both = Promise.all([
        new Promise((resolve) => socket.once('connect', resolve)),
        new Promise((resolve) => server.once('connection', resolve)),
      ]);
      await both;
      near.push(socket);
    }
    const wires = near.map((socket, at) => new Wire(socket, far[at]!));
    return new RealLoop(wires, () => {
      for (const socket of [...near, ...far]) socket.destroy();
      server.close();
      rmSync(folder, { recursive: true });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    return Promise.resolve();
  }

  run(program: readonly Step[]): Promise<RealRun> {
    return new Promise((resolve) => {
      const order: string[] = [];
      let open = sizeOf(program);
      let pace: Pace = 'calm';
      let turnAt = 0;
      const within = (): void => {
        if (loopNow() !== turnAt) pace = 'slow';
      };
      const turn = (): void => {
        turnAt = loopNow();
      };
      const ran = (step: Step): void => {
        order.push(step.label);
        for (const each of step.then) queue(each);
        within();
        open -= 1;
        if (open === 0) resolve({ order: order.join(' '), pace });
      };
      const later = (step: Step, latest: number) => (): void => {
        turn();
        if (turnAt > latest && pace === 'calm') pace = 'late';
        ran(step);
      };
      const queue = (step: Step): void => {
        within();
        switch (step.way) {
          case 'timeout':
            setTimeout(later(step, turnAt + step.ms + 1), step.ms);
            break;
          case 'immediate':
            setImmediate(later(step, turnAt + 1));
            break;
          case 'nextTick':
            process.nextTick(ran, step);
            break;
          case 'microtask':
            queueMicrotask(() => {
              ran(step);
            });
            break;
          case 'file':
            stat('/', later(step, turnAt + IN_TIME));
            break;
          case 'socket':
            this.#wires.find(({ free }) => free)!.send(later(step, turnAt + IN_TIME));
        }
      };
      real.setImmediate(() => {
        turn();
        for (const step of program) queue(step);
        within();
      });
    });
  }
}
