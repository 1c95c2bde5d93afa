import type { Touch } from '../kernel/touch.ts';
import type { World } from '../kernel/world.ts';

export interface RemoteResourceOptions {
  readonly reads?: readonly string[];
  readonly resource?: (method: string, args: readonly unknown[]) => string | undefined;
}

/** What stands behind a device, or behind several. */
interface Behind {
  readonly name: string;
  /** Whether some calls concern parts of it only. */
  hasParts: boolean;
}

const clients = new WeakMap<World, WeakMap<object, Behind>>();

function behind(world: World, client: object, name: string): Behind {
  let known = clients.get(world);
  if (known === undefined) clients.set(world, (known = new WeakMap<object, Behind>()));
  let found = known.get(client);
  if (found === undefined) known.set(client, (found = { name, hasParts: false }));
  return found;
}

/** What calls of a device touch: all of it, or a part. Two devices before the same client are the same resource. */
export class RemoteResource {
  readonly #behind: Behind;
  readonly #reads: ReadonlySet<string>;
  readonly #partOf: RemoteResourceOptions['resource'];

  constructor(world: World, name: string, client: object, { reads, resource }: RemoteResourceOptions) {
    this.#behind = behind(world, client, name);
    this.#reads = new Set(reads);
    this.#partOf = resource;
    if (resource !== undefined) this.#behind.hasParts = true;
  }

  touchesOf(method: string, args: readonly unknown[]): readonly Touch[] {
    const { name, hasParts } = this.#behind;
    const writes = !this.#reads.has(method);
    const part = this.#partOf?.(method, args);
    // What concerns a part reads the whole: so what concerns all parts has to do with it if it writes the whole.
    if (part === undefined) return [{ resource: name, writes: writes || hasParts }];
    return [
      { resource: name, writes: false },
      { resource: `${name}[${part}]`, writes },
    ];
  }
}
