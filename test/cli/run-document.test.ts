import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCounterexample } from '../../src/check/counterexample.ts';
import type { RunDocument } from '../../src/report/run-document.ts';
import { repository } from '../fixtures/repository.ts';
import { createProject, untimed } from './project.ts';
import { schemaErrors } from './schema.ts';

const project = createProject().copy('project');

/** A change to a valid document, and what must be said about it. */
const mistakes: readonly (readonly [what: string, change: (document: Wrongable) => void, complaint: RegExp])[] = [
  ['a field of the document that nobody knows', (d) => (d['extra'] = 1), /^ must NOT have additional properties/],
  ['another command', (d) => (d['command'] = 'bench'), /^\/command /],
  ['no seed', (d) => delete d['seed'], /^ must have required property 'seed'/],
  ['a number as seed', (d) => (d['seed'] = 7), /^\/seed /],
  ['a negative time', (d) => (d['elapsedMs'] = -1), /^\/elapsedMs /],
  ['a field of a result that nobody knows', (d) => (racy(d)['extra'] = 1), /^\/results\/1 must NOT have additional/],
  ['a result without its hash', (d) => delete racy(d)['traceHash'], /^\/results\/1 must have required.*traceHash/],
  ['a result without its warnings', (d) => delete racy(d)['warnings'], /^\/results\/1 must have required.*warnings/],
  ['a warning without words', (d) => (racy(d)['warnings'] = ['']), /^\/results\/1\/warnings\/0 /],
  ['a hash that is none', (d) => (racy(d)['traceHash'] = 'xyz'), /^\/results\/1\/traceHash /],
  ['an unknown expectation', (d) => (racy(d)['expect'] = 'pass'), /^\/results\/1\/expect /],
  ['an unknown verdict', (d) => (racy(d)['verdict'] = { kind: 'bad' }), /^\/results\/1\/verdict\/kind /],
  ['a violation of nothing', (d) => (racy(d)['verdict'] = { kind: 'violation' }), /verdict must have.*invariant/],
  [
    'a subject that holds and violates',
    (d) => (racy(d)['verdict'] = { kind: 'holds', invariant: 'x' }),
    /^\/results\/1\/verdict\/invariant /,
  ],
  ['half a run', (d) => (racy(d)['runs'] = 0.5), /^\/results\/1\/runs /],
  ['a failing run without counterexample', (d) => (racy(d)['counterexample'] = null), /firstFailingRun must be null/],
  ['a token of nobody', (d) => (found(d)['token'] = 'abc'), /^\/results\/1\/counterexample\/token /],
  ['a token without its size', (d) => (found(d)['operations'] = null), /counterexample\/operations must be integer/],
  ['a size before that is no size', (d) => (found(d)['before'] = {}), /before must have required property/],
  ['a summary with a gap', (d) => delete (d['summary'] as Wrongable)['held'], /^\/summary must have required/],
];

type Wrongable = Record<string, unknown>;
const racy = (document: Wrongable): Wrongable => (document['results'] as Wrongable[])[1]!;
const found = (document: Wrongable): Wrongable => racy(document)['counterexample'] as Wrongable;

describe('the document of heddle run --json', async () => {
  const { code, document, stderr } = await project.run('--seed', '7', '--runs', '60', '--workers', '1');

  it('keeps to its schema, alone on standard output', () => {
    expect(schemaErrors(document)).toEqual([]);
    expect(code).toBe(0);
    expect(stderr).toContain('heddle replay');
  });

  it('says what was found', () => {
    expect(document).toMatchObject({
      command: 'run',
      seed: '7',
      node: process.version,
      interrupted: false,
      errors: [],
      summary: { held: 1, caught: 1, judged: 1, unexpected: 0, inconclusive: 0 },
    });
    const [atomic, racyResult] = document.results;
    expect(atomic).toMatchObject({ ids: ['T1'], runs: 60, verdict: { kind: 'holds' }, asExpected: true });
    expect(racyResult).toMatchObject({ subject: 'racy', expect: 'fail', asExpected: true });
    expect(racyResult!.runs).toBe(racyResult!.firstFailingRun! + 1);
    expect(racyResult!.counterexample).toMatchObject({ operations: 2, tasks: 2, faults: 0 });
  });

  it('names files that are there', () => {
    const files = document.results.flatMap(({ counterexample }) => counterexample?.file ?? []);
    expect(files).toHaveLength(2);
    for (const file of files) expect(project.has(file)).toBe(true);
  });

  it.each(mistakes)('is refused with %s', (_what, change, complaint) => {
    const wrong = structuredClone(document) as unknown as Wrongable;
    change(wrong);
    expect(schemaErrors(wrong).join('\n')).toMatch(new RegExp(complaint, 'm'));
  });

  it('written to a file is the same, apart from times', async () => {
    await project.heddle('run', '--seed', '7', '--runs', '60', '--json', 'out/of/sight/results.json');
    const written = JSON.parse(project.read('out/of/sight/results.json')) as RunDocument;
    expect(schemaErrors(written)).toEqual([]);
    expect(untimed(written)).toEqual(untimed(document));
  });
});

const samples = readdirSync(join(repository, 'reports'), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.startsWith('sample/') && name.endsWith('.json'));

describe('the committed sample of reports', () => {
  it.each(samples)('%s can be read', async (name) => {
    const path = join(repository, 'reports', name);
    const document = JSON.parse(readFileSync(path, 'utf8')) as { command?: string };
    if (document.command === 'run') expect(schemaErrors(document)).toEqual([]);
    else await expect(readCounterexample(path)).resolves.toHaveProperty('campaign.seed');
  });
});
