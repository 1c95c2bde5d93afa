import { parentPort, workerData } from 'node:worker_threads';
import { install } from '../intercept/install.ts';
import { HeddleError } from '../kernel/errors.ts';
import { setProvided } from '../scenario/requirement.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { explore, type Progress } from './explore.ts';
import { firstFailure } from './first-failure.ts';
import { auditJob, replayJob, rerunJob, shrinkJob } from './jobs.ts';
import { infoOf, loadScenarios, prepareStrategy } from './load.ts';
import { expectShortLives } from './short-lives.ts';
import type {
  AnswerMessage,
  CatalogEntry,
  JobKind,
  JobMessage,
  Jobs,
  ProvideMessage,
  TravellingError,
} from './protocol.ts';

// Before anything of the user's is loaded: what it captures at import time must be routed.
install();
expectShortLives();

const data = workerData as { progress: SharedArrayBuffer; provided: ReadonlyMap<string, unknown> };
const progress: Progress = { cells: new Int32Array(data.progress) };
for (const [name, value] of data.provided) setProvided(name, value);
const loaded = new Map<string, Promise<Scenario[]>>();

function load(file: string): Promise<Scenario[]> {
  let scenarios = loaded.get(file);
  if (scenarios === undefined) {
    scenarios = loadScenarios(file);
    loaded.set(file, scenarios);
  }
  return scenarios;
}

async function find(file: string, name: string): Promise<Scenario> {
  const scenario = (await load(file)).find((each) => each.name === name);
  if (scenario !== undefined) return scenario;
  throw new HeddleError({
    code: 'UNKNOWN_SCENARIO',
    expected: `scenario ${JSON.stringify(name)} in ${file}`,
    received: 'a file without it',
    next: 'Run `heddle list` to see what there is.',
  });
}

/** What is wrong with a file that does not load, on one line with its place. */
function loadError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = error.message.split('\n').filter((line) => line.trim() !== '');
  // Loaded files may have a copy of the package of their own: the name tells.
  return error.name === 'HeddleError' ? error.message : `${error.name}: ${lines.slice(0, 2).join(' ')}`;
}

const handlers: { [K in JobKind]: (ask: Jobs[K]['ask']) => Promise<Jobs[K]['answer']> } = {
  catalog: async ({ files }) => {
    const entries: CatalogEntry[] = [];
    for (const file of files) {
      try {
        entries.push({ file, scenarios: (await load(file)).map((scenario) => infoOf(scenario, file)) });
      } catch (error) {
        entries.push({ file, error: loadError(error) });
      }
    }
    return entries;
  },
  explore: async ({ file, chunk }) => explore(await find(file, chunk.campaign.scenario), chunk, progress),
  firstFailure: async ({ file, campaign }) => firstFailure(await find(file, campaign.scenario), campaign, progress),
  shrink: async ({ file, campaign, found }) =>
    shrinkJob(await find(file, campaign.scenario), campaign, found, progress),
  audit: async ({ file, campaign, samples }) =>
    auditJob(await find(file, campaign.scenario), campaign, samples, progress),
  replay: async ({ file, scenario, subject, workload, schedule }) =>
    replayJob(await find(file, scenario), subject, workload, schedule, progress),
  rerun: async ({ file, campaign, index, knowledge }) =>
    rerunJob(await find(file, campaign.scenario), campaign, index, knowledge, progress),
};

function travelling(error: unknown): TravellingError {
  if (!(error instanceof Error)) return { message: String(error), stack: '', details: null };
  const { message, stack = '' } = error;
  if (!(error instanceof HeddleError)) return { message, stack, details: null };
  const { code, expected, received, next } = error;
  return { message, stack, details: { code, expected, received, next } };
}

/** The strategy of the campaign that a job is about. */
function strategyIn(ask: Jobs[JobKind]['ask']): string | undefined {
  if ('campaign' in ask) return ask.campaign.strategy;
  return 'chunk' in ask ? ask.chunk.campaign.strategy : undefined;
}

const port = parentPort!;
port.on('message', (message: JobMessage | ProvideMessage) => {
  if (message.kind === 'provide') {
    setProvided(message.ask.name, message.ask.value);
    return;
  }
  const { id, kind, ask } = message;
  const handle = handlers[kind] as (ask: unknown) => Promise<unknown>;
  prepareStrategy(strategyIn(ask))
    .then(() => handle(ask))
    .then(
      (answer) => {
        port.postMessage({ id, answer } satisfies AnswerMessage);
      },
      (error: unknown) => {
        port.postMessage({ id, error: travelling(error) } satisfies AnswerMessage);
      },
    );
});
