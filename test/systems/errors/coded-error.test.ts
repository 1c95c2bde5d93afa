import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/systems/errors/coded-error.ts';
import { FoundationError, LockError, RegistryError } from '../../../src/systems/index.ts';

class ParcelError extends CodedError<'lost' | 'late'> {
  override readonly name: string = 'ParcelError';
}

const parts = { expected: 'a parcel', received: 'nothing', nextStep: 'send it again' };

describe('an error with a code', () => {
  it('has the name of its own class, and is an instance of it', () => {
    const error = new ParcelError('lost', parts);
    expect(error).toBeInstanceOf(ParcelError);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('ParcelError: expected a parcel; received nothing; send it again');
    expect(error.stack).toContain('coded-error.test.ts');
  });

  it('says in its message what its parts say', () => {
    const phrase = fc.string();
    fc.assert(
      fc.property(phrase, phrase, phrase, (expected, received, nextStep) => {
        const error = new ParcelError('late', { expected, received, nextStep });
        expect(error).toMatchObject({ code: 'late', expected, received, nextStep });
        expect(error.message).toBe(`expected ${expected}; received ${received}; ${nextStep}`);
      }),
    );
  });

  it('has a cause where there is one', () => {
    expect(new ParcelError('lost', { ...parts, cause: null }).cause).toBe(null);
    expect('cause' in new ParcelError('lost', { ...parts, cause: undefined })).toBe(false);
    expect('cause' in new ParcelError('lost', parts)).toBe(false);
  });

  it('is what the errors of the systems are, each of a class of its own', () => {
    const lock = new LockError('closed', parts);
    const foundation = new FoundationError('silent', { ...parts, category: 'transient' });
    for (const error of [lock, foundation]) {
      expect(error).toBeInstanceOf(CodedError);
      expect(error).not.toBeInstanceOf(RegistryError);
    }
  });
});
