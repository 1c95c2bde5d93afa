import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { HeddleError } from '../../kernel/errors.ts';
import type { DiscoveryDocument } from './document.ts';
import { discoveryTable, intervalTable, legend, type TextTable } from './table.ts';

const BEGIN = '<!-- discovery -->';
const END = '<!-- /discovery -->';

function markdown({ head: lines, rows }: TextTable): string {
  const head = lines.map((text) => text.replace('\n', ' '));
  const width = head.map((text, column) =>
    Math.max(3, ...[text, ...rows.map((row) => row[column]!)].map((each) => each.length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, i) => (i === 0 ? text.padEnd(width[i]!) : text.padStart(width[i]!))).join(' | ')} |`;
  const rule = `| ${width.map((n, i) => (i === 0 ? '-'.repeat(n) : `${'-'.repeat(n - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** Both tables with what the reader must know. */
export function discoveryMarkdown(document: DiscoveryDocument): string {
  const sentences = legend(document).map((sentence) => `- ${sentence}`);
  return [
    ...[sentences.join('\n'), markdown(discoveryTable(document))],
    ...['95 % confidence intervals of the means:', markdown(intervalTable(document))],
  ].join('\n\n');
}

/** Where the table goes in a text file; both marks must be there. */
interface Place {
  readonly before: string;
  readonly after: string;
}

async function placeIn(path: string): Promise<Place> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin !== -1 && end > begin) return { before: text.slice(0, begin + BEGIN.length), after: text.slice(end) };
  throw new HeddleError({
    code: 'NO_MARKS',
    expected: `${path} to have a line ${BEGIN} and, below it, a line ${END}`,
    received: text === '' ? 'no such file, or an empty one' : 'a file without them',
    next: 'Put both where the table is to be.',
  });
}

/**
 * Makes sure that there is a place for the table in `path`, before anything is measured.
 *
 * @throws HeddleError with code `NO_MARKS`.
 */
export async function assertMarks(path: string): Promise<void> {
  await placeIn(path);
}

/** Writes the tables between the marks of a Markdown file; what was there is replaced. */
export async function writeMarkdown(path: string, document: DiscoveryDocument): Promise<void> {
  const { before, after } = await placeIn(path);
  await writeFileAtomic(path, `${before}\n\n${discoveryMarkdown(document)}\n\n${after}`);
}
