import { describe, expect, it } from 'vitest';
import * as sqlite from '../../src/devices/sqlite/index.ts';
import * as heddle from '../../src/index.ts';
import * as systems from '../../src/systems/index.ts';
import { files, importsOf, sources, textOf } from './sources.ts';

/** What each folder of src may import beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  intercept: ['kernel'],
  devices: ['kernel'],
  schedule: ['kernel'],
  invariant: ['kernel', 'intercept', 'devices', 'schedule'],
  scenario: ['kernel', 'intercept', 'devices', 'schedule', 'invariant'],
  check: ['kernel', 'intercept', 'devices', 'schedule', 'invariant', 'scenario'],
  report: ['kernel', 'schedule', 'invariant', 'scenario', 'check'],
  bench: ['kernel', 'intercept', 'schedule', 'invariant', 'scenario', 'check'],
  cli: ['kernel', 'schedule', 'invariant', 'scenario', 'check', 'report', 'bench'],
  systems: [],
};

const folderOf = (file: string): string => file.split('/')[1]!;
const isIndex = (file: string): boolean => file === 'src/index.ts';
const inFolders = (...names: string[]): string[] => sources.filter((file) => names.includes(folderOf(file)));

describe('imports', () => {
  it('are seen at all', () => {
    expect(sources.length).toBeGreaterThan(80);
    expect(importsOf('src/check/explore.ts')).toContain('src/kernel/event.ts');
    expect(importsOf('src/index.ts')).toContain('src/scenario/scenario.ts');
    expect(importsOf('src/systems/index.ts')).toContain('src/systems/lock/index.ts');
  });

  it('point one way: kernel, intercept, devices and schedule, invariant, scenario, check, report and bench, cli', () => {
    const wrong = sources
      .filter((file) => !isIndex(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith('src/'))
          .filter((target) => ![folderOf(file), ...(MAY_IMPORT[folderOf(file)] ?? [])].includes(folderOf(target)))
          .map((target) => `${file} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('of systems are of Node and of libraries that they name here', () => {
    const libraries = ['zod'];
    const foreign = inFolders('systems').flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('src/systems/') && !target.startsWith('node:'))
        .filter((target) => !libraries.includes(target)),
    );
    expect(foreign).toEqual([]);
  });

  it('know every folder of src', () => {
    const folders = new Set(sources.filter((file) => !isIndex(file)).map(folderOf));
    expect([...folders].filter((folder) => !(folder in MAY_IMPORT))).toEqual([]);
  });
});

describe('only the command line', () => {
  // Interception stands in the place of all this, for the code under test.
  const others = sources.filter((file) => !['cli', 'bench', 'intercept'].includes(folderOf(file)));
  const code = (file: string): string =>
    textOf(file)
      .replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
      .replace(/`[^`]*`|'[^'\n]*'/g, '');

  it.each([
    ['prints', /\bconsole\.(log|error|warn|info|debug)\(|process\.(stdout|stderr)\.write\(/],
    ['reads the environment', /process\.env\b|process\.argv\b/],
    ['ends the process', /process\.(exit\(|exitCode|abort\()/],
  ])('%s', (_what, pattern) => {
    expect(others.filter((file) => pattern.test(code(file)))).toEqual([]);
  });
});

describe('files', () => {
  it('of src stay under 350 lines', () => {
    const long = sources.filter((file) => textOf(file).split('\n').length > 350);
    expect(long).toEqual([]);
  });

  it('are named for what they hold', () => {
    const vague = /(^|\/)(utils?|helpers?|types|common|misc|shared|constants)(\.[a-z.]+)?$/;
    const own = files.filter((file) => !file.includes('/fixtures/'));
    const names = own.flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/')));
    expect([...new Set(names)].filter((name) => vague.test(name))).toEqual([]);
  });

  it('hold nothing that is left to do, left out or singled out', () => {
    // In two parts, so that this file does not hold them.
    const marks = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].map((mark) => new RegExp(`\\b${mark}\\b`));
    const singled = new RegExp(`\\b(it|test|describe|suite)(\\.\\w+)*\\.(only|skip|todo)\\(`);
    const text = files.filter((file) => /\.(ts|mjs|js|md|json|ya?ml)$/.test(file) && file !== 'package-lock.json');
    expect(text.filter((file) => marks.some((mark) => mark.test(textOf(file))))).toEqual([]);
    expect(files.filter((file) => /^test\/.*\.ts$/.test(file) && singled.test(textOf(file)))).toEqual([]);
  });
});

describe('the public API', () => {
  it('of heddle', () => {
    expect(Object.keys(heddle).sort()).toMatchInlineSnapshot(`
      [
        "HeddleError",
        "NetworkError",
        "TransportError",
        "afterBody",
        "always",
        "atRest",
        "checkLinearizable",
        "eventually",
        "fail",
        "fc",
        "hold",
        "inConflict",
        "inputOf",
        "judge",
        "linearizable",
        "models",
        "noDoubleGrant",
        "noLeakedTimers",
        "noOverspend",
        "noPartialMigration",
        "returnedObject",
        "scenario",
        "sometimes",
        "strategy",
      ]
    `);
  });

  it('of heddle/systems', () => {
    expect(Object.keys(systems).sort()).toMatchInlineSnapshot(`
      [
        "AgentRegistry",
        "BatchOperations",
        "BoundedMailbox",
        "BreakerError",
        "BreakerService",
        "BudgetError",
        "BudgetLedger",
        "BudgetManager",
        "CircuitBreaker",
        "ConnectionError",
        "ConnectionManager",
        "ConnectionPool",
        "DEFAULT_OUTPUT_BYTES",
        "ERROR_CATEGORIES",
        "EscalationDesk",
        "EventError",
        "EventPublisher",
        "EventSystem",
        "FencedResource",
        "FoundationError",
        "HandlerError",
        "JobQueue",
        "KeyedMutex",
        "LARGEST_AMOUNT",
        "LEDGER_SCHEMA",
        "LedgerError",
        "LockClient",
        "LockError",
        "LockManager",
        "McpAdapter",
        "MemoryBreakerStore",
        "MigrationError",
        "Migrator",
        "Mutex",
        "OutputCapture",
        "PLACES_PER_PRIORITY",
        "PerformanceMonitor",
        "PeriodicTimer",
        "PoolError",
        "ProcessSpawner",
        "Query",
        "QueueError",
        "RECENT_OPERATIONS",
        "RECOVERY_STRATEGIES",
        "RateLimiter",
        "ReadyQueue",
        "RecoveryManager",
        "RegistryError",
        "Repository",
        "RepositoryError",
        "ResourceError",
        "ResourceManager",
        "ResourceMonitor",
        "ServiceError",
        "SharedCircuitBreaker",
        "SqlError",
        "SqlSession",
        "SqlTaskRepository",
        "SuperviseError",
        "Supervisor",
        "TaskError",
        "TaskManager",
        "TaskRunner",
        "TaskSupervisor",
        "TelemetryBridge",
        "WorkRouter",
        "WorkerPool",
        "WorkerSlots",
        "bootstrapTasks",
        "emitCustom",
        "estimateRoutingCost",
        "lockEndpoint",
        "sqliteDatabase",
      ]
    `);
  });

  it('of heddle/sqlite', () => {
    expect(Object.keys(sqlite).sort()).toMatchInlineSnapshot(`
      [
        "SqliteError",
        "inspectSqlite",
        "openSqlite",
        "sqliteFile",
      ]
    `);
  });

  it('has types of these names, too', () => {
    const types = [...textOf('src/index.ts').matchAll(/\btype (\w+)/g)].map((match) => match[1]!);
    const all = [...textOf('src/index.ts').matchAll(/export type \{([^}]*)\}/g)].flatMap((match) =>
      match[1]!.split(',').map((name) => name.trim()),
    );
    expect([...new Set([...types, ...all])].filter((name) => name !== '').sort()).toMatchInlineSnapshot(`
      [
        "Attempt",
        "Body",
        "Call",
        "CallOutcome",
        "CheckResult",
        "ChildFault",
        "ChildScript",
        "ChildState",
        "ChildStep",
        "ChildView",
        "Children",
        "ChildrenOptions",
        "Choosing",
        "ClockOptions",
        "ConnectionBehaviour",
        "DeviceOptions",
        "Disk",
        "DiskFault",
        "DiskOptions",
        "Enabled",
        "Expectation",
        "Fact",
        "FetchHandler",
        "HeddleErrorDetails",
        "History",
        "HostOptions",
        "Invariant",
        "IoOptions",
        "Latency",
        "Linearizability",
        "LinearizableOptions",
        "MessageFault",
        "Model",
        "Network",
        "NetworkConnection",
        "NetworkErrorCode",
        "NetworkHost",
        "NetworkOptions",
        "NoDoubleGrantOptions",
        "NoOverspendOptions",
        "NoPartialMigrationOptions",
        "Observed",
        "Operation",
        "OperationOutcome",
        "PendingEvent",
        "Process",
        "ProcessOptions",
        "Provider",
        "Provision",
        "Random",
        "Reachability",
        "ReachableState",
        "RecordedCall",
        "Remote",
        "RequestFault",
        "Requirement",
        "RunFacts",
        "RunStart",
        "Scenario",
        "ScenarioDefinition",
        "SchemaSeen",
        "SignalSent",
        "Sim",
        "Span",
        "Station",
        "StorageOperation",
        "Strategy",
        "StrategyDefinition",
        "Subject",
        "Touch",
        "Watch",
      ]
    `);
  });
});
