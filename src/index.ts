/**
 * heddle: a deterministic concurrency simulator and verification harness for Node.js.
 * A scenario file imports what it needs from here; systems under test import nothing.
 */
export * as fc from 'fast-check';
export { HeddleError, type HeddleErrorDetails } from './kernel/errors.ts';
export { afterBody, always, atRest } from './invariant/always.ts';
export { eventually } from './invariant/eventually.ts';
export { sometimes } from './invariant/sometimes.ts';
export {
  checkLinearizable,
  type Linearizability,
  type LinearizableOptions,
  type ReachableState,
} from './invariant/linearizable/check.ts';
export { linearizable } from './invariant/linearizable/linearizable.ts';
export type { Call, CallOutcome, Model, RecordedCall } from './invariant/linearizable/model.ts';
export * as models from './invariant/linearizable/models/index.ts';
export { noDoubleGrant, type NoDoubleGrantOptions } from './invariant/no-double-grant.ts';
export { noLeakedTimers } from './invariant/no-leaked-timers.ts';
export {
  noPartialMigration,
  type NoPartialMigrationOptions,
  type SchemaSeen,
} from './invariant/no-partial-migration.ts';
export { noOverspend, type NoOverspendOptions } from './invariant/no-overspend.ts';
export {
  inputOf,
  returnedObject,
  type Fact,
  type History,
  type Operation,
  type OperationOutcome,
} from './invariant/history.ts';
export type { CheckResult, Invariant, Observed, Watch } from './invariant/invariant.ts';
export {
  fail,
  hold,
  judge,
  scenario,
  type Body,
  type Expectation,
  type Scenario,
  type ScenarioDefinition,
  type Subject,
} from './scenario/scenario.ts';
export type { Attempt, IoOptions, Sim } from './scenario/sim.ts';
export { TransportError, type DeviceOptions, type Remote } from './scenario/device.ts';
export type { Disk, DiskFault, DiskOptions, StorageOperation } from './devices/disk/disk.ts';
export type { FetchHandler } from './scenario/fetch-device.ts';
export type { Provider, Provision, Requirement } from './scenario/requirement.ts';
export type { Process, ProcessOptions } from './scenario/process.ts';
export { strategy, type Choosing, type StrategyDefinition } from './schedule/define-strategy.ts';
export type { RunFacts, RunStart, Strategy } from './schedule/strategy.ts';
export type { Random } from './schedule/random.ts';
export { inConflict, type Touch } from './kernel/touch.ts';
export type { Enabled } from './kernel/enabled.ts';
export type { PendingEvent } from './kernel/event.ts';
export type { ClockOptions } from './kernel/clock.ts';
export type { Network, NetworkOptions } from './devices/network/network.ts';
export type { ConnectionBehaviour, HostOptions, NetworkHost, Reachability } from './devices/network/host.ts';
export type { NetworkConnection, RequestFault } from './devices/network/connection.ts';
export type { Latency } from './devices/network/latency.ts';
export type { MessageFault, Station } from './devices/network/messages.ts';
export { NetworkError, type NetworkErrorCode } from './devices/network/network-error.ts';
export type { ChildFault, Children, ChildrenOptions, SignalSent } from './devices/children/children.ts';
export type { ChildState, ChildView } from './devices/children/life.ts';
export type { ChildScript, ChildStep, Span } from './devices/children/script.ts';
