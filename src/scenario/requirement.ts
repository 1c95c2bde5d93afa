/** Something real that runs of a scenario need and that is there once for all of them, such as a server. */
export interface Requirement {
  readonly name: string;
  /** URL of the module that provides it, in heddle's main thread: see {@link Provider}. */
  readonly provider: string;
}

/** Whether there is what was asked for: a value that can travel as JSON, or the reason why not, as a clause. */
export type Provision =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/** What a provider's module exports. */
export interface Provider {
  /** Called once a hunt, before the first run that requires it. */
  provide(environment: Readonly<Record<string, string | undefined>>): Promise<Provision>;
  /** Called when it is not needed any more, also when it was not provided. */
  release(): Promise<void>;
}

/** What was provided to this thread. */
const values = new Map<string, unknown>();

export function setProvided(name: string, value: unknown): void {
  values.set(name, value);
}

export function getProvided(name: string): unknown {
  return values.get(name);
}
