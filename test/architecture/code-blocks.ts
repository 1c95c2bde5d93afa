import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { repository } from '../fixtures/repository.ts';
import { textOf } from './sources.ts';

/** A fenced block of TypeScript in a document or a docstring. */
export interface CodeBlock {
  /** `file:line` of its first line. */
  readonly place: string;
  readonly code: string;
  /** Where it belongs in a project: what a first line such as `// src/till.ts` says; null where it says nothing. */
  readonly path: string | null;
  readonly isScenario: boolean;
}

const FENCED = /^([ \t]*(?:\* )?)```(?:ts|typescript)\b.*\n([\s\S]*?)^[ \t]*(?:\* )?```[ \t]*$/gm;

/** The blocks marked as `ts`, in order. */
export function codeBlocksOf(file: string): CodeBlock[] {
  const text = textOf(file);
  return [...text.matchAll(FENCED)].map((match) => {
    const [, margin, inner] = match as unknown as [string, string, string];
    const code = inner
      .split('\n')
      .map((line) => (margin.includes('*') ? line.replace(/^\s*\* ?/, '') : line.slice(margin.length)))
      .join('\n');
    const line = text.slice(0, match.index).split('\n').length + 1;
    const path = /^\/\/ ([\w./-]+\.ts)\n/.exec(code)?.[1] ?? null;
    return { place: `${file}:${String(line)}`, code, path, isScenario: /^export default scenario\(/m.test(code) };
  });
}

/** The block with what it uses of the file in whose docstring it stands: an example of a file need not import it. */
export function withOwnExports(file: string, block: CodeBlock): CodeBlock {
  const exported = [
    ...textOf(file).matchAll(/^export (?:async |abstract )?(?:class|function\*?|const|type|interface) (\w+)/gm),
  ];
  const names = exported
    .map((match) => match[1]!)
    .filter((name) => new RegExp(`\\b${name}\\b`).test(block.code) && !importsName(block.code, name));
  if (names.length === 0) return block;
  return {
    ...block,
    code: `import { ${names.join(', ')} } from ${JSON.stringify(join(repository, file))}; ${block.code}`,
  };
}

function importsName(code: string, name: string): boolean {
  return [...code.matchAll(/^import[^;]*from/gm)].some(([statement]) => new RegExp(`\\b${name}\\b`).test(statement));
}

/** Writes blocks into a project folder; returns their paths in it, block by block. */
export function writeBlocks(folder: string, blocks: readonly CodeBlock[]): string[] {
  return blocks.map(({ code, path, isScenario }, i) => {
    const name = path ?? `${isScenario ? 'scenarios' : 'blocks'}/block-${String(i + 1)}.ts`;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), code);
    return name;
  });
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  typeRoots: [join(repository, 'node_modules/@types')],
  strict: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
};

/** What the compiler has to say of files in a project folder: `path:line message`. */
export function typeErrors(folder: string, paths: readonly string[]): string[] {
  const program = ts.createProgram(
    paths.map((path) => join(folder, path)),
    OPTIONS,
  );
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const place =
      file === undefined
        ? ''
        : `${file.fileName.slice(folder.length + 1)}:${String(file.getLineAndCharacterOfPosition(start).line + 1)} `;
    return place + ts.flattenDiagnosticMessageText(messageText, '\n');
  });
}
