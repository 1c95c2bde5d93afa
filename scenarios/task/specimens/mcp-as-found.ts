/** Seed 004, W10: "Unsafe type casting could cause runtime errors." The document prints no line of it, and no fix. */
import type { TaskManager } from './as-found.ts';
import type { Task } from './document-model.ts';

interface ToolResult {
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
  readonly isError?: boolean;
  readonly structuredContent?: unknown;
}

const UNKNOWN = { error: { code: 'unknown-tool' } };

// completed: but for the casts, which are what the document complains of
export class McpAdapter {
  private readonly manager: TaskManager;

  constructor(manager: TaskManager) {
    this.manager = manager;
  }

  async call(params: unknown): Promise<ToolResult> {
    const request = params as { name: string; arguments: Record<string, unknown> };
    switch (request.name) {
      case 'DelegateTask': {
        const { id, payload } = request.arguments as { id: string; payload: string };
        const task: Task = { id, prompt: payload.trim(), status: 'queued', progress: '' };
        return answer(await this.manager.delegate(task));
      }
      case 'TaskStatus': {
        const { id } = request.arguments as { id: string };
        return answer(await this.manager.getStatus(id));
      }
      case 'CancelTask': {
        const { id } = request.arguments as { id: string };
        return answer(await this.manager.updateTask(id, () => ({ status: 'cancelled' })));
      }
      default:
        return { ...answer(`Unknown tool: ${request.name}`), isError: true, structuredContent: UNKNOWN };
    }
  }
}

function answer(result: unknown): ToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(result) }] };
}
