// What heddle finds in the systems of the source documents: one row for every id, and below it every scenario with its
// verdicts, the trace of a few turns and the line that replays it. Runs the whole hunt. Writes docs/findings.md.
//
//   npm run build && node tools/findings.mjs [seed]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discover } from '../dist/check/discover.js';
import { Threads } from '../dist/check/threads.js';
import { install } from '../dist/intercept/install.js';

/** The systems by their ids, in the order of the source documents. */
const SYSTEMS = {
  B1: 'budget manager: reserve',
  B2: 'budget manager: record usage',
  B3: 'budget manager: release',
  B4: 'budget manager and breaker',
  B5: 'circuit breaker',
  B6: 'lock manager',
  P1: 'budget ledger on PostgreSQL',
  P2: 'router',
  P3: 'escalation',
  F1: 'task supervisor, batch operations',
  F2: 'agent registry: indexes',
  F3: 'agent registry: monitors',
  F4: 'shared breaker store',
  F5: 'connection manager: never blocked',
  F6: 'agent registry: registration',
  F7: 'periodic services',
  F8: 'breaker service',
  F9: 'supervisor: child specs',
  F10: 'repository query',
  F11: 'connection manager: time-outs',
  F12: 'errors: cause and stack',
  F13: 'supervisor: shutdown order',
  F14: 'performance monitor',
  F15: 'event system',
  F16: 'errors: categories',
  F17: 'resource manager',
  C1: 'connection pool health checks',
  C2: 'job queue',
  C3: 'migrations',
  W1: 'worker pool',
  W2: 'task manager and repository',
  W3: 'output capture',
  W4: 'resource monitor',
  W5: 'task configuration',
  W6: 'time-outs',
  W7: 'process spawner',
  W8: 'recovery manager',
  W9: 'bootstrap',
  W10: 'MCP adapter',
};
/** The source documents, by the letter of their ids. */
const SEEDS = { B: '000', P: '001', F: '002', C: '003', W: '004' };
const SUBJECTS = ['as-found', 'as-documented', 'ours'];
/** A longer trace is replayed rather than read here. */
const TRACE_LINES = 45;

install();
const seed = process.argv[2] ?? '7';
const folder = mkdtempSync(join(tmpdir(), 'heddle-findings-'));
const json = join(folder, 'run.json');
const args = ['dist/cli/main.js', 'run', '--seed', seed, '--out', folder, '--json', json];
const env = { ...process.env, NO_COLOR: '1' };
const hunt = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 });
process.stderr.write(hunt.stderr);
const document = JSON.parse(readFileSync(json, 'utf8'));

const threads = new Threads(1);
const entries = await threads.do('catalog', { files: await discover(process.cwd()) });
await threads.end();
const infos = new Map(entries.flatMap(({ scenarios = [] }) => scenarios).map((info) => [info.name, info]));

/** The text of each counterexample as the run showed it, by `scenario@subject`. */
const shown = new Map();
for (const block of hunt.stdout.split(/^(?=── )/m)) {
  const [, title] = /^── (\S+)/.exec(block) ?? [];
  if (title === undefined) continue;
  const lines = block.split('\n');
  const end = lines.findIndex((line) => line.startsWith('  replay  '));
  shown.set(title, {
    body: lines.slice(1, end).filter((line) => !line.startsWith('  file ')),
    replay: lines[end].trim().replace(/^replay +/, ''),
  });
}

const fails = ({ verdict }) => verdict.kind !== 'holds' && verdict.kind !== 'exhausted';
const held = ({ verdict, runs }) =>
  verdict.message === undefined ? `held: ${runs} schedules` : verdict.message.replace('holds in', 'held:');
const said = (result) =>
  fails(result)
    ? `**${result.verdict.invariant}**${result.restsOn === null ? '' : ' (rests on a completed line)'}`
    : held(result);

/** One cell of the table: what a subject does in all scenarios of an id. */
function cell(results) {
  if (results.length === 0) return '–';
  const broken = results.filter(fails);
  const all = results.filter(({ verdict }) => verdict.kind === 'exhausted');
  const runs = results.filter((result) => !fails(result)).reduce((sum, result) => sum + result.runs, 0);
  const names = [
    ...new Set(broken.map(({ verdict, restsOn }) => `${verdict.invariant}${restsOn === null ? '' : '*'}`)),
  ];
  if (names.length > 0) return `violates ${names.join(', ')}`;
  const every = all.length === results.length ? 'all ' : '';
  return `held: ${every}${runs} schedules`;
}

const lines = [
  '# Findings',
  '',
  `Written by \`node tools/findings.mjs ${seed}\` with heddle ${document.heddle} on Node ${document.node}, seed ${seed}.`,
  '',
  'Each system was built three times: *as found* before its fix, *as documented* after it, and *ours*. A name in the table',
  'is an invariant that heddle breaks with the schedules below; an asterisk says that the counterexample rests on a line',
  'that the source document leaves out and we have completed. *Held* says how many schedules were tried, and *all* only',
  'where there are no others. A dash: the document prints no such version.',
  '',
  '| id | system | as found | as documented | ours |',
  '| --- | --- | --- | --- | --- |',
];
const of = (id, subject) => document.results.filter((result) => result.ids.includes(id) && result.subject === subject);
for (const [id, system] of Object.entries(SYSTEMS)) {
  lines.push(
    `| [${id}](#${id.toLowerCase()}) | ${system} | ${SUBJECTS.map((subject) => cell(of(id, subject))).join(' | ')} |`,
  );
}

const told = new Map();
for (const [id, system] of Object.entries(SYSTEMS)) {
  lines.push('', `## ${id}`, '', `${system[0].toUpperCase()}${system.slice(1)}.`);
  for (const info of [...infos.values()].filter(({ ids }) => ids.includes(id))) {
    lines.push('', `### ${id}: ${info.name}`, '', sentence(info.about), '');
    if (told.has(info.name)) {
      lines.push(`See [${told.get(info.name)}](#${anchor(`${told.get(info.name)}: ${info.name}`)}).`);
      continue;
    }
    told.set(info.name, id);
    const results = document.results.filter(({ scenario }) => scenario === info.name);
    for (const result of results) lines.push(`- ${result.subject}: ${said(result)}`);
    if (results.length === 0) lines.push('- skipped: see the run document');
    // The version that is declared finished is the one to show; where there is none, the one that was found.
    const telling = results.find((each) => fails(each) && each.subject === 'as-documented') ?? results.find(fails);
    for (const result of results.filter(fails)) {
      const { body, replay } = shown.get(`${info.name}@${result.subject}`);
      const full = result === telling && body.length <= TRACE_LINES;
      const text = full
        ? body.map((line) => line.trimEnd())
        : body.filter((line) => /^✗| {2}(matters|passes|rests)/.test(line));
      lines.push('', `${result.subject}:`, '', '```text', ...text, `  replay  ${replay}`, '```');
    }
  }
}
writeFileSync('docs/findings.md', `${lines.join('\n')}\n`);
writeReadme();
spawnSync('npx', ['prettier', '--write', '--log-level', 'warn', 'README.md']);
const missing = Object.keys(SYSTEMS).filter((id) => of(id, 'ours').length === 0);
if (missing.length > 0) process.stderr.write(`no scenario for ${missing.join(', ')}\n`);
process.exit(hunt.status === 0 && missing.length === 0 ? 0 : 1);

/** The same table, shorter, between two marks in the README. */
function writeReadme() {
  const rows = Object.entries(SYSTEMS).map(([id, system]) => {
    const scenarios = [...infos.values()].filter(({ ids }) => ids.includes(id)).length;
    const cells = SUBJECTS.map((subject) => cell(of(id, subject)));
    const link = `[${scenarios}](docs/findings.md#${id.toLowerCase()})`;
    return `| ${SEEDS[id[0]]} | ${id} | ${system} | ${link} | ${cells.join(' | ')} |`;
  });
  const head = [
    '| seed | row | system | scenarios | as found | as documented | ours |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  ];
  const readme = readFileSync('README.md', 'utf8');
  const table = ['<!-- findings -->', '', ...head, ...rows, '', '<!-- /findings -->'].join('\n');
  writeFileSync(
    'README.md',
    readme.replace(/<!-- findings -->[^]*<!-- \/findings -->/, () => table),
  );
}

function sentence(about) {
  const text = `${about.slice(0, 1).toUpperCase()}${about.slice(1)}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The anchor that Markdown gives to a heading. */
function anchor(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
