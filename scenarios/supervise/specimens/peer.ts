import type { Monitored } from 'heddle/systems';

/** The near end of a connection: the news of the far end's death comes when `end` is called. */
export class Peer implements Monitored {
  alive = true;
  readonly #monitors = new Set<(reason: unknown) => void>();

  monitor(onDown: (reason: unknown) => void): () => boolean {
    this.#monitors.add(onDown);
    return () => this.#monitors.delete(onDown);
  }

  end(reason: string): void {
    this.alive = false;
    for (const onDown of this.#monitors) onDown(reason);
    this.#monitors.clear();
  }
}
