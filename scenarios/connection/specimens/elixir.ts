/** What Elixir's GenServer and Task.Supervisor do, as far as the document's code relies on it. */

/** An exit of the calling process: what `GenServer.call` does when there is no answer. */
export class Exit extends Error {
  override readonly name = 'Exit';
}

/** A process with a mailbox: it handles one message after the other, and whoever calls it waits for its reply. */
export abstract class GenServer {
  #handled: Promise<void> = Promise.resolve();

  /**
   * `GenServer.call`: `handle` runs when everything sent before has been handled; until it has returned nothing else
   * is. It may reply itself, or leave that to somebody else. Without a reply the caller exits after `timeout` ms.
   */
  protected call<T>(handle: (reply: (value: T) => void) => Promise<void> | void, timeout: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Exit('timeout'));
      }, timeout);
      const reply = (value: T): void => {
        clearTimeout(timer);
        resolve(value);
      };
      // A handler that exits takes the caller with it; the server's supervisor starts it anew.
      const exit = (reason: unknown): void => {
        clearTimeout(timer);
        reject(reason);
      };
      this.#handled = this.#handled.then(() => handle(reply)).catch(exit);
    });
  }
}

/** `Task.Supervisor` with `max_children`. */
export class TaskSupervisor {
  /** False while it is not running, or not yet running again. */
  running = true;
  children = 0;
  readonly #maxChildren: number;

  constructor(maxChildren: number) {
    this.#maxChildren = maxChildren;
  }

  /** Returns an error when there are too many children; where there is no supervisor, the call exits. */
  startChild(run: () => Promise<void>): 'ok' | 'max_children' {
    if (!this.running) throw new Exit('noproc');
    if (this.children >= this.#maxChildren) return 'max_children';
    this.children += 1;
    const ended = (): void => {
      this.children -= 1;
    };
    run().then(ended, ended);
    return 'ok';
  }
}
