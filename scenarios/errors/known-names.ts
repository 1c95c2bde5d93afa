import { always, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { ERROR_CATEGORIES, FoundationError, RECOVERY_STRATEGIES } from 'heddle/systems';
import * as documented from './specimens/as-documented.ts';
import * as found from './specimens/as-found.ts';

/** An error as another process describes it. */
interface Report {
  category: string;
  recoveryStrategy: string | null;
}

interface Received {
  category: string;
  recoveryStrategy: string | null;
  /** Everything that one can read of the error, its causes included. */
  text: string;
}

/** Takes an error report in; may refuse it with an error. */
type Receive = (report: Report & { message: string }) => Received;

const ours: Receive = ({ message, ...report }) => {
  const described = { code: 'remote', expected: 'an answer', received: message, nextStep: 'ask again', ...report };
  const error = FoundationError.fromJSON(described);
  return { category: error.category, recoveryStrategy: error.recoveryStrategy, text: error.message };
};
const specimen =
  (newError: (reported: unknown) => found.FoundationError): Receive =>
  (report) => {
    const { category, recoveryStrategy, message } = newError(report);
    return { category, recoveryStrategy, text: message };
  };

/** The messages of an error and of what caused it. */
function textOf(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${textOf(error.cause)}` : String(error);
}

const known = ({ category, recoveryStrategy }: Report): boolean =>
  (ERROR_CATEGORIES as readonly string[]).includes(category) &&
  (recoveryStrategy === null || (RECOVERY_STRATEGIES as readonly string[]).includes(recoveryStrategy));

export default scenario<Receive, Report[]>({
  name: 'errors/known-names',
  ids: ['F16'],
  about: 'an error arrives from another process with a category that has a typo, and nobody who recovers knows it',
  subjects: {
    ours: hold(() => ours),
    'as-found': fail('onlyKnownNames', () => specimen(found.newError)),
    'as-documented': judge(() => specimen(documented.newError)),
  },
  restsOn: {
    'as-found': 'that what another process reports is taken as it is',
    'as-documented': 'that what another process reports is taken as it is; that types are all of the fix is printed',
  },
  workload: fc.array(
    fc.record({
      category: fc.constantFrom(...ERROR_CATEGORIES, 'transiant', 'Transient', ''),
      recoveryStrategy: fc.constantFrom(...RECOVERY_STRATEGIES, null, 'circuit-break', 'toString'),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async (report, name) => {
      await sim.io('report');
      const message = `failure of ${name}`;
      await sim.attempt('receive', { ...report, message }, () => subject({ ...report, message }));
    });
  },
  invariants: [
    always('onlyKnownNames', ({ history }) => {
      for (const { outcome } of history.operations) {
        if (outcome.kind !== 'returned') continue;
        const { category, recoveryStrategy } = outcome.value as Received;
        if (!known({ category, recoveryStrategy })) return `received ${category}, ${String(recoveryStrategy)}`;
      }
      return true;
    }),
    always('knownNamesAreKept', ({ history }) => {
      for (const { input, outcome } of history.operations) {
        const report = input as Report;
        if (outcome.kind === 'pending' || !known(report)) continue;
        if (outcome.kind === 'threw') return `${report.category} was refused`;
        if ((outcome.value as Received).category !== report.category) return `${report.category} became another`;
      }
      return true;
    }),
    always('noSwallowedError', ({ history }) => {
      for (const { input, outcome } of history.operations) {
        if (outcome.kind === 'pending') continue;
        const text = outcome.kind === 'returned' ? (outcome.value as Received).text : textOf(outcome.error);
        const { message } = input as { message: string };
        if (!text.includes(message)) return `${message} cannot be found in ${JSON.stringify(text)}`;
      }
      return true;
    }),
    sometimes('unknownName', ({ history }) => history.operations.some(({ input }) => !known(input as Report))),
  ],
});
