import type { ClockOptions } from '../kernel/clock.ts';
import type { SimProcess } from '../kernel/process.ts';
import type { World } from '../kernel/world.ts';
import type { Observer } from './observer.ts';

export interface ProcessOptions {
  /** Its clock; drift and steps beyond these come as faults. */
  readonly clock?: ClockOptions;
  /** How often it may crash in a run, by choice, after any of its turns and at any of its storage operations. Default 0. */
  readonly crashes?: number;
  /** Virtual ms after a crash until it starts again; without it a crashed process stays dead. */
  readonly restartAfter?: readonly [number, number];
  /** By how many ms its wall clock may be stepped, by choice, once per entry: for example `[3_600_000, -3_600_000]`. */
  readonly clockSteps?: readonly number[];
  /** Ratios from which its clock's rate may be chosen instead of `clock.rate`: for example `[0.999, 1.001]`. */
  readonly clockRates?: readonly number[];
  /** Virtual ms for which it may stall, by choice, after any of its turns. */
  readonly stalls?: readonly number[];
  /** How many stalls and clock steps may strike in a run, each. Default 1. */
  readonly disturbances?: number;
}

/** A simulated process as a scenario handles it: it survives its crashes, its incarnations do not. */
export class Process {
  readonly name: string;
  readonly #world: World;
  readonly #observer: Observer;
  readonly #options: ProcessOptions;
  #main: (() => unknown) | null = null;
  #current: SimProcess;
  #crashesLeft: number;
  #stallsLeft: number;
  #stepsLeft: number;

  constructor(world: World, observer: Observer, name: string, options: ProcessOptions) {
    this.#world = world;
    this.#observer = observer;
    this.name = name;
    this.#options = options;
    this.#crashesLeft = options.crashes ?? 0;
    this.#stallsLeft = declared(options.stalls) ? (options.disturbances ?? 1) : 0;
    this.#stepsLeft = declared(options.clockSteps) ? (options.disturbances ?? 1) : 0;
    this.#current = this.#spawn();
  }

  /** The incarnation that is running, or ran last. */
  get current(): SimProcess {
    return this.#current;
  }

  get alive(): boolean {
    return this.#current.alive;
  }

  #spawn(): SimProcess {
    const { clock = {}, clockRates } = this.#options;
    let rate = clock.rate;
    if (clockRates !== undefined && clockRates.length > 0) {
      const options = clockRates.map((each) => `clock rate ${String(each)}`);
      const pick = this.#world.fault({ key: `clock of ${this.name}`, kind: 'clock rate', options });
      if (pick > 0) rate = clockRates[pick - 1];
    }
    const process = this.#world.spawn(this.name, rate === undefined ? clock : { ...clock, rate });
    process.kill = () => {
      this.crash();
    };
    if (this.#crashesLeft > 0) {
      process.mayCrash = (at) => {
        this.#mayCrash(`${this.name} at ${at}`);
      };
    }
    if (this.#crashesLeft + this.#stallsLeft + this.#stepsLeft > 0) {
      process.afterTurn = () => {
        this.#disturb(process);
      };
    }
    return process;
  }

  /** Asks, after each turn, which of the declared faults strikes. */
  #disturb(process: SimProcess): void {
    const { stalls = [], clockSteps = [] } = this.#options;
    const after = `${this.name} after ${this.#world.fired?.key ?? ''}`;
    if (this.#stepsLeft > 0) {
      const options = clockSteps.map((ms) => `clock step ${String(ms)} ms`);
      const pick = this.#world.fault({ key: `step ${after}`, kind: 'clock step', options });
      if (pick > 0) {
        this.#stepsLeft -= 1;
        process.clock.step(clockSteps[pick - 1]!);
      }
    }
    if (this.#stallsLeft > 0) {
      const options = stalls.map((ms) => `stall ${String(ms)} ms`);
      const pick = this.#world.fault({ key: `stall ${after}`, kind: 'stall', options });
      if (pick > 0) {
        this.#stallsLeft -= 1;
        this.#world.stall(process, stalls[pick - 1]!);
      }
    }
    this.#mayCrash(after);
  }

  #mayCrash(place: string): void {
    if (this.#crashesLeft === 0) return;
    if (this.#world.fault({ key: `crash ${place}`, kind: 'crash', options: ['crash'] }) === 0) return;
    this.#crashesLeft -= 1;
    this.crash();
  }

  /** Starts its main script, now and after every restart. */
  start(main: () => unknown): void {
    this.#main = main;
    this.#boot();
  }

  #boot(): void {
    const world = this.#world;
    const task = world.createTask(this.name, this.#current);
    world.main(this.#current, task, () => {
      void Promise.resolve().then(this.#main);
    });
  }

  /** Kills it: nothing that it had pending will happen. Starts again if it was declared to. */
  crash(): void {
    const world = this.#world;
    const process = this.#current;
    if (!process.alive) return;
    world.crash(process);
    this.#observer.crashed(process);
    const { restartAfter } = this.#options;
    if (restartAfter === undefined) return;
    const outside = world.processes[0]!;
    const task = world.tasks[0]!;
    world.deliver('fault', `restart ${this.name}`, outside, task, restartAfter, () => {
      this.#current = this.#spawn();
      this.#observer.note({ kind: 'restart', process: this.name });
      if (this.#main !== null) this.#boot();
    });
  }
}

function declared(choices: readonly number[] | undefined): boolean {
  return choices !== undefined && choices.length > 0;
}
