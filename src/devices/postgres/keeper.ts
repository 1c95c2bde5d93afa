/**
 * A process of its own that keeps the server: it starts one, says where it is, and stops and removes it when its
 * standard input ends. That is closed by whoever asked for the server when it is done with it, and by the operating
 * system when that process has died, in whatever way: no server is left over.
 *
 * One line of JSON comes in, a {@link ClusterOrder}; one goes out, a {@link KeeperReply}.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Cluster, type Address, type ClusterOrder } from './cluster.ts';

export type KeeperReply =
  { readonly ok: true; readonly address: Address } | { readonly ok: false; readonly reason: string };

// Whoever presses Ctrl-C means heddle, which then ends our input.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const input = createInterface({ input: process.stdin });
let started: Promise<Cluster | null> = Promise.resolve(null);

input.once('line', (line) => {
  started = Cluster.start(JSON.parse(line) as ClusterOrder).then(
    ({ cluster, address }) => {
      reply({ ok: true, address });
      return cluster;
    },
    (error: unknown) => {
      reply({ ok: false, reason: error instanceof Error ? error.message : String(error) });
      return null;
    },
  );
});

input.once('close', () => {
  void started.then((cluster) => cluster?.stop());
});

function reply(message: KeeperReply): void {
  try {
    writeSync(1, `${JSON.stringify(message)}\n`);
  } catch {
    // Nobody is left to read it.
  }
}
