import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { VERSION } from '../../check/version.ts';
import { HeddleError } from '../../kernel/errors.ts';
import { analysed, geometricMeans, isOf, type MeasuredCell } from './analysis.ts';
import { discoverySchema, type DiscoveryDocument, type DiscoveryProgram } from './document.ts';

/** What of a document was measured or looked up; everything else in it follows. */
export interface Measurement {
  readonly cap: number;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  readonly programs: readonly DiscoveryProgram[];
  readonly cells: readonly MeasuredCell[];
}

/** Dependencies are pinned: the manifest's figure is the version that runs. */
const { dependencies } = createRequire(import.meta.url)('heddle/package.json') as {
  dependencies: { 'fast-check': string };
};

/** With means, intervals, tests and geometric means. */
export function documentOf({ cap, elapsedMs, interrupted, programs, cells }: Measurement): DiscoveryDocument {
  return {
    heddle: VERSION,
    command: 'bench discovery',
    node: process.version,
    'fast-check': dependencies['fast-check'],
    cap,
    elapsedMs,
    interrupted,
    programs: [...programs],
    cells: cells.map((cell) => analysed(cell, programs, cap)),
    geometricMeans: geometricMeans(programs, cells, cap),
  };
}

/** Reads what `--json` wrote. */
async function readDocument(path: string): Promise<DiscoveryDocument> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw notADocument(path, 'nothing that can be read', cause);
  }
  try {
    return discoverySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw notADocument(path, 'something else', cause);
  }
}

function notADocument(path: string, received: string, cause: unknown): HeddleError {
  return new HeddleError(
    {
      code: 'NO_DISCOVERY_DOCUMENT',
      expected: `${path} to be a file that \`heddle bench discovery --json\` wrote`,
      received,
      next: 'Pass such files to --merge.',
    },
    { cause },
  );
}

const CONDITIONS = ['heddle', 'node', 'fast-check', 'cap'] as const;

/**
 * The documents of several parts as one. A cell that is in more than one is taken from the last.
 *
 * @throws HeddleError with code `NO_DISCOVERY_DOCUMENT`, or `OTHER_CONDITIONS` where they cannot be compared.
 */
export async function mergedDocument(paths: readonly string[]): Promise<DiscoveryDocument> {
  const documents = await Promise.all(paths.map(readDocument));
  const first = documents[0]!;
  for (const [i, document] of documents.entries()) {
    const other = CONDITIONS.find((condition) => document[condition] !== first[condition]);
    if (other === undefined) continue;
    throw new HeddleError({
      code: 'OTHER_CONDITIONS',
      expected: `${paths[i]!} to be measured with ${other} ${String(first[other])}, as ${paths[0]!} was`,
      received: String(document[other]),
      next: 'Measure that part again.',
    });
  }
  const programs: DiscoveryProgram[] = [];
  const cells: MeasuredCell[] = [];
  for (const document of documents) {
    for (const program of document.programs) put(programs, program, (each) => isOf(each, program));
    for (const cell of document.cells) put(cells, cell, (each) => isOf(each, cell) && each.strategy === cell.strategy);
  }
  return {
    ...documentOf({
      cap: first.cap,
      elapsedMs: documents.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
      interrupted: documents.some(({ interrupted }) => interrupted),
      programs,
      cells,
    }),
    heddle: first.heddle,
    node: first.node,
    'fast-check': first['fast-check'],
  };
}

function put<T>(list: T[], item: T, isSame: (each: T) => boolean): void {
  const at = list.findIndex(isSame);
  if (at === -1) list.push(item);
  else list[at] = item;
}
