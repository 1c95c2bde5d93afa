import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FencedResource, LockError } from '../../../src/systems/lock/index.ts';

it('accepts a write exactly if no higher token has been seen', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (tokens) => {
      const resource = new FencedResource<number[]>('log', []);
      const accepted: number[] = [];
      for (const token of tokens) {
        const stale = accepted.some((earlier) => earlier > token);
        const write = (): void => {
          resource.update(token, (log) => [...log, token]);
        };
        if (stale) {
          expect(write).toThrow(LockError);
        } else {
          write();
          accepted.push(token);
        }
      }
      expect(resource.read()).toEqual(accepted);
      expect(accepted).toEqual([...accepted].sort((a, b) => a - b));
      expect(resource.highestToken).toBe(Math.max(0, ...accepted));
    }),
  );
});

it('says what to do', () => {
  const resource = new FencedResource('report.pdf', '', 7);
  expect(() => {
    resource.write(6, 'late');
  }).toThrow(
    expect.objectContaining({ code: 'stale-token', message: expect.stringContaining('report.pdf') as string }),
  );
  expect(resource.read()).toBe('');
  expect(() => {
    resource.write(NaN, 'late');
  }).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
