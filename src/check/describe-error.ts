import { relative, sep } from 'node:path';
import { callSite, UNKNOWN_PLACE } from '../intercept/escapes.ts';

/** An error as one line: its name and message, and where it was made; or the thrown value. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${String(error)}`;
  const site = callSite(error.stack ?? '');
  const where = site === UNKNOWN_PLACE ? '' : ` (${relative(process.cwd(), site).split(sep).join('/')})`;
  return `${error.name}: ${error.message}${where}`;
}
