import { afterBody, fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { DEFAULT_LIMIT, asDocumented, asFound, ours, type Capture } from './specimens/captures.ts';

interface Printed {
  /** The bytes, one piece for each write. */
  readonly pieces: number[][];
  readonly limit: number | undefined;
}

interface Kept {
  readonly whole: string;
  /** Undefined when the limit was refused. */
  readonly text: string | undefined;
  /** The limit in force: for one that is none, the default. */
  readonly limit: number;
  /** A character came in two pieces. */
  readonly split: boolean;
}

const isLimit = (limit: number | undefined): limit is number => Number.isSafeInteger(limit) && limit! >= 0;

/** Text with what is rare in it: characters of one to four bytes, combined ones, halves of pairs, bytes that are no text. */
const unicode = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }).map((text) => [...Buffer.from(text)]),
      fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => [...Buffer.from(text)]),
      fc.constantFrom([0xed, 0xa0, 0x80], [0xed, 0xb2, 0xa9], [0xff], [0xc3], [0xf0, 0x9f, 0xa7], [0xef, 0xbb, 0xbf]),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.flat());

/** Cut anywhere, in the middle of characters, too. */
const inPieces = (bytes: fc.Arbitrary<number[]>): fc.Arbitrary<number[][]> =>
  fc.tuple(bytes, fc.array(fc.nat(40), { maxLength: 3 })).map(([all, cuts]) => {
    const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
    return at.slice(1).map((end, i) => all.slice(at[i], end));
  });

/** Whether a piece ends within a character, where the bytes are UTF-8. */
function isSplit(pieces: readonly number[][]): boolean {
  const bytes = pieces.flat();
  let end = 0;
  // Bytes of the form 10xxxxxx go on with a character that has begun.
  return pieces.some(({ length }) => (bytes[(end += length)] ?? 0) >> 6 === 0b10);
}

/** More than is kept by default. */
const ascii = fc.array(fc.integer({ min: 97, max: 122 }), { minLength: DEFAULT_LIMIT, maxLength: 80, size: 'max' });

function kept(history: { readonly operations: readonly { readonly outcome: unknown }[] }): Kept[] {
  const values: Kept[] = [];
  for (const { outcome } of history.operations) {
    const { kind, value } = outcome as { kind: string; value?: Kept };
    if (kind === 'returned') values.push(value!);
  }
  return values;
}

const tooMany = ({ text = '', limit }: Kept): string | undefined => {
  const bytes = Buffer.byteLength(text);
  return bytes > limit ? `${bytes} bytes were kept, ${limit} may be` : undefined;
};

/** What is kept is a beginning of what was printed, character by character. */
const notABeginning = ({ text = '', whole }: Kept): string | undefined =>
  // A string may begin with half a character of another.
  whole.startsWith(text) && !/\p{Surrogate}/u.test(text)
    ? undefined
    : `${JSON.stringify(text)} was kept of ${JSON.stringify(whole)}`;

/** What fits is kept; of what does not, all but the character that goes over the limit. */
const tooFew = ({ text, whole, limit }: Kept): string | undefined => {
  if (text === undefined || text.length >= whole.length) return undefined;
  const next = String.fromCodePoint(whole.codePointAt(text.length)!);
  return Buffer.byteLength(text + next) <= limit ? `${JSON.stringify(next)} would have fitted` : undefined;
};

function ofAll(name: string, ...checks: ((kept: Kept) => string | undefined)[]): Invariant<Capture> {
  return afterBody(name, ({ history }) => {
    for (const each of kept(history)) {
      for (const check of checks) {
        const wrong = check(each);
        if (wrong !== undefined) return wrong;
      }
    }
    return undefined;
  });
}

const bytesWithinLimit = ofAll('bytesWithinLimit', tooMany);
const keepsTheBeginning = ofAll('keepsTheBeginning', notABeginning);
const keepsWhatFits = ofAll('keepsWhatFits', tooFew);
/** All three at once. */
const keepsWhatItMay = ofAll('keepsWhatItMay', tooMany, notABeginning, tooFew);

const truncated: Invariant<Capture> = sometimes('truncated', ({ history }) =>
  kept(history).some(({ text, whole }) => text !== undefined && text.length < whole.length),
);

const splitCharacter: Invariant<Capture> = sometimes('splitCharacter', ({ history }) =>
  kept(history).some(({ split }) => split),
);

const refused: Invariant<Capture> = sometimes('badLimit', ({ history }) =>
  history.operations.some(({ input }) => Number.isNaN((input as { limit?: number }).limit)),
);

const common = {
  ids: ['W3'],
  body: async ({
    sim,
    subject,
    workload: { pieces, limit },
  }: Parameters<Parameters<typeof scenario<Capture, Printed>>[0]['body']>[0]) => {
    await sim.op('print', { bytes: pieces.flat().length, limit }, async (): Promise<Kept> => {
      const steps = pieces.map((piece) => ({ after: [0, 5] as const, stdout: Uint8Array.from(piece) }));
      const text = await subject.run({ maxOutputBuffer: limit }, steps);
      const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(pieces.flat()));
      return { whole, text, limit: isLimit(limit) ? limit : DEFAULT_LIMIT, split: isSplit(pieces) };
    });
  },
  shutdown: () => undefined,
};

export default [
  scenario<Capture, Printed>({
    ...common,
    name: 'pool/output-capture',
    restsOn: { 'as-found': 'how bytes are decoded and counted', 'as-documented': 'how bytes are decoded and counted' },
    about: 'any bytes, cut anywhere, with any limit: more is kept than may be, or half a character',
    subjects: { ours: hold(ours), 'as-found': fail('keepsWhatItMay', asFound), 'as-documented': judge(asDocumented) },
    workload: fc.record({
      pieces: inPieces(unicode),
      limit: fc.oneof(fc.nat(40), fc.constantFrom(0, NaN, -1, 1.5, Infinity, undefined)),
    }),
    invariants: [keepsWhatItMay, truncated, refused],
  }),
  scenario<Capture, Printed>({
    ...common,
    name: 'pool/output-characters',
    restsOn: {
      'as-found': 'that each chunk is decoded by itself',
      'as-documented': 'that each chunk is decoded by itself',
    },
    about: 'a character comes in two chunks, and becomes two that were never printed',
    subjects: {
      ours: hold(ours),
      'as-found': fail('keepsTheBeginning', asFound),
      'as-documented': judge(asDocumented),
    },
    workload: fc.record({
      pieces: inPieces(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((text) => [...Buffer.from(text)]),
      ),
      limit: fc.constant(10_000),
    }),
    invariants: [keepsTheBeginning, keepsWhatFits, splitCharacter],
  }),
  scenario<Capture, Printed>({
    ...common,
    name: 'pool/output-bytes',
    restsOn: {
      'as-found': 'that the length of a string is counted',
      'as-documented': 'that the length of a string is counted',
    },
    about: 'the limit is one of bytes, and it is characters that are counted',
    subjects: { ours: hold(ours), 'as-found': fail('bytesWithinLimit', asFound), 'as-documented': judge(asDocumented) },
    workload: fc.record({
      pieces: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((text) => [[...Buffer.from(text)]]),
      limit: fc.integer({ min: 1, max: 12 }),
    }),
    invariants: [bytesWithinLimit, keepsWhatFits, truncated],
  }),
  scenario<Capture, Printed>({
    ...common,
    name: 'pool/output-limit-zero',
    about: 'a limit of 0 counts as none, and the default is in force',
    subjects: { ours: hold(ours), 'as-found': fail('bytesWithinLimit', asFound), 'as-documented': judge(asDocumented) },
    workload: fc.record({ pieces: inPieces(ascii), limit: fc.constantFrom(0, undefined) }),
    invariants: [bytesWithinLimit, keepsWhatFits, truncated],
    runs: 300,
  }),
  scenario<Capture, Printed>({
    ...common,
    name: 'pool/output-limit-not-a-number',
    restsOn: { 'as-documented': 'the comparison with the limit' },
    about: 'a limit of NaN was the default before the fix, and is no limit at all since: nothing is more than NaN',
    subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
    workload: fc.record({ pieces: inPieces(ascii), limit: fc.constantFrom(NaN, undefined) }),
    invariants: [bytesWithinLimit, keepsWhatFits, truncated, refused],
    runs: 300,
  }),
];
