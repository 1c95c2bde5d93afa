import type pg from 'pg';
import type { Session } from './sessions.ts';

/** A session that waits for locks, and the sessions that have them or come before it in the queue. */
export interface Wait {
  readonly session: number;
  readonly by: readonly number[];
}

/** How things stand when nothing happens any more unless somebody sends something. */
export interface Settled {
  readonly waits: readonly Wait[];
  /** Sessions that wait for each other in a circle, the one that has waited longest first. */
  readonly cycle: readonly number[] | null;
}

type Blockers = ReadonlyMap<Session, readonly (Session | undefined)[]>;

const WHO_BLOCKS = {
  name: 'heddle_who_blocks',
  text: 'SELECT pid::text AS pid, pg_blocking_pids(pid)::text AS by FROM unnest($1::int[]) AS pid',
};

/** Locks of a session outlive its transactions if it asked for that: then nobody who has nothing open may block. */
const ASK_AGAIN_MS = 50;

const AT_REST: Settled = { waits: [], cycle: null };

/**
 * Knows when the server has come to rest: every session has answered, or waits for a lock that only another
 * session's next request could free. As PostgreSQL's own isolation tester does, it asks the server who blocks whom.
 *
 * When a lock is freed for which several wait, they all wake up, and which of them gets on first is a race within the
 * server: its queue is of the version of a row that is just being replaced. So who waits is made to stand still, and when
 * locks have been granted those who have them go on one after the other, in the order in which they began to wait.
 */
export class SettleWatch {
  readonly #admin: pg.Client;
  /** Whether the server's processes are ours to stop. */
  readonly #stops: boolean;
  #wake: (() => void) | null = null;
  #changes = 0;
  /** Sessions in the order in which they were seen to wait. */
  #waiting: Session[] = [];

  constructor(admin: pg.Client, stops: boolean) {
    this.#admin = admin;
    this.#stops = stops;
  }

  /** To be called when a session has answered, or is gone. */
  readonly changed = (): void => {
    this.#changes += 1;
    this.#wake?.();
  };

  /** Waits until none of the sessions is busy. */
  async quiet(sessions: Iterable<Session>): Promise<void> {
    for (const session of sessions) while (session.busy && !session.gone) await this.#change();
  }

  /** Nobody stands still any more, whatever that leads to. */
  release(): void {
    for (const session of this.#waiting.splice(0)) session.continue();
  }

  async settled(sessions: readonly Session[]): Promise<Settled> {
    for (;;) {
      const busy = sessions.filter((session) => session.busy && !session.gone);
      this.#waiting = this.#waiting.filter((session) => busy.includes(session));
      if (busy.length === 0) return AT_REST;
      const running = busy.filter(({ stopped }) => !stopped);
      const before = this.#changes;
      // Who has nothing open blocks nobody: the answer will come.
      const others = sessions.some((session) => session.status !== 'I' && session !== running[0]);
      if (running.length === 1 && busy.length === 1 && !others) await this.#change();
      if (this.#changes !== before) continue;
      const blockers = await this.#blockers(busy, sessions);
      if (this.#changes !== before) continue;
      const settled = this.#rest(running, blockers);
      if (settled !== null) return settled;
    }
  }

  /** Waits for a change, but not for ever: the server may be asked again. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#wake?.();
      }, ASK_AGAIN_MS);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  /** Whom the server names; undefined stands for somebody whom we do not know: the server's own work, which ends. */
  async #blockers(busy: readonly Session[], sessions: readonly Session[]): Promise<Blockers> {
    const byPid = new Map(sessions.map((session) => [session.pid, session]));
    const { rows } = await this.#admin.query<{ pid: string; by: string }>({
      ...WHO_BLOCKS,
      values: [`{${busy.map(({ pid }) => pid).join(',')}}`],
    });
    return new Map(
      rows.map(({ pid, by }) => {
        const pids = by.slice(1, -1).split(',').filter(Boolean);
        return [byPid.get(Number(pid))!, pids.map((each) => byPid.get(Number(each)))];
      }),
    );
  }

  /** Null while somebody gets on. */
  #rest(running: readonly Session[], blockers: Blockers): Settled | null {
    if ([...blockers.values()].some((by) => by.includes(undefined))) return null;
    if (running.some((session) => blockers.get(session)!.length === 0)) return null;
    for (const session of running) {
      if (!this.#waiting.includes(session)) this.#waiting.push(session);
      if (this.#stops) session.stop();
    }
    const granted = this.#waiting.find((session) => blockers.get(session)!.length === 0);
    if (granted !== undefined) {
      this.#waiting.splice(this.#waiting.indexOf(granted), 1);
      granted.continue();
      return null;
    }
    const known = blockers as ReadonlyMap<Session, readonly Session[]>;
    const waits = this.#waiting.map((session) => ({
      session: session.id,
      by: [...new Set(known.get(session)!.map(({ id }) => id))],
    }));
    return { waits, cycle: this.#cycle(known) };
  }

  #cycle(blockers: ReadonlyMap<Session, readonly Session[]>): number[] | null {
    const reaches = (from: Session, to: Session, seen: Set<Session>): boolean => {
      for (const next of blockers.get(from) ?? []) {
        if (next === to) return true;
        if (seen.has(next)) continue;
        seen.add(next);
        if (reaches(next, to, seen)) return true;
      }
      return false;
    };
    const inCircle = this.#waiting.filter((session) => reaches(session, session, new Set()));
    return inCircle.length === 0 ? null : inCircle.map(({ id }) => id);
  }
}
