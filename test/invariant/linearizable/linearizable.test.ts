import { describe, expect, it } from 'vitest';
import { linearizable } from '../../../src/invariant/linearizable/linearizable.ts';
import * as models from '../../../src/invariant/linearizable/models/index.ts';
import { History } from '../../../src/invariant/history.ts';
import { Timeline } from '../timeline.ts';

const k = { key: 'k' };

/** What the invariant says once the body has settled. */
function complaint(play: (time: Timeline) => void, model = models.register({ initial: 0 })): string | undefined {
  const time = new Timeline(linearizable('noStaleReads', model));
  play(time);
  return linearizable('noStaleReads', model).watch({
    subject: null,
    history: time.history,
    now: () => 0,
    armedTimers: () => [],
  }).afterBody!();
}

describe('linearizable says in one sentence', () => {
  it('which operation fits no order, and what should have been seen', () => {
    const message = complaint((time) => {
      time.did('c1', 'write', { ...k, value: 1 }).did('c2', 'read', k, 0);
    });
    expect(message).toBe(
      'c2 read k → 0 fits no order: after c1 write k = 1, which had returned before it was invoked, the state is 1',
    );
  });

  it('that nothing has changed the state', () => {
    expect(complaint((time) => time.did('c1', 'read', k, 2))).toBe(
      'c1 read k → 2 fits no order: the state is 0 as at the beginning',
    );
  });

  it('in which states the object may be, when it may be in several', () => {
    const message = complaint((time) => {
      const first = time.begin('c1', 'write', { ...k, value: 1 });
      const lost = time.begin('c2', 'write', { ...k, value: 2 });
      time.did('c3', 'read', k, 7).end(first).fail(lost);
    });
    expect(message).toBe(
      'c3 read k → 7 fits no order: after c2 write k = 2, which is still under way, the state is 2; ' +
        'after c1 write k = 1, which is still under way, the state is 1; the state is 0 as at the beginning',
    );
  });

  it('who has seen a state that nobody has told of yet', () => {
    const message = complaint((time) => {
      const write = time.begin('c1', 'write', { ...k, value: 1 });
      time.did('c2', 'read', k, 1).did('c2', 'read', k, 0).end(write);
    });
    expect(message).toBe(
      'c2 read k → 0 fits no order: after c1 write k = 1, which is still under way, and c2 read k → 1, ' +
        'which had returned before it was invoked, the state is 1',
    );
  });

  it('only a few of the states, and the rest by their number', () => {
    const message = complaint((time) => {
      const writes = [1, 2, 3, 4, 5].map((value) => time.begin(`c${value}`, 'write', { ...k, value }));
      time.did('c6', 'read', k, 7);
      for (const write of writes) time.end(write);
    });
    expect(message).toMatch(/the state is 5; .*the state is 4; .*the state is 3; 3 more states are no better$/);
  });

  it('operations of any model', () => {
    const play = (time: Timeline): void => {
      time.did('c1', 'acquire', { resource: 'r' }, { token: 1 }).did('c2', 'acquire', { resource: 'r' }, { token: 2 });
    };
    expect(complaint(play, models.mutex() as never)).toBe(
      'c2 acquire(resource: r) → {"token":2} fits no order: after c1 acquire(resource: r) → {"token":1}, ' +
        'which had returned before it was invoked, the state is held by c1',
    );
  });

  it('which earlier operation is in the way', () => {
    const message = complaint((time) => {
      const first = time.begin('c1', 'compareAndSet', { ...k, expected: 0, value: 1 });
      time.did('c2', 'read', k, 1).end(first, false);
    });
    expect(message).toBe(
      'c1 compareAndSet k from 0 to 1 → false fits no order in which c2 read k → 1 is possible, too: the state is 0 as at the beginning',
    );
  });
});

describe('linearizable', () => {
  it('leaves out the operations that the model does not concern', () => {
    expect(complaint((time) => time.did('c1', 'read', k, 0).did('c1', 'something else', undefined))).toBeUndefined();
  });

  it('is asked again at rest only if the history went on', () => {
    let asked = 0;
    const model = { initial: 0, step: (state: number) => ((asked += 1), [state]) };
    const time = new Timeline(linearizable('asked', model)).did('c1', 'any', {});
    const run = { subject: null, history: time.history, now: () => 0, armedTimers: () => [] };
    const watch = linearizable('asked', model).watch(run);
    watch.afterBody!();
    watch.atRest!();
    expect(asked).toBe(1);
    time.did('c1', 'any', {});
    watch.atRest!();
    expect(asked).toBe(3);
  });

  it('holds of an empty history', () => {
    const run = { subject: null, history: new History(), now: () => 0, armedTimers: () => [] };
    expect(linearizable('empty', models.queue()).watch(run).atRest!()).toBeUndefined();
  });

  it('throws when it cannot tell', () => {
    const time = new Timeline(linearizable('tooLong', models.queue()));
    time.did('c1', 'enqueue', { value: 1 }).did('c1', 'dequeue', {}, 1);
    const run = { subject: null, history: time.history, now: () => 0, armedTimers: () => [] };
    const watch = linearizable('tooLong', models.queue(), { maxSteps: 1 }).watch(run);
    expect(() => watch.afterBody!()).toThrow(expect.objectContaining({ code: 'UNDECIDED' }));
  });
});
