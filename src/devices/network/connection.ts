import { Channel } from '../../kernel/channel.ts';
import { identity } from '../../kernel/identity.ts';
import type { SimProcess } from '../../kernel/process.ts';
import type { Touch } from '../../kernel/touch.ts';
import type { World } from '../../kernel/world.ts';
import { NetworkError, type NetworkErrorCode } from './network-error.ts';

/** What may go wrong with a request, by choice; see {@link NetworkHost}. */
export type RequestFault = 'hang' | 'reset' | 'slow';

/** What a connection needs of the host at its other end. */
export interface OtherEnd {
  readonly world: World;
  readonly process: SimProcess;
  /** What a request touches, as far as the host can tell: itself. */
  readonly touches: readonly Touch[];
  readonly faults: readonly RequestFault[];
  /** How many virtual ms a slow answer takes on top. */
  readonly slowMs: number;
  /** Whether it answers every request by a reset. */
  readonly resets: boolean;
  answer(command: string, connection: string): unknown;
  work(what: string): void;
  gone(connection: NetworkConnection): void;
}

type State = 'up' | 'silent' | 'reset' | 'closed';

/**
 * One end of a connection to a host, as a client of it sees it: it sends commands and gets their answers, in the order
 * in which the host gives them. Both ways are ordered, as in a TCP stream.
 *
 * Three ways in which it goes wrong, all of which a program must tell apart by itself:
 * - it **hangs**: the other end is gone without a word (a cut cable, a host that lost its power). Nothing that is asked
 *   is ever answered, and nothing says so;
 * - it is **reset**: what is under way fails with `ECONNRESET`, and so does everything later;
 * - it is **slow**: the answer comes, late, and what was asked after it comes later still.
 */
export class NetworkConnection {
  /** `host#3`: the third one that was opened to that host. */
  readonly name: string;
  readonly #end: OtherEnd;
  readonly #latency: readonly [number, number];
  /** The process that opened it. */
  readonly #owner: SimProcess;
  readonly #requests: Channel = new Channel();
  readonly #answers: Channel = new Channel();
  readonly #underWay = new Set<(error: unknown) => void>();
  #state: State = 'up';

  constructor(name: string, end: OtherEnd, latency: readonly [number, number], owner: SimProcess) {
    this.name = name;
    this.#end = end;
    this.#latency = latency;
    this.#owner = owner;
  }

  /** False once it was closed at this end or reset. One that hangs is open: nobody can tell. */
  get isOpen(): boolean {
    return this.#state === 'up' || this.#state === 'silent';
  }

  /** Whether it hangs: what the simulation knows and a program cannot. */
  get isSilent(): boolean {
    return this.#state === 'silent';
  }

  /** Requests that have not been answered, and were not aborted. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /**
   * Sends a command and resolves with its answer, or rejects as the host's answer threw. An abort ends the waiting, with
   * the signal's reason; the command itself has been sent.
   */
  run(command: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
    this.#end.work(`${this.name} ${command}`);
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      if (!this.isOpen) {
        reject(this.#failure());
        return;
      }
      const end = (settle: () => void): void => {
        if (!this.#underWay.delete(fail)) return;
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const fail = (error: unknown): void => {
        end(() => {
          reject(error);
        });
      };
      const abort = (): void => {
        fail(signal?.reason);
      };
      this.#underWay.add(fail);
      signal?.addEventListener('abort', abort, { once: true });
      this.#send(command, (answer) => {
        end(() => {
          if (answer.ok) resolve(answer.value);
          else reject(answer.error);
        });
      });
    });
  }

  #send(command: string, done: (answer: Answer) => void): void {
    const { world, process } = this.#end;
    const call = `${this.name} ${command}`;
    const task = world.currentTask();
    if (this.#strikes(`request of ${call}`)) return;
    const request = world.deliver(
      'message',
      call,
      process,
      task,
      this.#latency,
      () => {
        if (this.#state === 'silent') return;
        void identity.run(task, async () => {
          const answer = await this.#ask(command);
          if (this.#state === 'silent' || this.#strikes(`answer to ${call}`)) return;
          const [min, max] = this.#latency;
          const late = this.#fault('slow', `answer to ${call}`) ? this.#end.slowMs : 0;
          const answered = (): void => {
            done(answer);
          };
          world.deliver('io', `${call} answered`, this.#owner, task, [min + late, max + late], answered, this.#answers);
        });
      },
      this.#requests,
    );
    request.touches = this.#end.touches;
  }

  async #ask(command: string): Promise<Answer> {
    try {
      return { ok: true, value: await this.#end.answer(command, this.name) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  #fault(kind: RequestFault, at: string): boolean {
    const { world, faults } = this.#end;
    return faults.includes(kind) && world.fault({ key: `${kind} at ${at}`, kind, options: [kind] }) > 0;
  }

  /** Whether the connection is lost here, by choice: then nothing more comes of it. */
  #strikes(at: string): boolean {
    if (this.#fault('hang', at)) {
      this.hang();
      return true;
    }
    if (!this.#end.resets && !this.#fault('reset', at)) return false;
    this.reset();
    return true;
  }

  /** From now on the other end is silent for ever. */
  hang(): void {
    if (this.#state === 'up') this.#state = 'silent';
  }

  /** The other end resets the connection; the news takes its way. */
  reset(): void {
    const { world } = this.#end;
    world.deliver('io', `${this.name} reset`, this.#owner, world.currentTask(), this.#latency, () => {
      this.#finish('reset');
    });
  }

  /** Closes this end, at once: what is under way fails with `ERR_SOCKET_CLOSED`. */
  close(): void {
    this.#finish('closed');
  }

  #finish(state: 'reset' | 'closed'): void {
    if (!this.isOpen) return;
    this.#state = state;
    this.#end.gone(this);
    const error = this.#failure();
    for (const fail of [...this.#underWay]) fail(error);
  }

  #failure(): NetworkError {
    const code: NetworkErrorCode = this.#state === 'reset' ? 'ECONNRESET' : 'ERR_SOCKET_CLOSED';
    return new NetworkError(code, this.name);
  }
}

type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };
