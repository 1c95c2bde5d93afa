import { z } from 'zod';
import { isStorable, LONGEST_ID, LONGEST_TEXT, MOST_DEPENDENCIES } from './task-arguments.ts';
import { reasonOf } from '../errors/reason.ts';
import { TaskError, type TaskErrorCode } from './task-error.ts';
import type { TaskManager } from './task-manager.ts';
import type { Task } from './task.ts';

/** The tools that there are. */
export type ToolName = 'DelegateTask' | 'TaskStatus' | 'CancelTask' | 'ListTasks';

/** Why a tool call was refused: the manager's codes, and the adapter's own. */
export type ToolErrorCode = TaskErrorCode | 'malformed-call' | 'unknown-tool' | 'malformed-answer' | 'internal';

/** The result of a tool call, in the form of the Model Context Protocol. */
export interface ToolResult {
  readonly content: readonly [{ readonly type: 'text'; readonly text: string }];
  /** The same as `content`, for programs. */
  readonly structuredContent: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}

/** What {@link McpAdapter.describe} tells of a tool. */
export interface ToolDescription {
  readonly name: ToolName;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema: Readonly<Record<string, unknown>>;
}

const unstorable = { error: 'must not contain NUL or lone surrogates' };
const id = z.string().min(1).max(LONGEST_ID).refine(isStorable, unstorable);
const text = z.string().max(LONGEST_TEXT).refine(isStorable, unstorable);
const status = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']);

/** What a tool shows of a task. */
const taskView = z.strictObject({
  id,
  status,
  payload: text,
  dependsOn: z.array(id),
  attempt: z.int().nonnegative(),
  outcome: text.nullable(),
  progress: text,
});

/** What each tool is given and what it answers. */
const TOOLS = {
  DelegateTask: {
    input: z.strictObject({ id, payload: text, dependsOn: z.array(id).max(MOST_DEPENDENCIES).optional() }),
    output: z.strictObject({ task: taskView }),
  },
  TaskStatus: { input: z.strictObject({ id }), output: z.strictObject({ task: taskView }) },
  CancelTask: {
    input: z.strictObject({ id, reason: text.optional() }),
    output: z.strictObject({ task: taskView }),
  },
  ListTasks: {
    input: z.strictObject({
      limit: z.int().min(1).max(1_000).optional(),
      status: status.optional(),
      after: id.optional(),
    }),
    output: z.strictObject({ tasks: z.array(taskView) }),
  },
} as const satisfies Record<ToolName, { input: z.ZodType; output: z.ZodType }>;

const toolCall = z.object({ name: z.string(), arguments: z.unknown().optional() });

const DESCRIPTIONS: Readonly<Record<ToolName, string>> = {
  DelegateTask: 'Delegates a task. The same call again returns the task that there is.',
  TaskStatus: 'Tells where a task stands.',
  CancelTask: 'Cancels a task that has not finished.',
  ListTasks: 'Lists tasks in the order of their delegation, at most 100 unless `limit` says otherwise.',
};

// A message may quote what was sent.
const LONGEST_MESSAGE = 2_000;

const NAMES: readonly string[] = Object.keys(TOOLS);

/**
 * The task manager as tools of the Model Context Protocol.
 *
 * Arguments come from a language model and may be anything: they are validated before they are used, and answers are
 * validated before they are sent. Whatever is wrong, `call` resolves with a result whose `isError` is true and whose
 * `structuredContent.error.code` is one of {@link ToolErrorCode}. It never rejects.
 *
 * @example
 * ```ts
 * import { McpAdapter, type TaskManager } from 'heddle/systems';
 * export async function answer(manager: TaskManager, params: unknown): Promise<string> {
 *   const { content, isError } = await new McpAdapter(manager).call(params);
 *   return `${isError ? 'refused' : 'done'}: ${content[0].text}`;
 * }
 * ```
 */
export class McpAdapter {
  readonly #manager: TaskManager;

  constructor(manager: TaskManager) {
    this.#manager = manager;
  }

  /** The answer to `tools/list`. */
  describe(): ToolDescription[] {
    return (Object.keys(DESCRIPTIONS) as ToolName[]).map((name) => ({
      name,
      description: DESCRIPTIONS[name],
      inputSchema: z.toJSONSchema(TOOLS[name].input),
      outputSchema: z.toJSONSchema(TOOLS[name].output),
    }));
  }

  /** The answer to `tools/call`; `params` is `{ name, arguments }`, or anything else. Never rejects. */
  async call(params: unknown): Promise<ToolResult> {
    try {
      const { name, arguments: given } = checked('malformed-call', toolCall, params);
      const { schema, answer } = await this.#answer(name, given);
      return result(checked('malformed-answer', schema, answer), false);
    } catch (error) {
      return refusal(error);
    }
  }

  async #answer(
    name: string,
    given: unknown,
  ): Promise<{ schema: z.ZodType<Record<string, unknown>>; answer: unknown }> {
    const tasks = this.#manager;
    switch (name) {
      case 'DelegateTask': {
        const { id, payload, dependsOn = [] } = checked('malformed-call', TOOLS[name].input, given);
        return { schema: TOOLS[name].output, answer: { task: view(await tasks.delegate({ id, payload, dependsOn })) } };
      }
      case 'TaskStatus': {
        const { id } = checked('malformed-call', TOOLS[name].input, given);
        return { schema: TOOLS[name].output, answer: { task: view(await tasks.status(id)) } };
      }
      case 'CancelTask': {
        const { id, reason } = checked('malformed-call', TOOLS[name].input, given);
        return { schema: TOOLS[name].output, answer: { task: view(await tasks.cancel(id, reason)) } };
      }
      case 'ListTasks': {
        const { limit = 100, ...filter } = checked('malformed-call', TOOLS[name].input, given ?? {});
        const found = await tasks.list({ limit, ...filter });
        return { schema: TOOLS[name].output, answer: { tasks: found.map(view) } };
      }
      default:
        throw new CallError('unknown-tool', `there is no tool of that name, only ${NAMES.join(', ')}`);
    }
  }
}

class CallError extends Error {
  readonly code: ToolErrorCode;

  constructor(code: ToolErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** `value` as `schema` describes it. @throws CallError with `code` */
function checked<T>(code: ToolErrorCode, schema: z.ZodType<T>, value: unknown): T {
  let parsed;
  try {
    parsed = schema.safeParse(value);
  } catch (error) {
    // Looking at a value can run its code: a getter, a proxy.
    throw new CallError(code, `the value cannot be read: ${reasonOf(error)}`);
  }
  if (parsed.success) return parsed.data;
  throw new CallError(code, z.prettifyError(parsed.error));
}

function view({ id, status, payload, dependsOn, attempt, outcome, progress }: Task): Record<string, unknown> {
  return { id, status, payload, dependsOn, attempt, outcome, progress };
}

function result(structuredContent: Record<string, unknown>, isError: boolean): ToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent, isError };
}

function refusal(error: unknown): ToolResult {
  const code: ToolErrorCode = error instanceof CallError || error instanceof TaskError ? error.code : 'internal';
  const message = error instanceof CallError || error instanceof TaskError ? error.message : reasonOf(error);
  return result({ error: { code, message: message.slice(0, LONGEST_MESSAGE) } }, true);
}
