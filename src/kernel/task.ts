import type { SimProcess } from './process.ts';

/** A logical thread of control: one client, one request. Its index is its order of creation within the run. */
export class Task {
  readonly index: number;
  readonly name: string;
  readonly process: SimProcess;
  /** The world it belongs to: tells a task from one that an earlier run left in module state. */
  readonly run: object;

  constructor(run: object, index: number, name: string, process: SimProcess) {
    this.run = run;
    this.index = index;
    this.name = name;
    this.process = process;
  }
}
