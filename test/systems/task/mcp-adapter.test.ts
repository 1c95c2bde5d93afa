import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { McpAdapter, type Task, type TaskManager } from '../../../src/systems/index.ts';
import { openTasks } from './open-tasks.ts';

const CODES = [
  'malformed-call',
  'unknown-tool',
  'malformed-answer',
  'internal',
  'unknown-task',
  'unknown-dependency',
  'id-taken',
  'wrong-state',
];

function codeIn(content: Readonly<Record<string, unknown>>): unknown {
  return (content['error'] as { code: unknown }).code;
}

describe('the adapter', () => {
  it('delegates, tells, lists and cancels', async () => {
    const adapter = new McpAdapter((await openTasks()).manager);
    const delegated = await adapter.call({ name: 'DelegateTask', arguments: { id: 'a', payload: 'work' } });
    expect(delegated).toMatchObject({ isError: false, structuredContent: { task: { id: 'a', status: 'queued' } } });
    expect(JSON.parse(delegated.content[0].text)).toEqual(delegated.structuredContent);
    const told = await adapter.call({ name: 'TaskStatus', arguments: { id: 'a' } });
    expect(told.structuredContent).toEqual(delegated.structuredContent);
    const listed = await adapter.call({ name: 'ListTasks' });
    expect(listed.structuredContent).toMatchObject({ tasks: [{ id: 'a' }] });
    const cancelled = await adapter.call({ name: 'CancelTask', arguments: { id: 'a', reason: 'enough' } });
    expect(cancelled.structuredContent).toMatchObject({ task: { status: 'cancelled', outcome: 'enough' } });
  });

  it.each([
    [null, 'malformed-call'],
    [{ name: 'Nothing' }, 'unknown-tool'],
    [{ name: '__proto__', arguments: {} }, 'unknown-tool'],
    [{ name: 'TaskStatus' }, 'malformed-call'],
    [{ name: 'TaskStatus', arguments: { id: 'nobody' } }, 'unknown-task'],
    [{ name: 'TaskStatus', arguments: { id: 'a', more: 1 } }, 'malformed-call'],
    [{ name: 'DelegateTask', arguments: { id: 'a\uD800', payload: '' } }, 'malformed-call'],
    [{ name: 'DelegateTask', arguments: { id: 'a', payload: '', dependsOn: ['b'] } }, 'unknown-dependency'],
    [{ name: 'ListTasks', arguments: { limit: 1e9 } }, 'malformed-call'],
  ])('answers %j with %s', async (params, code) => {
    const adapter = new McpAdapter((await openTasks()).manager);
    const { isError, structuredContent } = await adapter.call(params);
    expect([isError, codeIn(structuredContent)]).toEqual([true, code]);
  });

  it('answers anything at all with a result of the protocol, and never rejects', async () => {
    const adapter = new McpAdapter((await openTasks()).manager);
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
    });
    const name = fc.constantFrom('DelegateTask', 'TaskStatus', 'CancelTask', 'ListTasks');
    const near = fc.record({ id: fc.oneof(fc.string({ unit: 'binary' }), anything), payload: anything });
    const params = fc.oneof(anything, fc.record({ name, arguments: fc.oneof(anything, near) }));
    await fc.assert(
      fc.asyncProperty(params, async (call) => {
        const { content, structuredContent, isError } = await adapter.call(call);
        expect(JSON.parse(content[0].text)).toEqual(JSON.parse(JSON.stringify(structuredContent)));
        if (isError) expect(CODES).toContain(codeIn(structuredContent));
      }),
      { numRuns: 2_000 },
    );
  });

  it('survives values that run code when they are looked at', async () => {
    const adapter = new McpAdapter((await openTasks()).manager);
    const thrower = (): never => {
      throw new Error('gotcha');
    };
    const hostile = [
      { name: 'TaskStatus', arguments: Object.defineProperty({}, 'id', { enumerable: true, get: thrower }) as unknown },
      Object.defineProperty({}, 'name', { get: thrower }),
      new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower }),
    ];
    for (const call of hostile) {
      const { isError, structuredContent } = await adapter.call(call);
      expect([isError, codeIn(structuredContent)]).toEqual([true, 'malformed-call']);
    }
  });

  it('sends no answer that its schema does not allow, and hides no crash of the manager', async () => {
    const broken: Partial<Task> = { id: 'a', status: 'lost' as Task['status'] };
    const manager = { status: () => Promise.resolve(broken), cancel: () => Promise.reject(new RangeError('bug')) };
    const adapter = new McpAdapter(manager as unknown as TaskManager);
    const answer = await adapter.call({ name: 'TaskStatus', arguments: { id: 'a' } });
    expect([answer.isError, codeIn(answer.structuredContent)]).toEqual([true, 'malformed-answer']);
    const bug = await adapter.call({ name: 'CancelTask', arguments: { id: 'a' } });
    expect(bug.structuredContent).toEqual({ error: { code: 'internal', message: 'RangeError: bug' } });
  });

  it('describes its tools', async () => {
    const tools = new McpAdapter((await openTasks()).manager).describe();
    expect(tools.map(({ name }) => name)).toEqual(['DelegateTask', 'TaskStatus', 'CancelTask', 'ListTasks']);
    for (const { inputSchema, outputSchema } of tools) {
      expect([inputSchema['type'], outputSchema['type']]).toEqual(['object', 'object']);
    }
  });
});
