import type { PendingEvent } from '../kernel/event.ts';
import type { Task } from '../kernel/task.ts';

/** Occurrences of an access within its task beyond this one are not told apart. */
const MOST_OCCURRENCES = 4;

/** The resource of events of which nobody has said what they touch: each may depend on each. */
export const ANYTHING = '?';

/**
 * A place in the program where something is touched, the same in every run: which kind of task does what to which
 * resource, for the how-manieth time. Tasks and labels that differ in numbers only are of one kind.
 */
export interface Site {
  /** Position in {@link Sites.all}. */
  readonly id: number;
  readonly name: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** The sites of one run. */
export class Sites {
  readonly all: Site[] = [];
  readonly #byName = new Map<string, Site>();
  /** Kind of task and access, by task index, by what the event is called. */
  readonly #occurrences: Map<string, number>[] = [];
  /** Of pending events, by sequence number: as long as the occurrence has not moved on. */
  readonly #pending: (Site | undefined)[] = [];
  readonly #stems = new Map<string, string>();

  /** The site of an event that has not fired. */
  of(event: PendingEvent): Site {
    return (this.#pending[event.seq] ??= this.#find(event));
  }

  /** The site of an event that is about to fire: the task's next access of this name is another. */
  fired(event: PendingEvent): Site {
    const site = this.#find(event);
    this.#pending[event.seq] = site;
    const counts = (this.#occurrences[event.task.index] ??= new Map<string, number>());
    const what = whatOf(event);
    counts.set(what, (counts.get(what) ?? 0) + 1);
    return site;
  }

  #find(event: PendingEvent): Site {
    const what = whatOf(event);
    const occurrence = Math.min(MOST_OCCURRENCES, 1 + (this.#occurrences[event.task.index]?.get(what) ?? 0));
    const name = `${this.#kindOf(event.task)} ${event.touches === null ? this.#stem(what) : what} ${String(occurrence)}`;
    let site = this.#byName.get(name);
    if (site === undefined) {
      site = { id: this.all.length, name, ...touched(event) };
      this.all.push(site);
      this.#byName.set(name, site);
    }
    return site;
  }

  #kindOf({ name }: Task): string {
    return this.#stem(name);
  }

  #stem(text: string): string {
    let stem = this.#stems.get(text);
    if (stem === undefined) {
      stem = text.replace(/\d+/g, '#');
      this.#stems.set(text, stem);
    }
    return stem;
  }
}

/** What the event does: its touches where they are known, else its label. */
function whatOf(event: PendingEvent): string {
  const { touches } = event;
  if (touches === null) return event.describe();
  if (touches.length === 1) return touches[0]!.writes ? `w ${touches[0]!.resource}` : `r ${touches[0]!.resource}`;
  return touches.map(({ resource, writes }) => `${writes ? 'w' : 'r'} ${resource}`).join();
}

function touched({ touches }: PendingEvent): Pick<Site, 'reads' | 'writes'> {
  if (touches === null) return { reads: [], writes: [ANYTHING] };
  return {
    reads: touches.filter(({ writes }) => !writes).map(({ resource }) => resource),
    writes: touches.filter(({ writes }) => writes).map(({ resource }) => resource),
  };
}
