import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Supervisor, type SuperviseError } from '../../../src/systems/supervise/index.ts';
import { resultOf } from '../../in-world.ts';
import { Stage } from './scripted-child.ts';

const invalid = expect.objectContaining({ name: 'SuperviseError', code: 'invalid-argument' }) as Error;

describe('start and stop', () => {
  it('start each child when the one before it is up, and stop them in reverse, each after the other is down', () =>
    resultOf(async () => {
      const stage = new Stage();
      const children = ['a', 'b', 'c'].map((id) => stage.spec(id, { startMs: 5, stopMs: 5 }));
      const supervisor = new Supervisor({ children });
      await supervisor.start();
      expect(supervisor.up).toEqual(['a', 'b', 'c']);
      await supervisor.stop();
      expect(stage.log).toEqual([
        ...['start a', 'start b', 'start c'],
        ...['stop c', 'down c', 'stop b', 'down b', 'stop a', 'down a'],
      ]);
      expect(supervisor.up).toEqual([]);
      await expect(supervisor.ended).resolves.toBeUndefined();
    }));

  it('stop in reverse what was started, when a child fails to start', () =>
    resultOf(async () => {
      const stage = new Stage();
      const children = [stage.spec('a'), stage.spec('b'), stage.spec('c', { failures: 1 }), stage.spec('d')];
      const supervisor = new Supervisor({ children });
      const error = await supervisor.start().catch((caught: unknown) => caught as SuperviseError);
      expect(error).toMatchObject({ code: 'child-failed-to-start', cause: new Error('c fails to start') });
      expect(stage.log).toEqual(['start a', 'start b', 'start c', 'stop b', 'down b', 'stop a', 'down a']);
    }));

  it('end within the bound, whatever children do or do not', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            startMs: fc.constantFrom(0, 20, 300, Infinity),
            stopMs: fc.constantFrom(0, 20, Infinity),
            shutdownMs: fc.constantFrom(0, 30, 100),
            killable: fc.boolean(),
          }),
          { maxLength: 4 },
        ),
        fc.integer({ min: 0, max: 500 }),
        (scripts, at) =>
          resultOf(async () => {
            const stage = new Stage();
            const children = scripts.map((script, index) => stage.spec(`${index}`, script));
            const supervisor = new Supervisor({ children, strategy: 'rest-for-one' });
            const started = supervisor.start().catch((error: unknown) => error);
            await sleep(at);
            const before = performance.now();
            await supervisor.stop();
            expect(performance.now() - before).toBeLessThanOrEqual(supervisor.shutdownBoundMs + scripts.length * 2);
            expect(supervisor.up).toEqual([]);
            await started;
          }),
      ),
      { numRuns: 100 },
    ));

  it('kill a child that does not stop, and announce one that cannot be killed', () =>
    resultOf(async () => {
      const stage = new Stage();
      const deaf = { stopMs: Infinity, shutdownMs: 10 };
      const children = [stage.spec('a', deaf), stage.spec('b', { ...deaf, killable: true })];
      const supervisor = new Supervisor({ children });
      const abandoned: string[] = [];
      supervisor.on('abandoned', (id) => abandoned.push(id));
      await supervisor.start();
      await supervisor.stop();
      expect(stage.log).toEqual(['start a', 'start b', 'stop b', 'kill b', 'stop a']);
      expect(abandoned).toEqual(['a']);
    }));

  it('stop a child that comes up when nobody waits for it any more', () =>
    resultOf(async () => {
      const stage = new Stage();
      const supervisor = new Supervisor({ children: [stage.spec('a', { startMs: 100, shutdownMs: 10 })] });
      const started = supervisor.start();
      const refused = expect(started).rejects.toMatchObject({ code: 'closed' });
      await supervisor.stop();
      await refused;
      expect(stage.log).toEqual(['start a']);
      await sleep(150);
      expect(stage.log).toEqual(['start a', 'stop a', 'down a']);
    }));

  it('tell a child that starts that it is not wanted any more', () =>
    resultOf(async () => {
      const start = ({ signal }: { signal: AbortSignal }): Promise<never> =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      const supervisor = new Supervisor({ children: [{ id: 'a', start }] });
      const refused = expect(supervisor.start()).rejects.toMatchObject({ code: 'closed' });
      await supervisor.stop();
      await refused;
      expect(performance.now()).toBe(0);
    }));

  it('are asked for once: again gives the same end, or an error', () =>
    resultOf(async () => {
      const supervisor = new Supervisor({ children: [new Stage().spec('a')] });
      await supervisor.start();
      await expect(supervisor.start()).rejects.toMatchObject({ code: 'already-started' });
      expect(supervisor.stop()).toBe(supervisor.stop());
      await supervisor.stop();
      const other = new Supervisor({ children: [] });
      await other.stop();
      await expect(other.start()).rejects.toMatchObject({ code: 'already-started' });
    }));

  it('survive a stop that throws, and one by a child without an end of its own', () =>
    resultOf(async () => {
      const failed: unknown[] = [];
      const error = new Error('stop');
      const throwing = (): never => {
        throw error;
      };
      const start = (): { stop: () => never } => ({ stop: throwing });
      const supervisor = new Supervisor({ children: [{ id: 'a', start }] });
      supervisor.on('stop-failed', (id, cause) => failed.push(id, cause));
      await supervisor.start();
      await supervisor.stop();
      expect(failed).toEqual(['a', error]);
    }));

  it('nest: a supervisor is a child', () =>
    resultOf(async () => {
      const stage = new Stage();
      const inner = (): Promise<Supervisor> => {
        const supervisor = new Supervisor({ children: [stage.spec('inner')], maxRestarts: 0 });
        return supervisor.start().then(() => supervisor);
      };
      const outer = new Supervisor({ children: [stage.spec('a'), { id: 'nested', start: inner }] });
      await outer.start();
      stage.life('inner').fail(new Error('once'));
      await sleep(1);
      expect(stage.log).toEqual(['start a', 'start inner', 'start inner']);
      await outer.stop();
      expect(stage.log.slice(3)).toEqual(['stop inner', 'down inner', 'stop a', 'down a']);
    }));
});

describe('a child that ends by itself', () => {
  it.each([
    ['permanent', 'normal', true],
    ['permanent', 'failed', true],
    ['transient', 'normal', false],
    ['transient', 'failed', true],
    ['temporary', 'normal', false],
    ['temporary', 'failed', false],
  ] as const)('%s, %s: restarted %s', (restart, how, again) =>
    resultOf(async () => {
      const stage = new Stage();
      const supervisor = new Supervisor({ children: [stage.spec('a', { restart }), stage.spec('b')] });
      await supervisor.start();
      if (how === 'normal') stage.life('a').end();
      else stage.life('a').fail(new Error('crash'));
      await sleep(1);
      expect(supervisor.up).toEqual(again ? ['a', 'b'] : ['b']);
      expect(stage.log).toEqual(['start a', 'start b', ...(again ? ['start a'] : [])]);
      await supervisor.stop();
    }),
  );

  it('takes those after it along under rest-for-one: down in reverse, up in order, but not the temporary ones', () =>
    resultOf(async () => {
      const stage = new Stage();
      const children = [stage.spec('a'), stage.spec('b'), stage.spec('c', { restart: 'temporary' }), stage.spec('d')];
      const supervisor = new Supervisor({ children, strategy: 'rest-for-one' });
      await supervisor.start();
      stage.log.length = 0;
      stage.life('b').fail(new Error('crash'));
      await sleep(10);
      expect(stage.log).toEqual(['stop d', 'down d', 'stop c', 'down c', 'start b', 'start d']);
      expect(supervisor.up).toEqual(['a', 'b', 'd']);
      await supervisor.stop();
    }));

  it('while another is being restarted: what it needs comes first', () =>
    resultOf(async () => {
      const stage = new Stage();
      const children = ['a', 'b', 'c'].map((id) => stage.spec(id, { startMs: 10 }));
      const supervisor = new Supervisor({ children, strategy: 'rest-for-one' });
      await supervisor.start();
      stage.log.length = 0;
      stage.life('b').fail(new Error('crash'));
      await sleep(5);
      stage.life('a').fail(new Error('crash'));
      await sleep(50);
      expect(stage.log).toEqual(['stop c', 'down c', 'start b', 'stop b', 'down b', 'start a', 'start b', 'start c']);
      expect(supervisor.up).toEqual(['a', 'b', 'c']);
      await supervisor.stop();
    }));

  it('is started again when its start fails, and counts each time', () =>
    resultOf(async () => {
      const stage = new Stage();
      let failing = false;
      const spec = stage.spec('a');
      const start: typeof spec.start = (context) => {
        if (failing) throw new Error('not yet');
        return spec.start(context);
      };
      const supervisor = new Supervisor({ children: [stage.spec('base'), { id: 'a', start }], maxRestarts: 5 });
      let failures = 0;
      supervisor.on('start-failed', () => {
        failures += 1;
        failing = failures < 3;
      });
      await supervisor.start();
      failing = true;
      stage.life('a').end();
      await sleep(1);
      expect([failures, supervisor.up]).toEqual([3, ['base', 'a']]);
      await supervisor.stop();
    }));

  it('too often makes the supervisor give up: all are stopped in reverse, and its end says why', () =>
    resultOf(async () => {
      const stage = new Stage();
      const children = [stage.spec('a'), stage.spec('b'), stage.spec('c')];
      const supervisor = new Supervisor({ children, maxRestarts: 2, withinMs: 100 });
      await supervisor.start();
      const error = new Error('crash');
      for (let crash = 0; crash < 2; crash += 1) {
        stage.life('b').fail(error);
        await sleep(60);
      }
      // The first is forgotten by now; two more are one too many.
      stage.life('b').fail(error);
      await sleep(1);
      expect(supervisor.up).toEqual(['a', 'c', 'b'].sort());
      stage.log.length = 0;
      stage.life('b').fail(error);
      await expect(supervisor.ended).rejects.toMatchObject({ code: 'restart-intensity', cause: error });
      expect(stage.log).toEqual(['stop c', 'down c', 'stop a', 'down a']);
      expect(supervisor.up).toEqual([]);
    }));

  it('during a shutdown is not restarted', () =>
    resultOf(async () => {
      const stage = new Stage();
      const supervisor = new Supervisor({ children: [stage.spec('a'), stage.spec('b', { stopMs: 20 })] });
      await supervisor.start();
      const stopping = supervisor.stop();
      stage.life('a').fail(new Error('crash'));
      await stopping;
      expect(stage.log).toEqual(['start a', 'start b', 'stop b', 'down b']);
    }));
});

it.each([
  [() => new Supervisor({ children: [new Stage().spec('a'), new Stage().spec('a')] })],
  [() => new Supervisor({ children: [new Stage().spec('')] })],
  [() => new Supervisor({ children: [{ id: 'a', start: undefined as never }] })],
  [() => new Supervisor({ children: [new Stage().spec('a', { restart: 'always' as never })] })],
  [() => new Supervisor({ children: [new Stage().spec('a', { shutdownMs: Infinity })] })],
  [() => new Supervisor({ children: [], strategy: 'one-for-all' as never })],
  [() => new Supervisor({ children: [], maxRestarts: -1 })],
  [() => new Supervisor({ children: [], withinMs: NaN })],
])('bad input gets a typed error: %s', (act) => {
  expect(act).toThrow(invalid);
});
