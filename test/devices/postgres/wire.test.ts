import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverUser } from '../../../src/devices/postgres/server-user.ts';
import { AnswerReader, errorAnswer, errorOf, queryPacket, RequestReader } from '../../../src/devices/postgres/wire.ts';

const startup = Buffer.alloc(8);
startup.writeInt32BE(8, 0);
startup.writeInt32BE(196_608, 4);

/** Cuts bytes at arbitrary places. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...sorted, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : sorted[index - 1], end));
};

describe('what a client sends', () => {
  it('is cut into requests wherever the network cuts it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
          { maxLength: 5 },
        ),
        fc.array(fc.nat(), { maxLength: 8 }),
        (statements, places) => {
          const bytes = Buffer.concat([startup, ...statements.map(queryPacket)]);
          const reader = new RequestReader();
          const requests = cut(bytes, places).flatMap((chunk) => [...reader.read(chunk)]);
          expect(requests[0]).toEqual({ kind: 'startup' });
          expect(requests.slice(1).map((each) => (each.kind === 'statement' ? each.sql : each.kind))).toEqual(
            statements,
          );
          expect(Buffer.concat(requests.flatMap((each) => (each.kind === 'statement' ? [each.bytes] : [])))).toEqual(
            bytes.subarray(8),
          );
        },
      ),
    );
  });
});

describe('what a server answers', () => {
  it('is collected up to the point at which the session waits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('I', 'T', 'E'), { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (states, places) => {
          const bytes = Buffer.concat(states.map((state) => errorAnswer('40P01', 'deadlock detected', state)));
          const reader = new AnswerReader();
          const answers = cut(bytes, places).flatMap((chunk) => [...reader.read(chunk)]);
          expect(answers.map(({ status }) => status)).toEqual(states);
          for (const { bytes: answer } of answers) expect(errorOf(answer)?.get('C')).toBe('40P01');
        },
      ),
    );
  });
});

describe('the user that a server runs as', () => {
  const root = process.getuid?.() === 0;
  const passwd = (...users: [string, number, number][]): string =>
    users.map(([name, uid, gid]) => `${name}:x:${uid}:${gid}::/:/bin/sh`).join('\n');

  it.each([
    ['postgres before nobody', passwd(['root', 0, 0], ['nobody', 65_534, 65_534], ['postgres', 101, 104]), 'postgres'],
    ['nobody before others', passwd(['root', 0, 0], ['ada', 1000, 1000], ['nobody', 65_534, 65_534]), 'nobody'],
    ['an ordinary one', passwd(['root', 0, 0], ['mail', 8, 8], ['ada', 1000, 1000]), 'ada'],
    ['none', passwd(['root', 0, 0], ['mail', 8, 8]), null],
  ])('is %s', (_what, text, name) => {
    // Who is not root needs none.
    const expected = !root ? undefined : name === null ? null : (expect.objectContaining({ name }) as unknown);
    expect(serverUser(text)).toEqual(expected);
  });
});
