export { BatchOperations, type BatchOptions, type ItemContext, type UpdateReport } from './batch-operations.ts';
export type { Caller } from './caller.ts';
export type { Child, ChildSpec, RestartType } from './child-spec.ts';
export type { Monitored } from './monitored.ts';
export type { ChildEnd } from './supervised-child.ts';
export { SuperviseError, type SuperviseErrorCode, type SuperviseErrorDetails } from './supervise-error.ts';
export { Supervisor, type SupervisorEvents, type SupervisorOptions, type SupervisorStrategy } from './supervisor.ts';
export type { SupervisedTask, TaskOutcome } from './task.ts';
export {
  TaskSupervisor,
  type TaskSupervisorEvents,
  type TaskOptions,
  type TaskScope,
  type TaskSupervisorOptions,
} from './task-supervisor.ts';
