import { fail, fc, hold, scenario, sometimes, type Invariant, type Sim } from 'heddle';
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

const tool = fc.constantFrom('DelegateTask', 'TaskStatus', 'CancelTask', 'ListTasks');
const id = fc.constantFrom('a', 'b', '', '\uD800');

/** Calls as a model makes them: right, nearly right, and anything at all. */
const params = fc.oneof(
  fc.record({ name: tool, arguments: fc.record({ id, payload: fc.constant('work') }) }),
  fc.record({ name: tool, arguments: fc.record({ id }) }),
  fc.record({ name: tool, arguments: fc.anything() }),
  fc.anything(),
);

/** A call is answered with a result, and one that says that it is an error says which. */
const typedAnswer: Invariant = {
  name: 'typedAnswer',
  watch: () => ({
    ended: ({ outcome }) => {
      if (outcome.kind !== 'returned') return `the adapter threw ${String((outcome as { error?: unknown }).error)}`;
      const { isError, structuredContent } = outcome.value as { isError?: boolean; structuredContent?: unknown };
      const { error } = (structuredContent ?? {}) as { error?: { code?: unknown } };
      return isError !== true || typeof error?.code === 'string' ? undefined : 'an error without a code';
    },
  }),
};

export default scenario<Adapter, unknown[]>({
  name: 'task/mcp-adapter',
  ids: ['W10'],
  about: 'arguments of a tool call are not what they are taken for, and the server dies of it',
  subjects: { ours: hold(ours), 'as-found': fail('typedAnswer', asFound) },
  workload: fc.array(params, { minLength: 1, maxLength: 5 }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, (call) => sim.attempt('call', call, () => subject.call(call)));
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    typedAnswer,
    sometimes('answered', ({ history: { operations } }) =>
      operations.some(({ outcome }) => outcome.kind === 'returned' && JSON.stringify(outcome.value).includes('queued')),
    ),
  ],
  runs: 500,
});
