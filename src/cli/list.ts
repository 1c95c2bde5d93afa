import Table from 'cli-table3';
import { Threads } from '../check/threads.ts';
import { readCatalog } from './catalog.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** `heddle list`. */
export async function list(terminal: Terminal): Promise<number> {
  const threads = new Threads(1);
  try {
    const { scenarios, errors } = await readCatalog(threads);
    const table = new Table({
      head: ['scenario', 'ids', 'subjects', 'file'],
      style: { head: [], border: [], compact: true },
    });
    for (const { name, ids, subjects, file } of scenarios) {
      const expectations = subjects.map(
        (each) => `${each.name}: ${each.expect}${each.invariant === undefined ? '' : ` ${each.invariant}`}`,
      );
      table.push([name, ids.join(' '), expectations.join('\n'), file]);
    }
    terminal.line(table.toString());
    for (const { file, message } of errors) terminal.line(terminal.colors.red(`${file}: ${message}`));
    return errors.length > 0 ? EXIT_CODES.usage : EXIT_CODES.asExpected;
  } finally {
    await threads.end();
  }
}
