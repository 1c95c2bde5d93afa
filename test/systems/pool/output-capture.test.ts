import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputCapture as AsDocumented } from '../../../scenarios/pool/specimens/as-documented.ts';
import { OutputCapture as AsFound } from '../../../scenarios/pool/specimens/as-found.ts';
import { DEFAULT_OUTPUT_BYTES, OutputCapture, PoolError } from '../../../src/systems/pool/index.ts';

/** Any UTF-16 at all, halves of pairs included. */
const anyString = fc.array(fc.nat(0xffff), { maxLength: 12 }).map((units) => String.fromCharCode(...units));
const pairs = fc
  .array(fc.constantFrom('\ud83e', '\uddf5', 'a', '🧵', 'é'), { maxLength: 8 })
  .map((parts) => parts.join(''));
const text = fc.oneof(anyString, pairs, fc.string({ unit: 'binary' }));

function captured(pieces: readonly (string | Uint8Array)[], maxBytes?: number): ReturnType<OutputCapture['read']> {
  const capture = new OutputCapture({ maxBytes });
  for (const piece of pieces) capture.write('stdout', piece);
  capture.end('stdout');
  return capture.read();
}

/** The text in pieces of these lengths. */
function cut<T extends { slice(from: number, to?: number): T; readonly length: number }>(
  whole: T,
  cuts: number[],
): T[] {
  const at = [0, ...cuts.map((each) => each % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, i) => whole.slice(at[i]!, end));
}

const cuts = fc.array(fc.nat(), { maxLength: 4 });
const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

describe('OutputCapture', () => {
  it('keeps text as it was, however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), cuts, (whole, at) => {
        expect(captured(cut(Buffer.from(whole), at)).stdout).toBe(whole);
      }),
    );
  });

  it('keeps strings as they were, however they are cut; halves of pairs become replacement characters', () => {
    fc.assert(
      fc.property(text, cuts, (whole, at) => {
        expect(captured(cut(whole, at)).stdout).toBe(Buffer.from(whole).toString());
      }),
    );
  });

  it('never keeps more bytes than the limit, keeps a beginning, and all that fits of it', () => {
    const source = fc.oneof(
      text.map((each) => Buffer.from(each)),
      fc.uint8Array({ maxLength: 24 }).map((each) => Buffer.from(each)),
    );
    fc.assert(
      fc.property(source, cuts, fc.nat(40), (bytes, at, limit) => {
        const { stdout, bytes: counted, truncated } = captured(cut(bytes, at), limit);
        const whole = decode(bytes);
        expect(counted).toBe(Buffer.byteLength(stdout));
        expect(counted).toBeLessThanOrEqual(limit);
        expect(whole.startsWith(stdout)).toBe(true);
        expect(stdout).not.toMatch(/\p{Surrogate}/u);
        expect(truncated).toBe(stdout.length < whole.length);
        if (truncated) {
          const next = String.fromCodePoint(whole.codePointAt(stdout.length)!);
          expect(Buffer.byteLength(stdout + next)).toBeGreaterThan(limit);
        }
      }),
    );
  });

  it('has one limit for both streams, and closes no gap once something was dropped', () => {
    const capture = new OutputCapture({ maxBytes: 5 });
    capture.write('stdout', 'ab');
    capture.write('stderr', 'é');
    capture.write('stdout', '€');
    capture.write('stdout', 'c');
    capture.write('stderr', 'd');
    expect(capture.read()).toEqual({ stdout: 'ab', stderr: 'éd', bytes: 5, truncated: true });
  });

  it('with a limit of 0 keeps nothing', () => {
    expect(captured(['a'], 0)).toEqual({ stdout: '', stderr: '', bytes: 0, truncated: true });
    expect(captured([], 0).truncated).toBe(false);
  });

  it('without a limit has the default', () => {
    expect(new OutputCapture().maxBytes).toBe(DEFAULT_OUTPUT_BYTES);
    expect(new OutputCapture({ maxBytes: undefined }).maxBytes).toBe(DEFAULT_OUTPUT_BYTES);
  });

  it.each([NaN, -1, 1.5, Infinity, '5', null, 2 ** 60])('refuses the limit %s', (maxBytes) => {
    const refusal = expect.objectContaining({ name: 'PoolError', code: 'invalid-argument' }) as PoolError;
    expect(() => new OutputCapture({ maxBytes: maxBytes as number })).toThrow(refusal);
  });

  it('turns an incomplete end into a replacement character, and takes nothing after the end', () => {
    const capture = new OutputCapture();
    capture.write('stdout', Uint8Array.of(0x61, 0xf0, 0x9f));
    capture.write('stderr', 'b\ud83e');
    for (let i = 0; i < 2; i += 1) {
      capture.end('stdout');
      capture.end('stderr');
      capture.write('stdout', 'late');
    }
    expect(capture.read()).toMatchObject({ stdout: 'a\ufffd', stderr: 'b\ufffd' });
  });
});

describe('the specimens of the capture', () => {
  const keep = (capture: AsFound, maxOutputBuffer: number, ...pieces: Buffer[]): string => {
    capture.configureTask('t', { maxOutputBuffer });
    for (const piece of pieces) capture.capture('t', piece);
    return capture.getOutput('t');
  };
  const long = Buffer.from('x'.repeat(100));

  it('differ in what 0 and NaN mean', () => {
    expect([keep(new AsFound(64), 0, long).length, keep(new AsFound(64), NaN, long).length]).toEqual([64, 64]);
    expect([keep(new AsDocumented(64), 0, long).length, keep(new AsDocumented(64), NaN, long).length]).toEqual([
      0, 100,
    ]);
  });

  it.each([AsFound, AsDocumented])('both count characters, and break them', (Capture) => {
    expect(Buffer.byteLength(keep(new Capture(), 3, Buffer.from('€€€€')))).toBe(9);
    expect(keep(new Capture(), 1, Buffer.from('🧵'))).toBe('\ud83e');
    expect(keep(new Capture(), 9, Buffer.from([0xc3]), Buffer.from([0xa9]))).toBe('\ufffd\ufffd');
  });
});
