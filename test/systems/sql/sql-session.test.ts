import { describe, expect, it } from 'vitest';
import { SqlError, SqlSession, type SqlDatabase } from '../../../src/systems/sql/index.ts';

/** A database far away: statements may be lost on the way there, answers on the way back. */
class Far implements SqlDatabase {
  readonly committed: string[] = [];
  #open: string[] | null = null;
  readonly #lost: { readonly sql: string; readonly what: 'statement' | 'answer' }[] = [];

  lose(sql: string, what: 'statement' | 'answer'): void {
    this.#lost.push({ sql, what });
  }

  async run(sql: string): Promise<{ changes: number }> {
    const at = this.#lost.findIndex((each) => each.sql === sql);
    const [loss] = at === -1 ? [] : this.#lost.splice(at, 1);
    await Promise.resolve();
    if (loss?.what !== 'statement') this.#perform(sql);
    if (loss !== undefined) throw new SqlError('io', `connection reset: ${sql}`);
    return { changes: 1 };
  }

  #perform(sql: string): void {
    if (sql === 'BEGIN IMMEDIATE') {
      if (this.#open !== null) throw new SqlError('statement', 'a transaction within a transaction');
      this.#open = [];
    } else if (sql === 'COMMIT' || sql === 'ROLLBACK') {
      if (this.#open === null) throw new SqlError('statement', `cannot ${sql}: no transaction is active`);
      if (sql === 'COMMIT') this.committed.push(...this.#open);
      this.#open = null;
    } else (this.#open ?? this.committed).push(sql);
  }

  all(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('a session on a database far away', () => {
  it.each([
    ['BEGIN IMMEDIATE', 'answer'],
    ['BEGIN IMMEDIATE', 'statement'],
    ['first', 'answer'],
    ['first', 'statement'],
  ] as const)('whose %s loses its %s: what is acknowledged afterwards stays', async (sql, what) => {
    const far = new Far();
    const session = new SqlSession(far);
    far.lose(sql, what);
    await expect(session.transaction((tx) => tx.run('first'))).rejects.toThrow(`connection reset: ${sql}`);
    await session.run('second');
    await session.transaction((tx) => tx.run('third'));
    expect(far.committed).toEqual(['second', 'third']);
  });

  it('does not write into a transaction that it could not roll back', async () => {
    const far = new Far();
    const session = new SqlSession(far);
    far.lose('ROLLBACK', 'statement');
    far.lose('ROLLBACK', 'statement');
    const failing = session.transaction(async (tx) => {
      await tx.run('first');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await expect(session.run('second')).rejects.toThrow('connection reset: ROLLBACK');
    await session.run('third');
    expect(far.committed).toEqual(['third']);
  });

  it('asks for nothing more when the database has answered', async () => {
    const far = new Far();
    const session = new SqlSession(far);
    await expect(session.transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await session.run('second');
    expect(far.committed).toEqual(['second']);
  });
});
