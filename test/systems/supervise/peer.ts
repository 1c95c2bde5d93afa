import type { Monitored } from '../../../src/systems/supervise/index.ts';

/** Something that ends when a test says so. */
export class Peer implements Monitored {
  alive = true;
  readonly monitors: Set<(reason: unknown) => void> = new Set();

  monitor(onDown: (reason: unknown) => void): () => boolean {
    const monitor = (reason: unknown): void => {
      onDown(reason);
    };
    this.monitors.add(monitor);
    return () => this.monitors.delete(monitor);
  }

  end(reason: unknown = 'ended'): void {
    this.alive = false;
    const monitors = [...this.monitors];
    this.monitors.clear();
    for (const onDown of monitors) onDown(reason);
  }
}
