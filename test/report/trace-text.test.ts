import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { encodeToken } from '../../src/check/token.ts';
import type { TraceTurn } from '../../src/check/trace.ts';
import { findingText } from '../../src/report/finding-text.ts';
import { traceText } from '../../src/report/trace-text.ts';
import { replayOf, shrunkFailure } from '../fixtures/runs.ts';
import { specimens } from '../fixtures/toys/index.ts';

const plain = picocolors.createColors(false);

function turn(number: number, task: string, event: string, notes: TraceTurn['notes'] = []): TraceTurn {
  return { turn: number, at: number / 3, task, process: 'main', event, deviation: null, notes };
}

describe('a finding as text', () => {
  it('has a column for each task, what each turn did, where it broke, what matters, and the line that replays it', async () => {
    const hunting = specimens['chargeTwice']!;
    const { scenario, subject } = hunting;
    const { workload, schedule, verdict, hash, explanation } = await shrunkFailure(hunting);
    const { turns } = await replayOf(hunting, workload, schedule);
    const token = encodeToken({ scenario: scenario.name, subject, workload, schedule, verdict, hash });
    const text = findingText(
      {
        title: `${scenario.name}@${subject}`,
        ids: ['T9'],
        verdict,
        turns,
        explanation,
        file: 'reports/x.json',
        replay: `heddle replay ${token}`,
        width: 80,
      },
      plain,
    );
    expect(text.replace(token, 'TOKEN')).toMatchInlineSnapshot(`
      "── toy/charge-twice@trusting (T9) ────────────────────
      turn      ms main                             c1
         1       0 start main
         2       0                                  start c1
                                                    ▸ pay {id: "c1", amount: 1}
         3       1                                  bank.charge
                                                    ↯ lost reply: lost reply of
                                                      bank.charge 1
         4       2                                  bank.charge failed
                                                    ◂ pay threw TransportError:
                                                      bank.charge: connection reset
                                                    ▸ pay {id: "c1", amount: 1}
         5       3                                  bank.charge
      ✗ violation chargedOnce in turn 5 at 3 ms: chargedOnce does not hold
        matters lost reply: lost reply of bank.charge 1 (without it: holds)
        passes  without lost reply: lost reply of bank.charge 1
        file    reports/x.json
        replay  heddle replay TOKEN
      "
    `);
    expect(text).toContain(token);
  });

  it('that could not be traced says what is wrong, and how to replay it', () => {
    const text = findingText(
      {
        title: 'a/b@c',
        ids: [],
        verdict: { kind: 'limit', invariant: 'limit', message: 'run 3 did not finish turn 2 within 10 s' },
        turns: null,
        explanation: null,
        file: 'reports/x.json',
        replay: 'heddle replay a/b@c --seed 7 --run 3',
        width: 80,
      },
      plain,
    );
    expect(text).toMatchInlineSnapshot(`
      "── a/b@c ────────────────────
      ✗ limit: run 3 did not finish turn 2 within 10 s
        file    reports/x.json
        replay  heddle replay a/b@c --seed 7 --run 3
      "
    `);
  });
});

describe('a trace as text', () => {
  it('says so when the run holds', () => {
    const text = traceText({ turns: [turn(1, 'main', 'start main')], verdict: { kind: 'holds' }, width: 60 }, plain);
    expect(text.split('\n').at(-1)).toBe('✓ holds');
  });

  it('leaves out the middle of a long one, and says how much', () => {
    const turns = Array.from({ length: 200 }, (_, i) => turn(i + 1, 'main', `event ${String(i + 1)}`));
    const lines = traceText({ turns, verdict: { kind: 'holds' }, width: 60 }, plain).split('\n');
    expect(lines.filter((line) => /event \d+$/.test(line))).toHaveLength(80);
    expect(lines.some((line) => line.includes('… 120 turns left out …'))).toBe(true);
    expect(lines.some((line) => line.endsWith('event 40'))).toBe(true);
    expect(lines.some((line) => line.endsWith('event 161'))).toBe(true);
  });

  it('keeps to its width with many tasks, whatever is written', () => {
    const text = `${'word '.repeat(30)}${'x'.repeat(100)}`;
    const turns = ['a', 'b', 'c'].map((task, i) =>
      turn(i + 1, task, text, [{ task, kind: 'told', text: `${text} and "quotes"` }]),
    );
    const lines = traceText({ turns, verdict: { kind: 'holds' }, width: 120 }, plain).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
    const letters = lines.join('').replace(/[^x]/g, '').length;
    expect(letters).toBe(600);
  });

  it('marks what operations, facts, crashes and output there were', () => {
    const kinds = ['invoked', 'ended', 'told', 'crash', 'restart', 'output'] as const;
    const notes = kinds.map((kind) => ({ task: 'main', kind, text: kind }));
    const text = traceText({ turns: [turn(1, 'main', 'start', notes)], verdict: { kind: 'holds' }, width: 60 }, plain);
    for (const line of ['▸ invoked', '◂ ended', '· told', '✗ crash', '↻ restart', '» output'])
      expect(text).toContain(line);
  });
});
