import { judge, scenario, type Invariant, type Watch } from 'heddle';
import { describe, expect, it } from 'vitest';
import type { History } from '../../../src/invariant/history.ts';
import { erased } from '../../fixtures/runs.ts';
import { outcomesOf } from './outcomes.ts';
import { searched } from './search.ts';

/** Two tasks that share nothing: an operation each, with a step before it; the second tells a fact, too. */
async function both(...invariants: Invariant<null>[]): Promise<{ runs: number; standsFor: string; caught: boolean }> {
  const found = await searched(
    erased(
      scenario<null, null>({
        name: 'program/history',
        subjects: { it: judge(() => null) },
        every: [null],
        shares: 'resources',
        body: ({ sim }) =>
          sim.clients([1, 2], async (n) => {
            await sim.io('before');
            await sim.op('step', n, () => sim.io('within'));
            if (n === 2) sim.tell('done', n);
          }),
        invariants,
      }),
    ),
    'exhaustive',
    200,
  );
  expect(found.extent).toBe('all');
  return { runs: found.runs, standsFor: found.covered!.standsFor, caught: found.verdicts.has('violation') };
}

function watching(watch: (history: History) => Watch): Invariant<null> {
  return { name: 'watching', watch: ({ history }) => watch(history) };
}

/** Whether the first client's operation ended before the second's began. */
function inTurn({ operations }: History): boolean {
  const [first, second] = ['c1', 'c2'].map((name) => operations.find(({ task }) => task === name)!);
  return first!.endedPosition < second!.invokedPosition;
}

const ALL = '20';

describe('the order of operations and facts', () => {
  it('makes no difference where nobody looks at it', async () => {
    expect(await both()).toEqual({ runs: 1, standsFor: ALL, caught: false });
    expect(await both(watching(() => ({ atRest: () => undefined })))).toMatchObject({ runs: 1, standsFor: ALL });
  });

  it.each([
    ['one order', (history: History) => (inTurn(history) ? 'in turn' : undefined)],
    ['the other', (history: History) => (inTurn(history) ? undefined : 'not in turn')],
  ])('that an invariant reads at rest, is tried in every way: %s', async (_which, atRest) => {
    const found = await both(watching((history) => ({ atRest: () => atRest(history) })));
    expect(found).toMatchObject({ standsFor: ALL, caught: true });
  });

  it('is not tried for operations where only facts are read', async () => {
    const found = await both(watching(({ facts }) => ({ atRest: () => (facts.length === 1 ? undefined : 'no fact') })));
    expect(found).toEqual({ runs: 1, standsFor: ALL, caught: false });
  });

  it.each(['c1', 'c2'])('is tried where a hook hears of endings: that of %s last', async (last) => {
    let ends = '';
    const found = await both(
      watching(() => {
        ends = '';
        return {
          ended: ({ task }) => {
            ends += task;
            return ends.length === 4 && ends.endsWith(last) ? ends : undefined;
          },
        };
      }),
    );
    expect(found).toMatchObject({ standsFor: ALL, caught: true });
    expect(found.runs).toBeGreaterThan(1);
  });
});

describe('a task that nobody waits for', () => {
  it('may still be under way at the end, also where it is not in the first run', async () => {
    const program = {
      tasks: [[{ kind: 'forget', on: 2 }], [{ kind: 'write', on: 2 }, { kind: 'local' }]],
      watched: true,
      reader: 'nobody',
      after: [],
    } as const;
    const found = await outcomesOf(program, 'exhaustive', 200);
    const all = await outcomesOf(program, 'enumerate', 200);
    expect([...found.outcomes].sort()).toEqual([...all.outcomes].sort());
    expect(found.covered).toMatchObject({ standsFor: String(all.runs), more: false });
  });
});
