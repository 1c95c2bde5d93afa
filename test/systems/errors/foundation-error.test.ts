import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  ERROR_CATEGORIES,
  FoundationError,
  RECOVERY_STRATEGIES,
  type ErrorCategory,
  type FoundationErrorDetails,
  type RecoveryStrategy,
} from '../../../src/systems/errors/index.ts';

const details: FoundationErrorDetails = {
  category: 'transient',
  expected: 'an answer',
  received: 'silence',
  nextStep: 'ask again',
};

describe('a foundation error', () => {
  it('has a category and a strategy of closed lists, for the compiler too', () => {
    expectTypeOf<ErrorCategory>().toEqualTypeOf<'transient' | 'permanent' | 'resource' | 'validation' | 'system'>();
    expectTypeOf<RecoveryStrategy>().toEqualTypeOf<
      'retry' | 'circuit_break' | 'fallback' | 'propagate' | 'compensate'
    >();
    for (const category of ERROR_CATEGORIES) {
      for (const recoveryStrategy of [...RECOVERY_STRATEGIES, null]) {
        const error = new FoundationError('silent', { ...details, category, recoveryStrategy });
        expect(error).toMatchObject({ code: 'silent', category, recoveryStrategy });
      }
    }
    expect(new FoundationError('silent', details).recoveryStrategy).toBe(null);
  });

  it('keeps its cause, its stack and its context', () => {
    const cause = new Error('connection reset');
    const error = new FoundationError('silent', { ...details, cause, context: { attempt: 3 } });
    expect(error.cause).toBe(cause);
    expect(error.stack).toContain('foundation-error.test.ts');
    expect(error.context).toEqual({ attempt: 3 });
    expect(error.message).toBe('expected an answer; received silence; ask again');
    expect('cause' in new FoundationError('silent', { ...details, cause: undefined })).toBe(true);
    expect('cause' in new FoundationError('silent', details)).toBe(false);
  });

  it('does not lose what was to be reported when a name has a typo', () => {
    const cause = new Error('connection reset');
    for (const typo of [{ category: 'transiant' }, { recoveryStrategy: 'toString' }, { recoveryStrategy: 1 }]) {
      try {
        new FoundationError('silent', { ...details, cause, ...(typo as object) });
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({
          code: 'invalid-error',
          category: 'validation',
          cause: { code: 'silent', cause },
        });
        expect((error as Error).message).toContain(String(Object.values(typo)[0]));
      }
    }
  });

  it('is the same on the other side of a wire, with its stack and its causes', () => {
    const root = new TypeError('no socket');
    const middle = new Error('connection reset', { cause: root });
    const error = new FoundationError('silent', {
      ...details,
      category: 'resource',
      recoveryStrategy: 'circuit_break',
      context: { attempt: 3 },
      cause: middle,
    });
    const elsewhere = FoundationError.fromJSON(JSON.parse(JSON.stringify(error)));
    expect(elsewhere).toMatchObject({
      code: 'silent',
      category: 'resource',
      recoveryStrategy: 'circuit_break',
      context: { attempt: 3 },
      message: error.message,
      stack: error.stack,
    });
    expect(elsewhere.cause).toContain('connection reset');
    expect(elsewhere.cause).toContain('TypeError: no socket');
  });

  it('ends a chain of causes that goes round', () => {
    const cause = new Error('round');
    cause.cause = cause;
    expect(new FoundationError('silent', { ...details, cause }).toJSON()['causes']).toEqual([cause.stack]);
  });
});

it('a description is either an error again or refused, with itself as the cause', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ code: fc.string(), category: fc.string() })), (data) => {
      try {
        expect(FoundationError.fromJSON(data)).toBeInstanceOf(FoundationError);
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-error', cause: expect.any(Error) as unknown });
      }
    }),
  );
});
