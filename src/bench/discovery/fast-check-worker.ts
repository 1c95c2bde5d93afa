import fc, { type Scheduler } from 'fast-check';
import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { register } from 'tsx/esm/api';
import type { CompanionFiles, Companions } from './companions.ts';
import type { Outcome } from './contestant.ts';
import { FastCheckMachine } from './fast-check-machine.ts';
import type { FastCheckAnswer, FastCheckJobs } from './fast-check-thread.ts';
import type { Program } from './program.ts';

// Nothing is intercepted in this thread: fast-check's scheduler stands on Node alone.

const loader = register({ namespace: 'heddle-bench' });

function load(file: string): Promise<unknown> {
  return loader.import(pathToFileURL(file).href, import.meta.url);
}

async function programsOf(file: string): Promise<readonly Program[]> {
  return ((await load(file)) as { programs: readonly Program[] }).programs;
}

async function companions({ programs, published }: CompanionFiles): Promise<Companions> {
  const figures = published === null ? {} : ((await load(published)) as Partial<Companions>);
  return {
    programs: programs === null ? [] : (await programsOf(programs)).map(({ name }) => name),
    published: figures.published ?? {},
    notes: figures.notes ?? {},
  };
}

/** What went wrong in one run: the name of an error, or that a task waits for ever; null when nothing did. */
async function runOnce(program: Program, scheduler: Scheduler): Promise<string | null> {
  const machine = new FastCheckMachine(scheduler);
  program.run(machine);
  await scheduler.waitIdle();
  if (machine.failure !== null) return machine.failure instanceof Error ? machine.failure.name : 'error';
  return machine.open > 0 ? 'deadlock' : null;
}

async function trial({ file, program: name, seed, cap }: FastCheckJobs['trial']['ask']): Promise<Outcome> {
  const program = (await programsOf(file)).find((each) => each.name === name)!;
  let schedules = 0;
  const failures: string[] = [];
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    schedules += 1;
    const failure = await runOnce(program, scheduler);
    if (failure !== null) failures.push(failure);
    return failure === null;
  });
  await fc.check(property, { seed, numRuns: cap, endOnFailure: true });
  const [wrong] = failures;
  if (wrong === undefined) return { kind: 'never', schedules };
  const bug = program.bug === 'assertion' ? 'AssertionFailed' : 'deadlock';
  return wrong === bug ? { kind: 'found', schedules } : { kind: 'other', schedules, what: wrong };
}

type Message = {
  readonly [K in keyof FastCheckJobs]: { readonly kind: K; readonly ask: FastCheckJobs[K]['ask'] };
}[keyof FastCheckJobs];

const port = parentPort!;
port.on('message', (message: Message) => {
  const answering = message.kind === 'companions' ? companions(message.ask) : trial(message.ask);
  answering.then(
    (answer) => {
      port.postMessage({ answer } satisfies FastCheckAnswer);
    },
    (error: unknown) => {
      port.postMessage({ error: error instanceof Error ? error.message : String(error) } satisfies FastCheckAnswer);
    },
  );
});
