import { crc32 } from 'node:zlib';
import { workloadFrom, workloadText } from './workload-text.ts';
import { HeddleError } from '../kernel/errors.ts';
import type { Deviation } from '../schedule/deviation.ts';
import { VERDICT_KINDS, type Verdict, type VerdictKind } from './verdict.ts';

/** All that is needed to replay a counterexample on another machine. */
export interface ReplayRecipe {
  readonly scenario: string;
  readonly subject: string;
  readonly workload: unknown;
  readonly schedule: readonly Deviation[];
  readonly verdict: Verdict;
  /** Hash of the run's turns, to tell whether the replay took the same way. */
  readonly hash: string;
}

const PREFIX = 'heddle1';

/**
 * A recipe as one word: `heddle1.<crc32>.<base64url of a JSON array>`. No compression: zlib's output differs between
 * Node versions, and the token is part of reproducible output.
 */
export function encodeToken(recipe: ReplayRecipe): string {
  const { scenario, subject, workload, schedule, verdict, hash } = recipe;
  const fields = [
    scenario,
    subject,
    workloadText(workload),
    schedule.map(packed),
    verdict.kind,
    verdict.invariant ?? '',
    hash,
  ];
  const text = Buffer.from(JSON.stringify(fields)).toString('base64url');
  return `${PREFIX}.${checksumOf(text)}.${text}`;
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

/** @throws HeddleError with code `BROKEN_TOKEN` or `FOREIGN_TOKEN`. */
export function decodeToken(token: string): ReplayRecipe {
  const [prefix, checksum, text, ...rest] = token.trim().split('.');
  if (prefix !== PREFIX || checksum === undefined || text === undefined || rest.length > 0) {
    const foreign = prefix !== undefined && /^heddle\d+$/.test(prefix) && prefix !== PREFIX;
    throw new HeddleError({
      code: foreign ? 'FOREIGN_TOKEN' : 'BROKEN_TOKEN',
      expected: `a replay token that begins with ${PREFIX}.`,
      received: JSON.stringify(token.length > 40 ? `${token.slice(0, 40)}…` : token),
      next: foreign
        ? 'Replay it with the version of heddle that printed it.'
        : 'Copy the whole token, or pass the path of a counterexample file.',
    });
  }
  if (checksumOf(text) !== checksum) throw broken('a checksum that does not match: some of it is missing or changed');
  try {
    const fields = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    const [scenario, subject, workload, schedule, kind, invariant, hash] = fields as [
      string,
      string,
      string,
      Packed[],
      string,
      string,
      string,
    ];
    if (!VERDICT_KINDS.includes(kind as VerdictKind)) throw broken(`the verdict ${JSON.stringify(kind)}`);
    const verdict = { kind: kind as VerdictKind, ...(invariant === '' ? {} : { invariant }) };
    return {
      scenario,
      subject,
      workload: workloadFrom(workload),
      schedule: schedule.map(unpacked),
      verdict,
      hash,
    };
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    throw broken('contents that cannot be read', error);
  }
}

function broken(received: string, cause?: unknown): HeddleError {
  return new HeddleError(
    { code: 'BROKEN_TOKEN', expected: 'an intact replay token', received, next: 'Copy the whole token again.' },
    { cause },
  );
}

type Packed = [kind: string, ...rest: (string | number)[]];

function packed(deviation: Deviation): Packed {
  switch (deviation.kind) {
    case 'order':
      return ['o', deviation.instead, deviation.fire];
    case 'delay':
      return ['t', deviation.event, deviation.by];
    case 'fault':
      return ['f', deviation.point, deviation.pick, deviation.fault];
    case 'draw':
      return ['d', deviation.name, deviation.value];
  }
}

function unpacked([kind, ...rest]: Packed): Deviation {
  const [a, b, c] = rest as [string, never, string];
  switch (kind) {
    case 'o':
      return { kind: 'order', instead: a, fire: b };
    case 't':
      return { kind: 'delay', event: a, by: b };
    case 'f':
      return { kind: 'fault', point: a, pick: b, fault: c };
    case 'd':
      return { kind: 'draw', name: a, value: b };
    default:
      throw broken(`a choice of kind ${JSON.stringify(kind)}`);
  }
}
