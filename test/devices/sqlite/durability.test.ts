import { describe, expect, it } from 'vitest';
import { inspectSqlite, openSqlite, sqliteFile, type SqliteOptions } from '../../../src/devices/sqlite/index.ts';
import { LOSSES } from '../../../src/devices/disk/survival.ts';
import type { StrikeOptions } from '../../../src/schedule/strike.ts';
import { atEveryPlace, surviving, type Program } from '../storage.ts';

const ROWS = 40;
const schema = `
  CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER, note TEXT);
  CREATE INDEX by_balance ON account (balance);
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(ROWS)})
    INSERT INTO account SELECT i, 100, hex(zeroblob(400)) FROM n;
`;
// In its mode from the start: the change to WAL goes through a rollback journal, and with NORMAL that is a risk of its own.
const before = { rollback: sqliteFile(schema), wal: sqliteFile(`PRAGMA journal_mode = wal; ${schema}`) };

interface Seen {
  /** What was committed and acknowledged before the fault. */
  readonly acknowledged: number;
  /** What the next life finds. */
  readonly balances: readonly number[];
  readonly intact: boolean;
}

/** Adds 1 to every balance, in `rounds` transactions that touch every page; looks at what there is after a fault. */
function additions(options: SqliteOptions, rounds = 2): Program<Seen> {
  return async (sim, disk) => {
    let acknowledged = 0;
    const looks: Seen[] = [];
    let lives = 0;
    await surviving(sim, async () => {
      lives += 1;
      if (lives > 1) {
        looks.push(look(acknowledged, disk));
        return;
      }
      const database = openSqlite(disk, 'app.db', { ...options, latency: 0 });
      for (let i = 0; i < rounds; i += 1) {
        await database.run('BEGIN IMMEDIATE');
        await database.run("UPDATE account SET balance = balance + 1, note = note || 'x'");
        await database.run('COMMIT');
        acknowledged += 1;
      }
      await database.close();
    });
    return looks[0] ?? look(acknowledged, disk);
  };
}

function look(acknowledged: number, disk: Parameters<typeof inspectSqlite>[0]): Seen {
  const ask = (sql: string): readonly Record<string, unknown>[] => {
    try {
      return inspectSqlite(disk, 'app.db', sql);
    } catch (error) {
      return [{ failed: String(error) }];
    }
  };
  const [check] = ask('PRAGMA integrity_check');
  const balances = ask('SELECT DISTINCT balance FROM account NOT INDEXED').map(({ balance }) => Number(balance));
  return { acknowledged, balances, intact: check?.['integrity_check'] === 'ok' };
}

const partial = ({ balances }: Seen): boolean => balances.length !== 1 || Number.isNaN(balances[0]);
const lost = (seen: Seen): boolean => !partial(seen) && seen.balances[0]! < 100 + seen.acknowledged;

async function tally(options: SqliteOptions, strike: Omit<StrikeOptions, 'at'>): Promise<Record<string, number>> {
  const seen = await atEveryPlace(additions(options), strike, {
    faults: ['power loss'],
    files: { 'app.db': options.journal === 'wal' ? before.wal : before.rollback },
  });
  return {
    cases: seen.length,
    corrupt: seen.filter(({ intact }) => !intact).length,
    partial: seen.filter(partial).length,
    lost: seen.filter(lost).length,
  };
}

const crash = { kind: 'crash' };
const powerLosses = LOSSES.flatMap((option) => [1, 2, 3].map((seed) => ({ kind: 'power loss', option, seed })));

async function worst(
  options: SqliteOptions,
  strikes: readonly Omit<StrikeOptions, 'at'>[],
): Promise<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const strike of strikes) {
    for (const [name, count] of Object.entries(await tally(options, strike))) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

describe('a process crash at every storage operation and after every turn', () => {
  it.each(['delete', 'truncate', 'persist', 'wal'] as const)(
    'journal %s: all or nothing, nothing is lost',
    async (journal) => {
      const counts = await worst({ journal }, [crash]);
      expect(counts).toMatchObject({ corrupt: 0, partial: 0, lost: 0 });
      expect(counts['cases']).toBeGreaterThan(30);
    },
  );

  it('even with synchronous=OFF: the operating system survives', async () => {
    expect(await worst({ synchronous: 'off' }, [crash])).toMatchObject({ corrupt: 0, partial: 0, lost: 0 });
  });

  it('journal in memory: corrupts', async () => {
    const counts = await worst({ journal: 'memory' }, [crash]);
    expect(counts['partial']! + counts['corrupt']!).toBeGreaterThan(0);
  });
});

describe('a loss of power at every storage operation', () => {
  it.each([
    ['delete', 'extra'],
    ['wal', 'full'],
  ] as const)('%s with %s: all or nothing, acknowledged commits survive', async (journal, synchronous) => {
    expect(await worst({ journal, synchronous }, powerLosses)).toMatchObject({ corrupt: 0, partial: 0, lost: 0 });
  });

  it('DELETE with FULL: all or nothing, but the unlinked journal may come back and undo an acknowledged commit', async () => {
    const counts = await worst({ journal: 'delete', synchronous: 'full' }, powerLosses);
    expect(counts).toMatchObject({ corrupt: 0, partial: 0 });
    expect(counts['lost']).toBeGreaterThan(0);
  });

  it('WAL with NORMAL: all or nothing, but acknowledged commits are lost', async () => {
    const counts = await worst({ journal: 'wal', synchronous: 'normal' }, powerLosses);
    expect(counts).toMatchObject({ corrupt: 0, partial: 0 });
    expect(counts['lost']).toBeGreaterThan(0);
  });

  it('synchronous=OFF: corrupts', async () => {
    const counts = await worst({ synchronous: 'off' }, powerLosses);
    expect(counts['corrupt']! + counts['partial']!).toBeGreaterThan(0);
  });
});
