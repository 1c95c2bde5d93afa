/**
 * Seed 002, F5 and F11: the connection manager as the document found it.
 *
 * The document prints none of it. What it says: a GenServer starts `Task.Supervisor.start_child` for each request and
 * does not look at what that returns; the time-out of `execute_request` is hard-coded, 60_000 ms. Every other line is
 * completed. A mark alone on its line belongs to the line below it.
 */
import { GenServer, type TaskSupervisor } from './elixir.ts';

export type Http = (request: string, options: { readonly receiveTimeout: number }) => Promise<string>;

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

  executeRequest(request: string): Promise<string> {
    return this.call<string>((reply) => {
      this.#taskSupervisor.startChild(async () => {
        this.#activeRequests += 1; // completed
        reply(await this.#performHttp(request)); // completed
        this.#activeRequests -= 1; // completed
      });
    }, 60_000);
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
