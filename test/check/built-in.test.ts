import { describe, expect, it } from 'vitest';
import { replayOf, verdictOf } from '../fixtures/runs.ts';
import { small } from '../fixtures/small.ts';
import { specimens } from '../fixtures/toys/index.ts';

const holds = { kind: 'holds' };
const never = (): Promise<never> => new Promise(() => undefined);

/** `file:line` of the line of this file that contains `text`. */
async function lineOf(text: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const lines = (await readFile(new URL(import.meta.url), 'utf8')).split('\n');
  return `built-in.test.ts:${String(lines.findIndex((line) => line.includes(text)) + 1)}`;
}

describe('deadlock', () => {
  it('is told with its cycle', async () => {
    const verdict = await verdictOf(specimens['twoLocks']!);
    expect(verdict).toMatchObject({ kind: 'deadlock', invariant: 'noDeadlock' });
    expect(verdict.message).toMatch(/^(c\d waits for [ABC] held by c\d(, |$)){2,3}$/);
  });

  it('does not happen to those who lock in one order', async () => {
    expect(await verdictOf({ ...specimens['twoLocks']!, subject: 'sorted' })).toEqual(holds);
  });
});

describe('an operation that never settles', () => {
  it('is named with its client', async () => {
    const hunting = small({
      body: (sim) => sim.clients([1, 2], (n) => sim.op(`wait ${n}`, {}, () => (n === 2 ? never() : n))),
    });
    expect(await verdictOf(hunting)).toEqual({
      kind: 'deadlock',
      invariant: 'everyOperationSettles',
      message: 'c2 in wait 2 never settles: nothing is pending that could settle it',
    });
  });

  it('is told of a body that waits for nothing, too', async () => {
    expect(await verdictOf(small({ body: never }))).toMatchObject({
      kind: 'deadlock',
      message: 'the body never settles: nothing is pending that could settle it',
    });
  });

  it('and of a shutdown', async () => {
    expect(await verdictOf(small({ body: () => undefined, shutdown: never }))).toMatchObject({
      kind: 'deadlock',
      message: 'the shutdown never settles: nothing is pending that could settle it',
    });
  });

  it('is no fault of its own where its process has crashed', async () => {
    const hunting = small({
      body: async (sim) => {
        const worker = sim.process('worker');
        const client = sim.client('w', () => sim.op('wait', {}, never), { in: worker });
        await sim.sleep(20);
        worker.crash();
        await client;
      },
    });
    expect(await verdictOf(hunting)).toEqual(holds);
  });

  it('that is slow is waited for', async () => {
    const hunting = small({ body: (sim) => sim.op('slow', {}, () => sim.sleep(86_400_000 * 30)) });
    expect(await verdictOf(hunting)).toEqual(holds);
  });
});

describe('an unhandled rejection', () => {
  it('is an error, also long after the body went on', async () => {
    const hunting = small({
      body: async (sim) => {
        void sim.io('quick').then(() => Promise.reject(new TypeError('nobody listens')));
        await sim.sleep(50);
      },
    });
    expect(await verdictOf(hunting)).toEqual({
      kind: 'error',
      invariant: 'noUnhandledRejection',
      message: expect.stringMatching(/^TypeError: nobody listens \(.*built-in\.test\.ts:\d+:\d+\)$/) as string,
    });
  });

  it('names the process that it came from', async () => {
    const hunting = small({
      body: async (sim) => {
        sim.process('worker').start(async () => {
          await sim.io('boot');
          throw new Error('no disk');
        });
        await sim.sleep(50);
      },
    });
    expect((await verdictOf(hunting)).message).toMatch(
      /^Error: no disk \(.*built-in\.test\.ts:\d+:\d+\) in process worker$/,
    );
  });

  it('is none when it is handled within the turn', async () => {
    const hunting = small({
      body: async (sim) => {
        await sim.io('before');
        const rejected = Promise.reject(new Error('handled'));
        await Promise.resolve();
        await rejected.catch(() => undefined);
        await Promise.allSettled([Promise.reject(new Error('also handled'))]);
      },
    });
    expect(await verdictOf(hunting)).toEqual(holds);
  });

  it('has an uncaught exception for a sibling', async () => {
    const hunting = small({
      body: async (sim) => {
        setTimeout(() => {
          throw new RangeError('in a timer');
        }, 5);
        await sim.sleep(50);
      },
    });
    expect(await verdictOf(hunting)).toMatchObject({
      invariant: 'noUncaughtException',
      message: expect.stringMatching(/^RangeError: in a timer \(.*built-in\.test\.ts:\d+:\d+\)$/) as string,
    });
  });
});

/** Polls until it is closed, and perhaps after. */
class Poller {
  polls = 0;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => (this.polls += 1), 100); // the leak
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

describe('a leaked timer', () => {
  const body = (sim: { sleep(ms: number): Promise<void> }): Promise<void> => sim.sleep(250);
  const leaking = small({ subject: () => new Poller(), body, shutdown: () => undefined });

  it('is a leak that names the timer', async () => {
    expect(await verdictOf(leaking)).toMatchObject({
      kind: 'leak',
      invariant: 'noLeakedTimers',
      message: expect.stringMatching(/^1 still armed after shutdown: interval 100 ms/) as string,
    });
  });

  it('is shown with the place where it was armed', async () => {
    const { verdict } = await replayOf(leaking, null, []);
    expect(verdict.message).toContain(await lineOf('// the leak'));
  });

  it('is none when it was cleared, or when nobody shuts down', async () => {
    const closing = small({
      subject: () => new Poller(),
      body,
      shutdown: (poller) => {
        poller.close();
      },
    });
    expect(await verdictOf(closing)).toEqual(holds);
    expect(await verdictOf(small({ subject: () => new Poller(), body }))).toEqual(holds);
  });

  it('may be left out by name', async () => {
    const excused = small({
      subject: () => new Poller(),
      body,
      shutdown: () => undefined,
      without: ['noLeakedTimers'],
    });
    expect(await verdictOf(excused)).toEqual(holds);
  });
});

describe('late work', () => {
  const stopping = (stops: boolean): ReturnType<typeof small> =>
    small<{ open: boolean }>({
      subject: () => ({ open: true }),
      body: async (sim, subject) => {
        const flush = async (): Promise<void> => {
          await sim.io('collect', { latency: [20, 40] });
          if (subject.open) await sim.io('write', { latency: 5 });
        };
        void flush();
        await sim.io('answer', { latency: 1 });
      },
      shutdown: (subject) => {
        subject.open = !stops;
      },
    });

  it('that begins after the shutdown is a violation', async () => {
    expect(await verdictOf(stopping(false))).toEqual({
      kind: 'violation',
      invariant: 'noLateWork',
      message: 'write began after the shutdown had settled',
    });
  });

  it('is none when it was told to stop', async () => {
    expect(await verdictOf(stopping(true))).toEqual(holds);
  });
});

describe('a run that does not end', () => {
  it('is a limit that says how far it came, as long as it changes', async () => {
    const hunting = small({
      body: async (sim) => {
        for (let ms = 1; ; ms += 1) await sim.sleep(ms);
      },
      maxTurns: 300,
    });
    const verdict = await verdictOf(hunting);
    expect(verdict).toMatchObject({ kind: 'limit', invariant: 'limit' });
    expect(verdict.message).toMatch(
      /^the body did not settle within 300 turns, \d+ virtual ms; last turn: main\/timeout 299 ms; it was still changing: raise maxTurns if it needs more$/,
    );
  });
});
