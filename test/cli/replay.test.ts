import { copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/report/run-document.ts';
import { createProject, type Output } from './project.ts';

const home = createProject().copy('project');
const { document } = await home.run('--seed', '7', '--runs', '60');

function tokenOf(subject: string, from: RunDocument = document): string {
  return from.results.find((result) => result.subject === subject)!.counterexample!.token!;
}

function fileOf(subject: string): string {
  return document.results.find((result) => result.subject === subject)!.counterexample!.file;
}

interface ReplayDocument {
  readonly verdict: { readonly kind: string; readonly invariant?: string };
  readonly hash: string;
  readonly drift: number;
  readonly asRecorded: boolean | null;
}

const replayed = ({ stdout }: Output): ReplayDocument => JSON.parse(stdout) as ReplayDocument;

describe.concurrent('a token', () => {
  it('replays to the same verdict and the same trace in a new process', async () => {
    for (const subject of ['racy', 'till']) {
      const { code, stdout } = await home.heddle('replay', tokenOf(subject));
      expect(stdout).toContain('replayed: the same verdict, the same trace');
      expect(stdout).toMatch(/✗ violation no(LostUpdate|Overspend) in turn \d+/);
      expect(code).toBe(0);
    }
  });

  it('replays on another machine, where the scenario lies in another file', async () => {
    const away = createProject();
    away.write('src/counter.ts', home.read('src/counter.ts'));
    away.write('scenarios/deep/in/elsewhere.ts', home.read('scenarios/counter.ts').replace('../src', '../../../src'));
    const { code, stdout } = await away.heddle('replay', tokenOf('racy'), '--json', '-');
    expect(JSON.parse(stdout)).toMatchObject({ asRecorded: true, drift: 0, verdict: { invariant: 'noLostUpdate' } });
    expect(code).toBe(0);
  });

  it('is refused when it is cut off, changed, foreign, or no token at all', async () => {
    const token = tokenOf('racy');
    const [prefix, checksum, text] = token.split('.') as [string, string, string];
    const cases: [string, RegExp][] = [
      [token.slice(0, -5), /intact replay token.*Copy the whole token again/],
      [token.slice(0, 20), /intact replay token|begins with heddle1/],
      [`${prefix}.${checksum}.${text.replace('W', 'X')}`, /checksum that does not match/],
      [`heddle9.${checksum}.${text}`, /with the version of heddle that printed it/],
      ['c29tZXRoaW5n', /a replay token that begins with heddle1/],
    ];
    for (const [broken, words] of cases) {
      const { code, stdout, stderr } = await home.heddle('replay', broken);
      expect(stderr).toMatch(/^heddle: expected .+, received .+\. .+\.\n$/);
      expect(stderr).toMatch(words);
      expect([code, stdout]).toEqual([2, '']);
    }
  });
});

describe.concurrent('a counterexample file', () => {
  it('replays from a copy elsewhere', async () => {
    const path = home.path('copied to/elsewhere.json');
    home.write('copied to/note.txt', '');
    copyFileSync(home.path(fileOf('racy')), path);
    const { code, stdout } = await home.heddle('replay', path, '--json', '-');
    expect(JSON.parse(stdout)).toMatchObject({ command: 'replay', asRecorded: true, verdict: { kind: 'violation' } });
    expect(code).toBe(0);
  });

  it('whose token was edited is refused', async () => {
    const edited = JSON.parse(home.read(fileOf('racy'))) as { token: string };
    edited.token = `${edited.token.slice(0, -1)}_`;
    home.write('edited.json', JSON.stringify(edited));
    const { code, stderr } = await home.heddle('replay', 'edited.json');
    expect(stderr).toContain('a document with missing or damaged parts');
    expect(code).toBe(2);
  });

  it('is shrunk again to the same, in place', async () => {
    home.write('again.json', home.read(fileOf('till')));
    const { code, stdout } = await home.heddle('shrink', 'again.json');
    expect(stdout).toMatch(/\d+ operations and \d+ choices became 2 and 0/);
    expect(code).toBe(0);
    const { code: replayCode } = await home.heddle('replay', 'again.json');
    expect(replayCode).toBe(0);
  });
});

describe.concurrent('a run by its seed and index', () => {
  it('fails again as it did', async () => {
    const index = document.results.find(({ subject }) => subject === 'racy')!.firstFailingRun!;
    const args = ['counter/no-lost-update@racy', '--seed', '7', '--run', String(index)];
    const { code, stdout } = await home.heddle('replay', ...args);
    expect(stdout).toContain('✗ violation noLostUpdate');
    expect(code).toBe(1);
  });

  it('that holds says so, with its trace when asked', async () => {
    const args = ['counter/no-lost-update@atomic', '--seed', '7', '--run', '40'];
    const [quiet, told] = await Promise.all([
      home.heddle('replay', ...args),
      home.heddle('replay', ...args, '--trace'),
    ]);
    expect(quiet.stdout).toContain('✓ holds');
    expect(quiet.stdout).not.toContain('start main');
    expect(told.stdout).toContain('start main');
    expect([quiet.code, told.code]).toEqual([0, 0]);
  });

  it('recomputes what its strategy had learnt', async () => {
    // Run 100 lies in the third round: its change points follow from the lengths of runs 0 to 63.
    const args = ['till/no-overspend@till', '--seed', '3', '--run', '100', '--strategy', 'pct3', '--json', '-'];
    const [one, three] = await Promise.all([
      home.heddle('replay', ...args, '--workers', '1'),
      home.heddle('replay', ...args, '--workers', '3'),
    ]);
    expect(replayed(one).hash).toMatch(/^[0-9a-f]{16}$/);
    expect(replayed(three)).toEqual(replayed(one));
  });
});

describe('a counterexample of code that has changed since', () => {
  const changed = createProject().copy('project');
  const replay = (subject: string): Promise<Output> => changed.heddle('replay', tokenOf(subject));

  it('that was mended does not fail any more, and it is said', async () => {
    const source = home.read('src/counter.ts');
    changed.write('src/counter.ts', source.replace('this.value = seen + 1', 'this.value += seen - seen + 1'));
    const { code, stdout } = await replay('racy');
    expect(stdout).toContain('✓ holds');
    expect(stdout).toContain('recorded violation noLostUpdate, now holds: the code has changed since');
    expect(code).toBe(1);
  });

  it('that does one thing more is followed as closely as possible, and the drift is told', async () => {
    const source = home.read('src/counter.ts');
    changed.write('src/counter.ts', source.replace('const seen', 'await save();\n    const seen'));
    const { code, stdout } = await replay('racy');
    expect(stdout).toContain('✗ violation noLostUpdate');
    expect(stdout).toContain('the same verdict by another way (drift)');
    expect(code).toBe(1);
  });

  it('whose events were renamed tells how many choices found no place', async () => {
    const ordered = createProject().copy('ordered');
    const { document: found } = await ordered.run('--seed', '1', '--runs', '200');
    const { token, choices } = found.results[0]!.counterexample!;
    expect(choices).toBeGreaterThan(0);
    ordered.write('scenarios/ordered.ts', ordered.read('scenarios/ordered.ts').replaceAll("'fetch'", "'load'"));
    const { code, stdout } = await ordered.heddle('replay', token!, '--json', '-');
    expect(replayed({ code, stdout, stderr: '' })).toMatchObject({ drift: choices, asRecorded: false });
    const told = await ordered.heddle('replay', token!);
    expect(told.stdout).toContain(`${String(choices)} of its choices found no place`);
    expect([code, told.code]).toEqual([1, 1]);
  });
});
