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
 */
export class SettleWatch {
  readonly #admin: pg.Client;
  #wake: (() => void) | null = null;
  #changes = 0;
  /** Sessions in the order in which they were seen to wait. */
  #waiting: Session[] = [];

  constructor(admin: pg.Client) {
    this.#admin = admin;
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

  async settled(sessions: readonly Session[]): Promise<Settled> {
    for (;;) {
      const busy = sessions.filter((session) => session.busy && !session.gone);
      if (busy.length === 0) {
        this.#waiting = [];
        return AT_REST;
      }
      // Who has nothing open blocks nobody: the answer will come.
      const others = sessions.some((session) => session.status !== 'I' && session !== busy[0]);
      if (busy.length === 1 && !others) {
        const before = this.#changes;
        await this.#change();
        if (this.#changes !== before) continue;
      }
      const before = this.#changes;
      const settled = await this.#look(busy, sessions);
      if (this.#changes === before && settled !== null) return settled;
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

  /** Null while a session that is busy is blocked by nobody, or by one that is on its way to an end. */
  async #look(busy: readonly Session[], sessions: readonly Session[]): Promise<Settled | null> {
    const byPid = new Map(sessions.map((session) => [session.pid, session]));
    const { rows } = await this.#admin.query<{ pid: string; by: string }>({
      ...WHO_BLOCKS,
      values: [`{${busy.map(({ pid }) => pid).join(',')}}`],
    });
    const blockers = new Map<Session, readonly (Session | undefined)[]>();
    for (const { pid, by } of rows) {
      const pids = by.slice(1, -1).split(',').filter(Boolean);
      blockers.set(
        byPid.get(Number(pid))!,
        pids.map((each) => byPid.get(Number(each))),
      );
    }
    for (const session of busy) {
      const by = blockers.get(session) ?? [];
      // Blocked by somebody whom we do not know: the server's own work, which ends.
      if (by.length === 0 || by.includes(undefined)) return null;
    }
    this.#waiting = [
      ...this.#waiting.filter((session) => busy.includes(session)),
      ...busy.filter((session) => !this.#waiting.includes(session)),
    ];
    const known = blockers as Map<Session, readonly Session[]>;
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
