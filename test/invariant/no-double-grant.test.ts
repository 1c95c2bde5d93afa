import { describe, expect, it } from 'vitest';
import { noDoubleGrant, type NoDoubleGrantOptions } from '../../src/invariant/no-double-grant.ts';
import { Timeline } from './timeline.ts';

const r = { resource: 'r' };

function timeline(options?: NoDoubleGrantOptions): Timeline {
  return new Timeline(noDoubleGrant(options));
}

describe('noDoubleGrant sees', () => {
  it('a grant to another while one holds', () => {
    const time = timeline().at(5).did('c1', 'acquire', r, 'lock 1').at(9).did('c2', 'acquire', r, 'lock 2');
    expect(time.complaints).toEqual(['c2 was granted r at 9 ms while c1 holds it since 5 ms']);
  });

  it('a grant within the lease of another', () => {
    const lease = { resource: 'r', leaseMs: 100 };
    const time = timeline().did('c1', 'acquire', lease, 1).at(99).did('c2', 'acquire', lease, 2);
    expect(time.complaints).toHaveLength(1);
  });

  it('a grant within a lease that was prolonged', () => {
    const lease = { resource: 'r', leaseMs: 100 };
    const time = timeline().did('c1', 'acquire', lease, 1).at(90).did('c1', 'renew', lease, true);
    expect(time.at(150).did('c2', 'acquire', lease, 2).complaints).toHaveLength(1);
  });

  it('a grant after a release by someone who does not hold any more', () => {
    const lease = { resource: 'r', leaseMs: 100 };
    const time = timeline().did('c1', 'acquire', lease, 1).at(120).did('c2', 'acquire', lease, 2);
    time.did('c1', 'release', r).did('c3', 'acquire', lease, 3);
    expect(time.complaints).toEqual(['c3 was granted r at 120 ms while c2 holds it since 120 ms']);
  });

  it('writes accepted with a token older than one before', () => {
    const time = timeline().told('accepted', { resource: 'r', token: 2 }).told('accepted', { resource: 'r', token: 1 });
    expect(time.complaints).toEqual(['r accepted a write with token 1 after one with token 2']);
    const big = timeline()
      .told('accepted', { resource: 'r', token: 10n ** 20n })
      .told('accepted', { resource: 'r', token: 10n });
    expect(big.complaints).toHaveLength(1);
  });

  it('operations and facts under other names', () => {
    const names = { acquire: 'lock', release: 'unlock', renew: 'keep', accepted: 'wrote' };
    const time = timeline(names)
      .did('c1', 'lock', { ...r, leaseMs: 10 }, 1)
      .did('c1', 'keep', { ...r, leaseMs: 50 }, 1);
    expect(time.at(40).did('c2', 'lock', r, 1).complaints).toHaveLength(1);
    time.told('wrote', { ...r, token: 2 }).told('wrote', { ...r, token: 1 });
    expect(time.complaints).toHaveLength(2);
  });
});

describe('noDoubleGrant does not alarm at', () => {
  it('a grant after a release, whose return is seen late', () => {
    const time = timeline().did('c1', 'acquire', r, 1);
    const release = time.begin('c1', 'release', r);
    time.did('c2', 'acquire', r, 2).end(release);
    expect(time.did('c2', 'release', r).did('c3', 'acquire', r, 3).complaints).toEqual([]);
  });

  it('a grant once the lease is over', () => {
    const lease = { resource: 'r', leaseMs: 100 };
    expect(timeline().did('c1', 'acquire', lease, 1).at(100).did('c2', 'acquire', lease, 2).complaints).toEqual([]);
  });

  it('a lease counted from its request: the answer may have been long on its way', () => {
    const lease = { resource: 'r', leaseMs: 100 };
    const time = timeline();
    const slow = time.begin('c1', 'acquire', lease);
    time.at(80).end(slow, 1).at(101).did('c2', 'acquire', lease, 2);
    expect(time.complaints).toEqual([]);
  });

  it('a lease that ends early by a clock that runs too fast, within the drift that was declared', () => {
    const lease = { resource: 'r', leaseMs: 110 };
    const fast = timeline({ maxDrift: 0.1 }).did('c1', 'acquire', lease, 1).at(100).did('c2', 'acquire', lease, 2);
    expect(fast.complaints).toEqual([]);
    const faster = timeline({ maxDrift: 0.1 }).did('c1', 'acquire', lease, 1).at(99).did('c2', 'acquire', lease, 2);
    expect(faster.complaints).toHaveLength(1);
  });

  it('a renewal that failed, or came from someone else, prolongs nothing', () => {
    const lease = { resource: 'r', leaseMs: 100 };
    const time = timeline().did('c1', 'acquire', lease, 1).at(50).did('c1', 'renew', lease, false);
    time.fail(time.begin('c1', 'renew', lease));
    time.did('c2', 'renew', lease, true);
    expect(time.at(100).did('c2', 'acquire', lease, 2).complaints).toEqual([]);
  });

  it.each([[null], [undefined], [false], [{ granted: false }]])('an acquire that returned %j: no grant', (value) => {
    expect(timeline().did('c1', 'acquire', r, 1).did('c2', 'acquire', r, value).complaints).toEqual([]);
  });

  it('an acquire that failed', () => {
    const time = timeline().did('c1', 'acquire', r, 1);
    expect(time.fail(time.begin('c2', 'acquire', r)).complaints).toEqual([]);
  });

  it('grants of different resources', () => {
    expect(timeline().did('c1', 'acquire', r, 1).did('c2', 'acquire', { resource: 's' }, 2).complaints).toEqual([]);
  });

  it('writes with the same token, or with tokens of other resources', () => {
    const time = timeline().told('accepted', { resource: 'r', token: 2 }).told('accepted', { resource: 'r', token: 2 });
    expect(
      time.told('accepted', { resource: 's', token: 1 }).told('wrote', { resource: 'r', token: 0 }).complaints,
    ).toEqual([]);
  });
});
