import { describe, expect, it } from 'vitest';
import { noOverspend, type NoOverspendOptions } from '../../src/invariant/no-overspend.ts';
import { Timeline } from './timeline.ts';

const yes = { approved: true };

function timeline(options: Partial<NoOverspendOptions> = {}): Timeline {
  return new Timeline(noOverspend({ limit: 10, ...options }));
}

describe('noOverspend sees', () => {
  it('two approvals that together exceed the limit', () => {
    const time = timeline()
      .did('c1', 'reserve', { id: 'a', amount: 6 }, yes)
      .did('c2', 'reserve', { id: 'b', amount: 6 }, yes);
    expect(time.complaints).toEqual(['b was approved for 6: 6 + 6 = 12 committed, limit 10']);
  });

  it('one approval above the limit', () => {
    expect(timeline().did('c1', 'reserve', { id: 'a', amount: 11 }, yes).complaints).toHaveLength(1);
  });

  it('an approval after an over-run that was reported', () => {
    const time = timeline()
      .did('c1', 'reserve', { id: 'a', amount: 6 }, yes)
      .did('c1', 'spend', { id: 'a', amount: 12 });
    expect(time.complaints).toEqual([]);
    time.did('c2', 'reserve', { id: 'b', amount: 1 }, yes);
    expect(time.complaints).toEqual(['b was approved for 1: 12 + 1 = 13 committed, limit 10']);
  });

  it('money that is approved twice under one id', () => {
    const time = timeline()
      .did('c1', 'reserve', { id: 'a', amount: 6 }, yes)
      .did('c1', 'reserve', { id: 'a', amount: 6 }, yes);
    expect(time.complaints).toHaveLength(1);
  });

  it('an approval while another is about to expire', () => {
    const time = timeline({ expiresAfter: 100 }).did('c1', 'reserve', { id: 'a', amount: 8 }, yes);
    time.at(99).did('c2', 'reserve', { id: 'b', amount: 8 }, yes);
    expect(time.complaints).toHaveLength(1);
  });

  it('a release of another id changes nothing', () => {
    const time = timeline().did('c1', 'reserve', { id: 'a', amount: 8 }, yes).did('c2', 'release', { id: 'b' });
    expect(time.did('c3', 'reserve', { id: 'c', amount: 8 }, yes).complaints).toHaveLength(1);
  });

  it('operations and approvals under other names', () => {
    const time = timeline({
      reserve: 'hold',
      spend: 'pay',
      release: 'free',
      approved: ({ outcome }) => outcome.kind === 'returned',
    });
    time.did('c1', 'hold', { id: 'a', amount: 6 }, 'ticket').did('c1', 'pay', { id: 'a', amount: 9 });
    expect(time.did('c2', 'hold', { id: 'b', amount: 2 }, 'ticket').complaints).toHaveLength(1);
  });
});

describe('noOverspend does not alarm at', () => {
  it('what fits exactly, also in floating point', () => {
    const time = timeline({ limit: 0.3 }).did('c1', 'reserve', { id: 'a', amount: 0.1 }, yes);
    expect(time.did('c2', 'reserve', { id: 'b', amount: 0.2 }, yes).complaints).toEqual([]);
  });

  it('an over-run alone', () => {
    const time = timeline()
      .did('c1', 'reserve', { id: 'a', amount: 6 }, yes)
      .did('c1', 'spend', { id: 'a', amount: 60 });
    expect(time.complaints).toEqual([]);
  });

  it('refusals and errors', () => {
    const time = timeline()
      .did('c1', 'reserve', { id: 'a', amount: 9 }, yes)
      .did('c2', 'reserve', { id: 'b', amount: 9 }, { approved: false });
    expect(time.fail(time.begin('c3', 'reserve', { id: 'c', amount: 9 })).complaints).toEqual([]);
  });

  it('an approval after a release, seen by its client before or after', () => {
    const time = timeline().did('c1', 'reserve', { id: 'a', amount: 8 }, yes);
    const release = time.begin('c1', 'release', { id: 'a' });
    // The release has taken effect; its own client hears of it last.
    time.did('c2', 'reserve', { id: 'b', amount: 8 }, yes).end(release);
    expect(
      time.did('c2', 'release', { id: 'b' }).did('c3', 'reserve', { id: 'c', amount: 10 }, yes).complaints,
    ).toEqual([]);
  });

  it('an approval on its way while another is released: its client hears late', () => {
    const time = timeline().did('c1', 'reserve', { id: 'a', amount: 8 }, yes);
    const late = time.begin('c2', 'reserve', { id: 'b', amount: 8 });
    time.did('c1', 'release', { id: 'a' }).end(late, yes);
    expect(time.complaints).toEqual([]);
  });

  it('an approval while a smaller spend is being reported: it may have arrived', () => {
    const time = timeline().did('c1', 'reserve', { id: 'a', amount: 8 }, yes);
    const spend = time.begin('c1', 'spend', { id: 'a', amount: 2 });
    time.did('c2', 'reserve', { id: 'b', amount: 8 }, yes).end(spend);
    expect(time.complaints).toEqual([]);
  });

  it('an approval while a larger spend is being reported: it may not have arrived', () => {
    const time = timeline().did('c1', 'reserve', { id: 'a', amount: 6 }, yes);
    const spend = time.begin('c1', 'spend', { id: 'a', amount: 12 });
    const request = time.begin('c2', 'reserve', { id: 'b', amount: 4 });
    time.end(spend).end(request, yes);
    expect(time.complaints).toEqual([]);
  });

  it('an approval after another has expired', () => {
    const time = timeline({ expiresAfter: 100 }).did('c1', 'reserve', { id: 'a', amount: 8 }, yes);
    time.at(100).did('c2', 'reserve', { id: 'b', amount: 8 }, yes);
    expect(time.complaints).toEqual([]);
  });
});

it('noOverspend counts a spend also when its reservation would have expired since', () => {
  const time = timeline({ expiresAfter: 100 })
    .did('c1', 'reserve', { id: 'a', amount: 8 }, yes)
    .did('c1', 'spend', { id: 'a', amount: 8 });
  time.at(500).did('c2', 'reserve', { id: 'b', amount: 8 }, yes);
  expect(time.complaints).toHaveLength(1);
});
