import { fail, fc, hold, inputOf, scenario, sometimes, type Invariant, type Sim } from 'heddle';
import { McpAdapter, ReadyQueue, TaskManager } from 'heddle/systems';
import * as found from './specimens/as-found.ts';
import { Connection, Rows } from './specimens/database.ts';
import { repositoryOf, TaskQueue } from './specimens/document-model.ts';
import * as foundAdapter from './specimens/mcp-as-found.ts';

interface Adapter {
  call(params: unknown): Promise<unknown>;
  close(): Promise<void>;
}

function ours(sim: Sim): Adapter {
  const manager = new TaskManager({ repository: new Connection(sim, new Rows()), queue: new ReadyQueue() });
  const adapter = new McpAdapter(manager);
  return { call: (params) => adapter.call(params), close: () => manager.close() };
}

function asFound(sim: Sim): Adapter {
  const repository = repositoryOf(new Connection(sim, new Rows()));
  const adapter = new foundAdapter.McpAdapter(new found.TaskManager(new TaskQueue(), repository));
  return { call: (params) => adapter.call(params), close: () => Promise.resolve() };
}

/** A mutant of ours, made to show that the scenario sees it: what it cannot do is answered with nothing. */
function shrugs(sim: Sim): Adapter {
  const adapter = ours(sim);
  return {
    call: async (params) => {
      const answer = (await adapter.call(params)) as { readonly isError: boolean };
      return answer.isError ? {} : answer;
    },
    close: () => adapter.close(),
  };
}

const tool = fc.constantFrom('DelegateTask', 'TaskStatus', 'CancelTask', 'ListTasks');
const id = fc.constantFrom('a', 'b', '', '\uD800');

/** Calls as a model makes them: right, nearly right, and anything at all. */
const params = fc.oneof(
  fc.record({ name: tool, arguments: fc.record({ id, payload: fc.constant('work') }) }),
  fc.record({ name: tool, arguments: fc.record({ id }) }),
  fc.record({ name: tool, arguments: fc.anything() }),
  fc.anything(),
);

/** Whether its types are wrong, whatever the adapter: no tool of that name, or not what the tool needs. */
function isMalformed(params: unknown): boolean {
  const { name, arguments: given } = Object(params) as { name?: unknown; arguments?: unknown };
  const { id, payload } = Object(given) as { id?: unknown; payload?: unknown };
  if (name === 'ListTasks') return typeof (given ?? {}) !== 'object';
  if (name === 'DelegateTask') return typeof id !== 'string' || typeof payload !== 'string';
  return !['TaskStatus', 'CancelTask'].includes(name as string) || typeof id !== 'string';
}

/** A call is answered with a result; one that says that it is an error says which; a malformed one is one. */
const typedAnswer: Invariant = {
  name: 'typedAnswer',
  watch: () => ({
    ended: (operation) => {
      const { outcome } = operation;
      if (outcome.kind !== 'returned') return `the adapter threw ${String((outcome as { error?: unknown }).error)}`;
      const { isError, structuredContent } = Object(outcome.value) as {
        isError?: boolean;
        structuredContent?: unknown;
      };
      const { error } = Object(structuredContent) as { error?: { code?: unknown } };
      if (isError === true && typeof error?.code !== 'string') return 'an error without a code';
      const { params } = inputOf(operation);
      if (isError === true || !isMalformed(params)) return undefined;
      return `no error for the malformed call ${JSON.stringify(params)}`;
    },
  }),
};

export default scenario<Adapter, unknown[]>({
  name: 'task/mcp-adapter',
  ids: ['W10'],
  about: 'arguments of a tool call are not what they are taken for, and the server dies of it',
  restsOn: { 'as-found': 'the casts, which are described in words' },
  subjects: {
    ours: hold(ours),
    'as-found': fail('typedAnswer', asFound),
    shrugs: fail('typedAnswer', shrugs),
  },
  workload: fc.array(params, { minLength: 1, maxLength: 5 }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, (call) => sim.attempt('call', { params: call }, () => subject.call(call)));
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    typedAnswer,
    sometimes('malformed', ({ history: { operations } }) =>
      operations.some((each) => isMalformed(inputOf(each)['params'])),
    ),
    sometimes('answered', ({ history: { operations } }) =>
      operations.some(({ outcome }) => outcome.kind === 'returned' && JSON.stringify(outcome.value).includes('queued')),
    ),
  ],
  runs: 500,
});
