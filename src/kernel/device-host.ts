import type { SimProcess } from './process.ts';
import type { World } from './world.ts';

/** What `sim.attach` gives to a device that has an entry point of its own. */
export interface DeviceHost {
  readonly world: World;
  /** Something begins: a request, a call. After the shutdown that is late work. */
  work(what: string): void;
  /** Shows up in the trace only. */
  note(what: string, data: unknown): void;
  /** Called when the process crashes. */
  onCrash(process: SimProcess, callback: () => void): void;
  /** What the provider of a requirement gave; undefined when the scenario does not require it. */
  provided(requirement: string): unknown;
  /** Does something real between two turns: what `act` creates there is the harness's own, and no escape. */
  outside<T>(act: () => T): T;
}
