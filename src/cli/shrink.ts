import { dirname } from 'node:path';
import { readCounterexample, writeCounterexample } from '../check/counterexample.ts';
import { Requirements } from '../check/requirements.ts';
import { Threads } from '../check/threads.ts';
import { HeddleError } from '../kernel/errors.ts';
import { readCatalog } from './catalog.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** `heddle shrink FILE`: shrinks a counterexample again from how it was found, and rewrites the file. */
export async function shrink(path: string, terminal: Terminal): Promise<number> {
  const counterexample = await readCounterexample(path);
  const { campaign, found } = counterexample;
  const threads = new Threads(1);
  const requirements = new Requirements(threads, process.env);
  try {
    const { scenarios } = await readCatalog(threads);
    const info = scenarios.find(({ name }) => name === campaign.scenario);
    if (info === undefined) {
      throw new HeddleError({
        code: 'UNKNOWN_SCENARIO',
        expected: `scenario ${campaign.scenario} here`,
        received: 'none of that name',
        next: 'Run heddle in the folder that has it.',
      });
    }
    if (found.hung === true) {
      terminal.line('a run that hangs cannot be shrunk: every candidate would hang, too');
      return EXIT_CODES.inconclusive;
    }
    const lacking = await requirements.lacking(info.requires);
    if (lacking !== null) {
      terminal.line(`${info.name} cannot be run here: ${lacking}`);
      return EXIT_CODES.inconclusive;
    }
    const shrunk = await threads.do('shrink', { file: info.file, campaign, found });
    if (shrunk === null) {
      terminal.line(`${path} does not fail any more in the way it was recorded: the code has changed since`);
      return EXIT_CODES.unexpected;
    }
    const written = await writeCounterexample(dirname(path), { campaign, file: info.file, found, shrunk });
    const { before } = shrunk;
    terminal.line(
      `${written}: ${String(before.operations)} operations and ${String(before.choices)} choices became ${String(shrunk.operations)} and ${String(shrunk.choices)}, in ${String(shrunk.shrinkRuns)} runs`,
    );
    return EXIT_CODES.asExpected;
  } finally {
    await Promise.all([threads.end(), requirements.release()]);
  }
}
