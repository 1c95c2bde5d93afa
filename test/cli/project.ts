// A project as a user has it: heddle in node_modules, a few scenario files, the command run in its folder.

import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { RunDocument } from '../../src/report/run-document.ts';
import { repository } from '../fixtures/repository.ts';

const command = join(repository, 'dist/cli/main.js');
const fixtures = join(repository, 'test/fixtures');

export interface Output {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is still running. */
export class Running {
  readonly #child: ChildProcess;
  readonly ended: Promise<Output>;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => {
        resolve({ code, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** Waits until `look` finds what it looks for; fails with the output when the command ends without it. */
  async until(look: (output: string) => boolean): Promise<void> {
    while (!look(this.#stdout + this.#stderr)) {
      if (this.#child.exitCode !== null) throw new Error(`ended too soon:\n${this.#stdout}\n${this.#stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  kill(signal: 'SIGINT' | 'SIGKILL'): Promise<Output> {
    this.#child.kill(signal);
    return this.ended;
  }
}

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'heddle-project-'));

  constructor(manifest: object) {
    mkdirSync(join(this.folder, 'node_modules'));
    symlinkSync(repository, join(this.folder, 'node_modules/heddle'), 'junction');
    this.write('package.json', JSON.stringify(manifest));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Copies a folder of test/fixtures into the project. */
  copy(fixture: string): this {
    cpSync(join(fixtures, fixture), this.folder, { recursive: true });
    return this;
  }

  write(name: string, text: string): this {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    return this;
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const { FORCE_COLOR: _, ...inherited } = process.env;
    const options = { cwd: this.folder, env: { ...inherited, ...env } };
    return new Running(spawn(process.execPath, [command, ...args], options));
  }

  /** Runs `heddle` with these arguments to its end. */
  heddle(...args: string[]): Promise<Output> {
    return this.start(args).ended;
  }

  /** Runs `heddle run … --json -` and reads what it writes. */
  async run(...args: string[]): Promise<Output & { readonly document: RunDocument }> {
    const output = await this.heddle('run', ...args, '--json', '-');
    return { ...output, document: documentOf(output) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function documentOf({ stdout, stderr }: Output): RunDocument {
  try {
    return JSON.parse(stdout) as RunDocument;
  } catch {
    throw new Error(`not a document:\n${stdout}\n${stderr}`);
  }
}

const projects: Project[] = [];

afterAll(() => {
  for (const project of projects) project.remove();
});

/** A new project; it is removed when the tests of the file are over. */
export function createProject(manifest: object = { type: 'module' }): Project {
  const project = new Project(manifest);
  projects.push(project);
  return project;
}

/** The document without what only clocks know. */
export function untimed(document: RunDocument): unknown {
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) => (key === 'elapsedMs' || key === 'shrinkMs' ? 0 : value)),
  );
}
