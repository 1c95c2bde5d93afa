/**
 * The thread that holds the real connections. It has an event loop, which a thread with runs must not go back to in
 * the middle of one: that one asks, and sleeps until it is answered.
 */
import { workerData, type MessagePort } from 'node:worker_threads';
import type { Provided } from './provider.ts';
import { ServerAccess, type Ask, type Told } from './server-access.ts';

export interface ThreadData {
  readonly port: MessagePort;
  /** Set to 1 and notified when an answer has been sent. */
  readonly bell: SharedArrayBuffer;
  readonly provided: Provided;
}

export type Reply =
  { readonly ok: true; readonly told: Told } | { readonly ok: false; readonly message: string; readonly code: string };

const { port, bell, provided } = workerData as ThreadData;
const cells = new Int32Array(bell);
let access: Promise<ServerAccess> | null = null;

port.on('message', (ask: Ask) => {
  access ??= ServerAccess.connect(provided);
  access
    .then((server) => server.answer(ask))
    .then(
      (told) => {
        ring({ ok: true, told });
      },
      (error: unknown) => {
        const { message, code = '' } = error as Error & { code?: string };
        ring({ ok: false, message, code });
      },
    );
});

function ring(reply: Reply): void {
  port.postMessage(reply);
  Atomics.store(cells, 0, 1);
  Atomics.notify(cells, 0);
}
