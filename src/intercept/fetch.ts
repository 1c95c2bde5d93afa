import { run } from './current.ts';
import { replace } from './replace.ts';

/** Routes `fetch` to the run's device. */
export function interceptFetch(): void {
  const original = globalThis.fetch;
  replace(globalThis, 'fetch', (input: string | URL | Request, init?: RequestInit) =>
    run === null ? original(input, init) : run.fetch(input, init),
  );
}
