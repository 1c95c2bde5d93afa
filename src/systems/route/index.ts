export {
  EscalationDesk,
  type Escalation,
  type EscalationCause,
  type EscalationDeskOptions,
  type EscalationStore,
} from './escalation-desk.ts';
export type { Proposers, Routing, RoutingStore } from './routing-store.ts';
export {
  estimateRoutingCost,
  WorkRouter,
  type RoutingAnswer,
  type RoutingContext,
  type RoutingRefusal,
  type WorkOrder,
  type WorkRouterOptions,
} from './work-router.ts';
