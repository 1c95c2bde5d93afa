// Whatever order of events a real child shows, the device allows: it is among the orders of many random runs. Nothing
// is timed; each real child is waited for by its 'close'.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ChildScript } from '../../../src/devices/children/script.ts';
import { logOf } from './event-log.ts';
import { withChildren } from './world-children.ts';

interface Case {
  readonly about: string;
  /** For a real shell. */
  readonly shell: string;
  /** The same for the device. */
  readonly script: ChildScript;
  readonly stdio?: 'ignore';
  readonly listenTo?: readonly ('stdout' | 'stderr')[];
  /** What the parent does meanwhile. */
  readonly meanwhile?: (child: ChildProcess, log: string[]) => void;
}

const killAt =
  (event: string) =>
  (child: ChildProcess, log: string[]): void => {
    child.once(event, () => log.push(`kill ${child.kill('SIGTERM')} ${child.killed}`));
  };

const cases: Case[] = [
  { about: 'is silent', shell: 'exit 0', script: {} },
  {
    about: 'prints and fails',
    shell: 'printf a; printf b >&2; exit 3',
    script: { steps: [{ stdout: 'a' }, { stderr: 'b' }], exitCode: 3 },
  },
  { about: 'prints, and nobody reads', shell: 'printf a', script: { steps: [{ stdout: 'a' }] }, listenTo: [] },
  { about: 'has no pipes', shell: 'printf a', script: { steps: [{ stdout: 'a' }] }, stdio: 'ignore' },
  { about: 'is killed', shell: 'exec sleep 60', script: { exitCode: null }, meanwhile: killAt('spawn') },
  { about: 'is killed after its exit', shell: 'exit 5', script: { exitCode: 5 }, meanwhile: killAt('exit') },
  {
    about: 'leaves a process that holds its pipes',
    shell: '(sleep 0.1; printf late) & exit 0',
    script: { pipesHeldFor: [1, 200] },
  },
  {
    about: 'leaves one, and its pipes are destroyed',
    shell: 'sleep 0.2 & exit 0',
    script: { pipesHeldFor: 1_000 },
    meanwhile: (child) => {
      child.once('exit', () => {
        child.stdout!.destroy();
        child.stderr!.destroy();
      });
    },
  },
];

/** What a process left behind prints comes after the exit, which the device has no script for: not compared. */
const comparable = (log: readonly string[], { script }: Case): string =>
  log.filter((each) => script.pipesHeldFor === undefined || !each.endsWith('data')).join(', ');

async function real(each: Case): Promise<string> {
  const child = spawn('sh', ['-c', each.shell], { stdio: each.stdio ?? 'pipe' });
  const log = logOf(child, each.listenTo);
  each.meanwhile?.(child, log);
  await once(child, 'close');
  return comparable(log, each);
}

async function simulated(each: Case, seed: number): Promise<string> {
  let log: string[] = [];
  await withChildren(
    (children) => {
      const child = children.spawn('sh', [], { stdio: each.stdio ?? 'pipe' });
      log = logOf(child, each.listenTo);
      each.meanwhile?.(child, log);
    },
    { script: () => each.script, seed },
  );
  return comparable(log, each);
}

describe('a real child shows only orders that the device allows, when it', () => {
  it.each(cases)('$about', async (each) => {
    const allowed = new Set<string>();
    for (let seed = 0; seed < 400; seed += 1) allowed.add(await simulated(each, seed));
    const seen = new Set<string>();
    for (let i = 0; i < 12; i += 1) seen.add(await real(each));
    expect([...seen].filter((order) => !allowed.has(order))).toEqual([]);
    expect(seen.size).toBeGreaterThan(0);
  });

  it('cannot be started', async () => {
    const child = spawn('no-such-command-anywhere');
    const log = logOf(child);
    await once(child, 'error').catch(() => undefined);
    await once(child, 'close');
    let twin: string[] = [];
    await withChildren(
      (children) => {
        twin = logOf(children.spawn('no-such-command-anywhere'));
      },
      { script: () => undefined },
    );
    expect(twin).toEqual(log);
  });
});
