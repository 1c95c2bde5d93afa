import { always, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { emitCustom } from 'heddle/systems';
import * as documented from './specimens/as-documented.ts';
import * as found from './specimens/as-found.ts';

/** What the caller of `emit_custom` learns, as far as it learns it. */
interface Learned {
  ok: boolean;
  exception?: unknown;
  message?: string;
  stacktrace?: string | undefined;
  handlerArgs?: readonly unknown[];
}

type Emit = (handler: (...args: unknown[]) => unknown, args: unknown[]) => Promise<Learned>;

const ours: Emit = async (handler, args) => {
  const outcome = await emitCustom(handler, ...args);
  if (outcome.ok) return outcome;
  const { exception, message, stacktrace, handlerArgs } = outcome.error;
  return { ok: false, exception, message, stacktrace, handlerArgs };
};
const asFound: Emit = async (handler, args) => {
  const outcome = await found.emitCustom(handler, args);
  return outcome.ok ? outcome : { ok: false, message: outcome.error };
};
const asDocumented: Emit = async (handler, args) => {
  const outcome = await documented.emitCustom(handler, args);
  return outcome.ok ? outcome : { ok: false, ...outcome.error };
};

const thrown = {
  error: (): unknown => new TypeError('handler is broken'),
  text: (): unknown => 'handler is broken',
  nothing: (): unknown => undefined,
};

interface Emitting {
  fails: keyof typeof thrown | 'not';
  /** Before it waits for anything, or afterwards. */
  when: 'at once' | 'later';
}

export default scenario<Emit, Emitting[]>({
  name: 'events/emit-custom',
  ids: ['F12'],
  about: 'a handler of a custom event fails, and the caller does not learn what failed, where and with which arguments',
  subjects: {
    ours: hold(() => ours),
    'as-found': fail('completeContext', () => asFound),
    'as-documented': judge(() => asDocumented),
  },
  restsOn: {
    'as-found': 'that the message is all that was returned; that errors were swallowed is printed',
    'as-documented': 'that, as in Elixir, a rescue clause takes exceptions, and not what else can be thrown',
  },
  workload: fc.array(
    fc.record({
      fails: fc.constantFrom<Emitting['fails']>('not', 'error', 'text', 'nothing'),
      when: fc.constantFrom('at once', 'later'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ fails, when }, name) => {
      const exception = fails === 'not' ? null : { thrown: thrown[fails]() };
      const handler = (): unknown => {
        const end = (): void => {
          if (exception !== null) throw exception.thrown;
        };
        if (when === 'later') return sim.io('handle').then(end);
        end();
        return undefined;
      };
      await sim.attempt('emit', { fails, exception, args: [name, 7] }, () => subject(handler, [name, 7]));
    });
  },
  invariants: [
    always('completeContext', ({ history }) => {
      for (const { name, input, outcome } of history.operations) {
        const { fails, exception, args } = input as { fails: string; exception: { thrown: unknown }; args: unknown[] };
        if (outcome.kind === 'pending') continue;
        if (outcome.kind === 'threw') return `${name} (fails: ${fails}) threw ${String(outcome.error)} at its caller`;
        const learned = outcome.value as Learned;
        if (fails === 'not') {
          if (!learned.ok) return 'a handler that did not fail has failed';
          continue;
        }
        if (learned.ok) return `a handler failed (${fails}), and its caller was told it had not`;
        if (!('exception' in learned) || learned.exception !== exception.thrown) return 'what was thrown is lost';
        if (!learned.stacktrace?.includes('at ')) return 'the stack is lost';
        if (fails === 'error' && !learned.message?.includes('handler is broken')) return 'the message is lost';
        if (learned.handlerArgs?.join() !== args.join()) return 'the arguments are lost';
      }
      return true;
    }),
    sometimes('failedLater', ({ history }) =>
      history.operations.some(
        ({ input, outcome, endedTurn, invokedTurn }) =>
          outcome.kind !== 'pending' && endedTurn > invokedTurn && (input as Emitting).fails === 'error',
      ),
    ),
  ],
});
