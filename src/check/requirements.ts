import type { Provider, Provision, Requirement } from '../scenario/requirement.ts';
import type { Threads } from './threads.ts';

/** Provides what scenarios require, once a hunt: begun in the background, given to all threads, released at the end. */
export class Requirements {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #threads: Threads;
  readonly #provisions = new Map<string, Promise<Provision>>();
  readonly #providers: Provider[] = [];
  #released = false;

  constructor(threads: Threads, environment: Readonly<Record<string, string | undefined>>) {
    this.#threads = threads;
    this.#environment = environment;
  }

  /** Begins to provide it, if nobody has. */
  begin(requirement: Requirement): Promise<Provision> {
    const { name } = requirement;
    let provision = this.#provisions.get(name);
    if (provision === undefined) {
      provision = this.#provide(requirement);
      this.#provisions.set(name, provision);
    }
    return provision;
  }

  async #provide({ name, provider: url }: Requirement): Promise<Provision> {
    if (this.#released) return { ok: false, reason: 'the hunt is over' };
    let provision: Provision;
    try {
      const provider = (await import(url)) as Provider;
      this.#providers.push(provider);
      provision = await provider.provide(this.#environment);
    } catch (error) {
      provision = { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
    if (provision.ok) this.#threads.provide(name, provision.value);
    return provision;
  }

  /** Why a scenario with these requirements cannot be run; null when it can. */
  async lacking(requirements: readonly Requirement[]): Promise<string | null> {
    for (const requirement of requirements) {
      const provision = await this.begin(requirement);
      if (!provision.ok) return `no ${requirement.name}: ${provision.reason}`;
    }
    return null;
  }

  async release(): Promise<void> {
    this.#released = true;
    await Promise.all(this.#providers.splice(0).map((provider) => provider.release()));
  }
}
