import type { World } from '../kernel/world.ts';
import { identity } from '../kernel/identity.ts';
import { RemoteResource } from './remote-resource.ts';
import type { Observer } from './observer.ts';
import type { Process } from './process.ts';

export interface DeviceOptions {
  /** Virtual ms of each leg, request and reply: `[min, max]`, or one number for both. Default `[0, 10]`; 0 in a scenario with `every`. */
  readonly latency?: number | readonly [number, number];
  /** What may go wrong with a call, by choice: the request never arrives, or the reply does not. */
  readonly faults?: readonly ('lost request' | 'lost reply')[];
  /** The simulated process in which calls run; it may crash. Default: outside of all. */
  readonly in?: Process;
  /** Methods that change nothing. A call of any other method is taken for a write. */
  readonly reads?: readonly string[];
  /**
   * What of the device a call concerns, such as its key: calls that concern different keys have nothing to do with each
   * other. Undefined: all of it. Default: every call concerns all of the device.
   */
  readonly resource?: (method: string, args: readonly unknown[]) => string | undefined;
}

/** A client whose methods return promises, as one sees it from the other end of a network. */
export type Remote<C> = {
  readonly [K in keyof C]: C[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : C[K];
};

/** Recognises errors of another copy of the package: scenarios are loaded by a loader of their own. */
const BRAND = Symbol.for('heddle.TransportError');

/** The error of a call whose request or reply was lost. */
export class TransportError extends Error {
  readonly code = 'ECONNRESET';

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  constructor(call: string) {
    super(`${call}: connection reset`);
    this.name = 'TransportError';
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Puts `client` behind a network: the request is one event, the reply another. The call itself runs when its
 * request arrives, in the device's process. A crash of the caller leaves a request that was sent on its way.
 */
export function createDevice<C extends object>(
  world: World,
  observer: Observer,
  name: string,
  client: C,
  options: DeviceOptions,
): Remote<C> {
  const latency =
    typeof options.latency === 'number'
      ? ([options.latency, options.latency] as const)
      : (options.latency ?? world.latency);
  const faults = options.faults ?? [];
  const resource = new RemoteResource(world, name, client, options);
  let calls = 0;
  // What is outside of all simulated processes obeys the event loop of none of them.
  const outside = options.in === undefined ? world.spawn(name) : world.process;

  const strikes = (fault: 'lost request' | 'lost reply', call: string): boolean =>
    faults.includes(fault) && world.fault({ key: `${fault} of ${call}`, kind: fault, options: [fault] }) > 0;

  function send(method: PropertyKey, args: unknown[]): Promise<unknown> {
    calls += 1;
    const call = `${name}.${String(method)}`;
    const key = `${call} ${String(calls)}`;
    const task = world.currentTask();
    // Not the task's process: what serves a call of another process's task runs, and dies, where it is served.
    const from = world.process;
    observer.work(call);
    return new Promise((resolve, reject) => {
      const reply = (label: string, settle: () => void): void => {
        if (from.alive) world.deliver('io', label, from, task, latency, settle);
      };
      let open = true;
      const failed = (): void => {
        if (!open) return;
        open = false;
        reply(`${call} failed`, () => {
          reject(new TransportError(call));
        });
      };
      if (strikes('lost request', key)) {
        failed();
        return;
      }
      const to = options.in?.current ?? outside;
      // A process that is down answers nothing: the caller's connection is reset.
      if (!to.alive) {
        failed();
        return;
      }
      observer.onCrash(to, failed);
      const request = world.deliver('message', call, to, task, latency, () => {
        const run = (): unknown =>
          Reflect.apply(Reflect.get(client, method) as (...a: unknown[]) => unknown, client, args);
        const answer = (settle: () => void): void => {
          if (!to.alive) return;
          if (strikes('lost reply', key)) failed();
          else {
            open = false;
            reply(`${call} reply`, settle);
          }
        };
        void identity.run(task, async () => {
          try {
            const value = await run();
            answer(() => {
              resolve(value);
            });
          } catch (error) {
            answer(() => {
              reject(error);
            });
          }
        });
      });
      request.touches = resource.touchesOf(String(method), args);
    });
  }

  return new Proxy(client, {
    get: (target, property) => {
      const member = Reflect.get(target, property) as unknown;
      return typeof member === 'function' ? (...args: unknown[]) => send(property, args) : member;
    },
  }) as Remote<C>;
}
