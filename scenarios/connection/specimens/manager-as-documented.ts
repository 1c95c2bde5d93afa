/**
 * Seed 002, F5 and F11: the connection manager after the documented fixes.
 *
 * The document prints none of it, but says what was changed: `Task.Supervisor.start_child` is "wrapped in case
 * statement", with "fallback to synchronous execution if supervisor is unavailable" and a "warning log"; a `:timeout`
 * option with a default of 60_000. These lines have no mark. Every other line is completed, as in `manager-as-found.ts`.
 * A mark alone on its line belongs to the line below it.
 */
import { GenServer, type TaskSupervisor } from './elixir.ts';
import type { Http } from './manager-as-found.ts';

export class ConnectionManager extends GenServer {
  readonly #taskSupervisor: TaskSupervisor; // completed
  readonly #http: Http; // completed
  #activeRequests = 0; // completed

  // completed
  constructor(taskSupervisor: TaskSupervisor, http: Http) {
    super(); // completed
    this.#taskSupervisor = taskSupervisor; // completed
    this.#http = http; // completed
  } // completed

  executeRequest(request: string, { timeout = 60_000 }: { readonly timeout?: number } = {}): Promise<string> {
    return this.call<string>(async (reply) => {
      const execute = async (): Promise<void> => {
        this.#activeRequests += 1; // completed
        reply(await this.#performHttp(request)); // completed
        this.#activeRequests -= 1; // completed
      };
      switch (this.#taskSupervisor.startChild(execute)) {
        case 'ok':
          break;
        default:
          console.warn('Task supervisor unavailable, falling back to sync execution');
          await execute();
      }
    }, timeout);
  }

  // completed
  getStats(): Promise<{ activeRequests: number }> {
    // completed: 5,000 ms is what GenServer.call waits by default
    return this.call((reply) => {
      reply({ activeRequests: this.#activeRequests }); // completed
    }, 5_000); // completed
  } // completed

  // completed: an HTTP client has a bound of its own, and answers with an error
  async #performHttp(request: string): Promise<string> {
    // completed
    try {
      return await this.#http(request, { receiveTimeout: 30_000 }); // completed
      // completed
    } catch (error) {
      return `error: ${String(error)}`; // completed
    } // completed
  } // completed
}
