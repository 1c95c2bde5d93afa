// What Node does is held against real children in real-children.test.ts; here, what the device says of it.

import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Children } from '../../../src/devices/children/children.ts';
import type { ChildScript } from '../../../src/devices/children/script.ts';
import { logOf } from './event-log.ts';
import { withChildren } from './world-children.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const prints: ChildScript = {
  steps: [
    { after: [0, 5], stdout: 'a' },
    { after: [0, 5], stderr: 'b' },
  ],
};
const sleeps: ChildScript = { exitCode: null };
const always = (script: ChildScript) => () => script;

describe('spawn', () => {
  it('returns a child with a pid and streams, and tells of its life', async () => {
    let child!: ChildProcess;
    let log: string[] = [];
    await withChildren(
      (children) => {
        child = children.spawn('print', ['x']);
        log = logOf(child);
        expect(child.pid).toBe(5_000_001);
        expect(child.exitCode).toBeNull();
        expect(children.running.map(({ command, args }) => [command, ...args])).toEqual([['print', 'x']]);
      },
      { script: always({ ...prints, exitCode: 3 }) },
    );
    expect(log[0]).toBe('spawn');
    expect(log.at(-1)).toBe('close 3 null');
    expect([...log].sort()).toEqual(
      ['close 3 null', 'exit 3 null', 'spawn', 'stderr data', 'stderr end', 'stdout data', 'stdout end'].sort(),
    );
    expect([child.exitCode, child.signalCode, child.killed]).toEqual([3, null, false]);
  });

  it('without pipes: exit, and close at once', async () => {
    let log: string[] = [];
    await withChildren(
      (children) => {
        const child = children.spawn('print', { stdio: 'ignore' });
        expect([child.stdin, child.stdout, child.stderr]).toEqual([null, null, null]);
        log = logOf(child);
      },
      { script: always(prints) },
    );
    expect(log).toEqual(['spawn', 'exit 0 null', 'close 0 null']);
  });

  it('closes although nobody reads', async () => {
    let log: string[] = [];
    await withChildren(
      (children) => {
        log = logOf(children.spawn('print'), []);
      },
      { script: always(prints) },
    );
    expect(log).toEqual(['spawn', 'exit 0 null', 'close 0 null']);
  });

  it.each(['ENOENT', 'EACCES', 'EAGAIN'] as const)('%s: an error, and close, no pid and no exit', async (code) => {
    for (const seed of SEEDS.slice(0, 20)) {
      let child: ChildProcess | undefined;
      let log: string[] = [];
      await withChildren(
        (children) => {
          child = children.spawn('print');
          log = logOf(child);
        },
        { script: always(prints), faults: [code], seed },
      );
      if (child!.pid !== undefined) continue;
      expect(log.filter((each) => !each.startsWith('std'))).toEqual([
        `error ${code}`,
        expect.stringMatching(/^close -/),
      ]);
      expect(log).not.toContain('stdout data');
      expect(child!.kill()).toBe(false);
    }
  });

  it('EMFILE: no streams at all', async () => {
    const seen = new Set<unknown>();
    for (const seed of SEEDS.slice(0, 20)) {
      await withChildren(
        (children) => {
          const child = children.spawn('print');
          child.on('error', () => undefined);
          seen.add('stdout' in child && typeof child.stdout);
        },
        { script: always(prints), faults: ['EMFILE'], seed },
      );
    }
    expect(seen).toEqual(new Set(['object', 'undefined']));
  });

  it('ENOMEM, E2BIG: thrown', async () => {
    const thrown = new Set<string>();
    for (const seed of SEEDS.slice(0, 20)) {
      await withChildren(
        (children) => {
          try {
            children.spawn('print');
          } catch (error) {
            thrown.add((error as Error).message);
          }
        },
        { script: always(prints), faults: ['ENOMEM', 'E2BIG'], seed },
      );
    }
    expect([...thrown].sort()).toEqual(['spawn E2BIG', 'spawn ENOMEM']);
  });

  it('a command that does not exist, and nobody listens: an uncaught exception', async () => {
    const { errors } = await withChildren((children) => children.spawn('nope'), {
      script: () => undefined,
      uncaught: true,
    });
    expect(errors).toEqual(['spawn nope ENOENT']);
  });

  it.each([
    ['a number', (c: Children) => c.spawn(5 as never), 'ERR_INVALID_ARG_TYPE'],
    ['nothing', (c: Children) => c.spawn(''), 'ERR_INVALID_ARG_VALUE'],
    ['a signal', (c: Children) => c.spawn('a', { signal: new AbortController().signal }), 'UNSUPPORTED_SPAWN'],
    ['a time-out', (c: Children) => c.spawn('a', [], { timeout: 5 }), 'UNSUPPORTED_SPAWN'],
    ['an IPC channel', (c: Children) => c.spawn('a', { stdio: ['pipe', 'pipe', 'ipc'] }), 'UNSUPPORTED_SPAWN'],
  ])('refuses %s', async (_what, call, code) => {
    const refusal = expect.objectContaining({ code }) as Error;
    const main = (children: Children): void => {
      expect(() => call(children)).toThrow(refusal);
    };
    await withChildren(main, { script: always(prints) });
  });
});

describe('by choice', () => {
  it('the exit is told before the last output, or after it; close comes last', async () => {
    const orders = new Set<string>();
    for (const seed of SEEDS) {
      let log: string[] = [];
      await withChildren(
        (children) => {
          log = logOf(children.spawn('print'), ['stdout']);
        },
        { script: always({ steps: [{ stdout: 'a' }] }), seed },
      );
      expect(log.at(-1)).toBe('close 0 null');
      orders.add(log.indexOf('exit 0 null') < log.indexOf('stdout data') ? 'exit first' : 'data first');
    }
    expect(orders.size).toBe(2);
  });

  it('output comes whole, whatever the chunks', async () => {
    const chunks = new Set<number>();
    const bytes = Buffer.from('Grüße 🧵');
    for (const seed of SEEDS) {
      const read: Buffer[] = [];
      await withChildren((children) => children.spawn('print').stdout.on('data', (each: Buffer) => read.push(each)), {
        script: always({ steps: [...bytes].map((byte) => ({ after: [0, 3], stdout: Uint8Array.of(byte) })) }),
        seed,
      });
      expect(Buffer.concat(read).toString()).toBe('Grüße 🧵');
      chunks.add(read.length);
    }
    expect(chunks.size).toBeGreaterThan(5);
  });

  it('a kill finds it running, ended unnoticed, or gone', async () => {
    const seen = new Set<string>();
    for (const seed of SEEDS) {
      await withChildren(
        (children) => {
          const child = children.spawn('print', { stdio: 'ignore' });
          setTimeout(() => {
            const sent = child.kill();
            const { to } = children.signals[0] ?? { to: 'none' };
            child.on('exit', () => seen.add(`${to}: ${sent}, ${child.signalCode ?? child.exitCode}`));
            if (!sent) seen.add(`${to}: ${sent}`);
          }, 5);
        },
        { script: always({ exitAfter: [0, 10], exitCode: 7 }), seed },
      );
    }
    expect([...seen].sort()).toEqual(
      ['none: false', 'running: true, 7', 'running: true, SIGTERM', 'zombie: true, 7'].sort(),
    );
  });

  it('one ignores SIGTERM, and none SIGKILL', async () => {
    const ends = new Set<unknown>();
    for (const seed of SEEDS.slice(0, 50)) {
      await withChildren(
        (children) => {
          const child = children.spawn('sleep');
          child.kill();
          setTimeout(() => child.kill('SIGKILL'), 100);
          child.on('exit', (_code, signal) => ends.add(signal));
        },
        { script: always(sleeps), faults: ['ignored SIGTERM'], seed },
      );
    }
    expect(ends).toEqual(new Set(['SIGTERM', 'SIGKILL']));
  });

  it('a pid that has been reaped is given again, and a kill by pid meets the wrong one', async () => {
    const met = new Set<string>();
    for (const seed of SEEDS.slice(0, 100)) {
      await withChildren(
        (children) => {
          const first = children.spawn('print');
          first.on('close', () => {
            children.spawn('sleep');
            try {
              children.kill(first.pid!, 'SIGKILL');
            } catch (error) {
              met.add((error as NodeJS.ErrnoException).code!);
            }
            met.add(`child ${children.signals[0]!.number}`);
          });
        },
        { script: (command) => (command === 'print' ? prints : sleeps), faults: ['pid reuse'], seed },
      );
    }
    expect([...met].sort()).toEqual(['ESRCH', 'child 0', 'child 2']);
  });

  it('what it has started holds its pipes: exit long before close, unless they are destroyed', async () => {
    for (const destroys of [false, true]) {
      let between = 0;
      await withChildren(
        (children) => {
          const child = children.spawn('print');
          child.on('exit', () => {
            between = performance.now();
            expect(children.all[0]).toMatchObject({ state: 'reaped', openPipes: ['stdout', 'stderr'], closed: false });
            if (destroys) for (const pipe of [child.stdout, child.stderr]) pipe.destroy();
          });
          child.on('close', () => {
            between = performance.now() - between;
            expect(children.all[0]).toMatchObject({ openPipes: [], closed: true });
          });
        },
        { script: always({ ...prints, pipesHeldFor: 5_000 }) },
      );
      expect(between >= 4_000).toBe(!destroys);
    }
  });

  it('reading fails', async () => {
    const codes = new Set<unknown>();
    for (const seed of SEEDS.slice(0, 50)) {
      await withChildren(
        (children) => {
          const child = children.spawn('print');
          child.stdout.on('data', () => codes.add('data')).on('error', (error) => codes.add(error.message));
          child.stderr.on('error', () => undefined);
        },
        { script: always(prints), faults: ['read error'], seed },
      );
    }
    expect(codes).toEqual(new Set(['data', 'read EIO']));
  });
});

describe('accounts', () => {
  it('name who runs, who is a zombie, and which pipes are open', async () => {
    const states = new Set<string>();
    await withChildren(
      (children) => {
        children.spawn('print');
        const look = (): void => {
          const { state, openPipes, closed } = children.all[0]!;
          states.add(`${state} ${openPipes.join()} ${closed}`);
          if (!closed) setTimeout(look, 1);
        };
        look();
      },
      { script: always({ exitAfter: 5 }), latency: 5 },
    );
    expect([...states]).toEqual([
      'running stdout,stderr false',
      'zombie stdout,stderr false',
      expect.stringMatching(/^reaped .*false$/),
      'reaped  true',
    ]);
  });

  it('tell of a signal to the own process group: kill() of a child that could not be started, before its error', async () => {
    await withChildren(
      (children) => {
        const child = children.spawn('nope');
        child.on('error', () => undefined);
        child.kill();
        expect(children.signals).toMatchObject([{ to: 'own group', signal: 'SIGTERM' }]);
      },
      { script: () => undefined },
    );
  });

  it('stdin takes what it is given, and breaks after the end', async () => {
    const seen: unknown[] = [];
    await withChildren(
      (children) => {
        const child = children.spawn('print');
        child.stdin.on('error', (error: NodeJS.ErrnoException) => seen.push(error.code));
        child.stdin.write('x', () => {
          setTimeout(() => child.stdin.write('y'), 5);
        });
      },
      { script: always({ exitAfter: 2 }), latency: 10 },
    );
    expect(seen).toEqual(['EPIPE']);
  });

  it('kill(0) only asks, and an unknown signal is refused', async () => {
    await withChildren(
      (children) => {
        const child = children.spawn('sleep');
        expect(child.kill(0)).toBe(true);
        expect(children.kill(child.pid!, 0)).toBe(true);
        expect(children.signals).toEqual([]);
        expect(() => child.kill('SIGFOO' as never)).toThrow('Unknown signal: SIGFOO');
        expect(() => children.kill(1)).toThrow('kill ESRCH');
        child.kill('SIGKILL');
      },
      { script: always(sleeps) },
    );
  });
});
