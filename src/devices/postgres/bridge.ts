import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { HeddleError } from '../../kernel/errors.ts';
import { builtFile } from './built-file.ts';
import type { Provided } from './provider.ts';
import type { Ask, Told } from './server-access.ts';
import type { Reply, ThreadData } from './sessions-thread.ts';

/** Real ms after which the server is given up. */
const PATIENCE_MS = 30_000;

/** Asks the thread that holds the real connections, synchronously: a run never yields to the real event loop. */
export class Bridge {
  readonly #port: MessagePort;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** To be made outside of runs: it makes real resources. */
  constructor(provided: Provided) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#cells = new Int32Array(new SharedArrayBuffer(4));
    const data: ThreadData = { port: port2, bell: this.#cells.buffer, provided };
    const worker = new Worker(new URL(builtFile('sessions-thread.js'), import.meta.url), {
      workerData: data,
      transferList: [port2],
    });
    // It lives as long as the thread that asks it, and keeps nobody from ending.
    worker.on('error', () => undefined);
    worker.unref();
    port1.unref();
  }

  /** @throws HeddleError `POSTGRES_FAILED` when the server says no to something of the device's own. */
  ask(ask: Ask): Told {
    Atomics.store(this.#cells, 0, 0);
    this.#port.postMessage(ask);
    // The bell of the answer before may still be ringing: only the cell tells whether this one is there.
    let woken: string = 'not-equal';
    while (Atomics.load(this.#cells, 0) === 0 && woken !== 'timed-out') {
      woken = Atomics.wait(this.#cells, 0, 0, PATIENCE_MS);
    }
    const received = receiveMessageOnPort(this.#port) as { message: Reply } | undefined;
    if (received?.message.ok === true) return received.message.told;
    throw new HeddleError({
      code: 'POSTGRES_FAILED',
      expected: `PostgreSQL to ${ask.kind}`,
      received: received?.message.ok === false ? received.message.message : `no answer (${woken})`,
      next: 'Look at the statements that the scenario gives to the device.',
    });
  }
}

const bridges = new Map<string, Bridge>();

/** One bridge a thread and server. */
export function bridgeTo(provided: Provided): Bridge {
  const key = JSON.stringify(provided);
  let bridge = bridges.get(key);
  if (bridge === undefined) bridges.set(key, (bridge = new Bridge(provided)));
  return bridge;
}
