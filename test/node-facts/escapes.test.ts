import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, nodeMajor } from './observe.ts';

const fixture = new URL('./fixtures/escapes.mjs', import.meta.url);

describe('fact 11: an async_hooks init hook with trackPromises: false sees, in its turn,', () => {
  let seen: unknown;

  beforeAll(async () => {
    seen = await answerOf(fixture, 'seen');
  });

  test.each([
    ['fs.readFile', 'FSREQCALLBACK'],
    ['fs.stat', 'FSREQCALLBACK'],
    ['fs.promises.stat', 'FSREQPROMISE'],
    ['fs.watch', 'FSEVENTWRAP'],
    ['net.connect', 'TCPCONNECTWRAP'],
    ['net.listen', 'TCPSERVERWRAP'],
    ['http.get', 'HTTPCLIENTREQUEST'],
    ['fetch', 'TCPCONNECTWRAP'],
    ['dgram.bind', 'UDPWRAP'],
    ['dns.lookup', 'GETADDRINFOREQWRAP'],
    ['spawn', 'PROCESSWRAP'],
    ['execFile', 'PROCESSWRAP'],
    ['worker', 'WORKER'],
    ['zlib.gzip', 'ZLIB'],
    ['crypto.randomBytes with a callback', 'RANDOMBYTESREQUEST'],
    ['crypto.pbkdf2', 'PBKDF2REQUEST'],
    ['crypto.subtle.digest', 'HASHREQUEST'],
    ['a signal handler', 'SIGNALWRAP'],
    ['a captured setTimeout', 'Timeout'],
    ['a captured setImmediate', 'Immediate'],
    ['timers/promises', 'Timeout'],
    ['AbortSignal.timeout', 'Timeout'],
    ['MessageChannel', 'MESSAGEPORT'],
    ['BroadcastChannel', 'MESSAGEPORT'],
  ])('fact 11: %s, as %s', (operation, type) => {
    expect(seen).toHaveProperty([operation], expect.arrayContaining([type]));
  });

  test('fact 11: each of them with its call site on the stack', async () => {
    expect(await answerOf(fixture, 'call sites')).toEqual([]);
  });
});

describe('fact 11: what such a hook does not see, and what it sees that is no escape', () => {
  test('fact 11: it does not see synchronous fs and child calls, WebAssembly.compile and Atomics.waitAsync', async () => {
    expect(await answerOf(fixture, 'unseen')).toEqual({
      'fs.readFileSync': [],
      execFileSync: [],
      'crypto.createHash': [],
      'WebAssembly.compile': [],
      'Atomics.waitAsync': [],
    });
  });

  test('fact 11: it sees synchronous zlib and crypto calls under the types of the asynchronous ones', async () => {
    expect(await answerOf(fixture, 'seen though synchronous')).toEqual({
      'zlib.gzipSync': ['ZLIB'],
      'crypto.randomBytes': ['RANDOMBYTESREQUEST'],
      'crypto.randomUUID': ['RANDOMBYTESREQUEST'],
    });
  });

  test('fact 11: it sees nextTicks and queued microtasks, which are no escapes, under types of their own', async () => {
    expect(await answerOf(fixture, 'harmless')).toEqual({
      'process.nextTick': ['TickObject'],
      queueMicrotask: ['Microtask'],
    });
  });

  test('fact 11: it sees process.stdout when that is a pipe, at the first touch only', async () => {
    expect(await answerOf(fixture, 'standard output')).toEqual([['PIPEWRAP'], []]);
  });

  test('fact 11: it sees the file read of a dynamic import on Node 20 alone', async () => {
    expect(await answerOf(fixture, 'a dynamic import')).toEqual(nodeMajor === 20 ? ['FSREQPROMISE'] : []);
  });

  test('fact 11: it ignores trackPromises on Node 20 and 22, and sees no promise from 24 on', async () => {
    expect(await answerOf(fixture, 'promises')).toEqual(nodeMajor >= 24 ? [] : ['PROMISE']);
  });
});

test('fact 11: process.getActiveResourcesInfo misses thread pool work, signals, unref-ed timers and ports', async () => {
  const missed = await answerOf(fixture, 'active resources');
  expect(missed).toEqual(
    expect.arrayContaining([
      ...['zlib.gzip', 'crypto.randomBytes with a callback', 'crypto.pbkdf2', 'crypto.subtle.digest'],
      ...['a signal handler', 'AbortSignal.timeout', 'MessageChannel', 'BroadcastChannel', 'dgram.bind'],
    ]),
  );
});
