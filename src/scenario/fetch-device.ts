import type { Touch } from '../kernel/touch.ts';
import type { World } from '../kernel/world.ts';
import type { Observer } from './observer.ts';

/** Answers one request; the response is a real `Response`. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** The other end of `fetch`: a scenario gives it a handler; a request without one is an escape. */
export class FetchDevice {
  readonly #world: World;
  readonly #observer: Observer;
  readonly #unanswered: (url: string) => void;
  #handler: FetchHandler | null = null;
  #latency: readonly [number, number] = [0, 0];

  constructor(world: World, observer: Observer, unanswered: (url: string) => void) {
    this.#world = world;
    this.#observer = observer;
    this.#unanswered = unanswered;
  }

  answer(handler: FetchHandler, latency: readonly [number, number]): void {
    this.#handler = handler;
    this.#latency = latency;
  }

  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const label = `${request.method} ${request.url}`;
    const handler = this.#handler;
    if (handler === null) {
      this.#unanswered(label);
      throw new TypeError('fetch failed', { cause: `${label} has no answer: give the scenario one with sim.fetch` });
    }
    this.#observer.work(label);
    const { signal } = request;
    const aborted = new Promise<never>((_resolve, reject) => {
      const abort = (): void => {
        reject(signal.reason as Error);
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
    // Nobody waits for it once the response is there.
    aborted.catch(() => undefined);
    const travel = (leg: string, touches: readonly Touch[] | null): Promise<void> =>
      new Promise((resolve) => {
        if (signal.aborted) return;
        const event = this.#world.complete(leg, this.#latency[0], this.#latency[1], resolve);
        event.touches = touches;
        const cancel = (): void => {
          this.#world.cancel(event);
        };
        signal.addEventListener('abort', cancel, { once: true });
      });
    // The handler is the scenario's: also what it answers to a GET may depend on what was asked before.
    const { host } = new URL(request.url);
    await Promise.race([travel(label, [{ resource: host, writes: true }]), aborted]);
    const response = await Promise.race([handler(request), aborted]);
    await Promise.race([travel(`${label} ${String(response.status)}`, null), aborted]);
    return response;
  }
}
