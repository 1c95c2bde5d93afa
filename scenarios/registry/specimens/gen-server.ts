/**
 * Seed 002, F2 and F6: what the document's argument rests on. "All operations go through the GenServer, which serializes
 * them": one mailbox, one message at a time, and the next only when the handler of this one has ended. Completed from
 * OTP's documentation, with its default: a call that is not answered within 5000 ms fails at its caller.
 */
export class GenServer {
  #mailbox: Promise<unknown> = Promise.resolve();

  protected call<T>(handle: () => T | Promise<T>): Promise<T> {
    const answer = this.#mailbox.then(handle);
    this.#mailbox = answer.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error('timeout'));
      }, 5_000);
    });
    return Promise.race([answer, late]).finally(() => {
      clearTimeout(timer);
    });
  }

  /** A message that nobody waits for: `handle_info`. */
  protected info(handle: () => void): void {
    this.#mailbox = this.#mailbox.then(handle);
  }
}
