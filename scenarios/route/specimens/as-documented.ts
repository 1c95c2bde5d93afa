/**
 * Seed 001, P2 and P3: `routeWorkOrder` as the document gives it after the fix; the function is printed whole, and what it
 * calls of the reservation is printed whole in the ledger's specimen. Lines marked `completed` are what it imports.
 */
import { createReservations, estimateRoutingCost, type Imports } from '../../ledger/specimens/as-documented.ts';

export interface ManagerRoutingRequest {
  readonly work_order_id: string;
  readonly task_description: string;
  readonly context_requirements: readonly string[];
  readonly complexity_score: number;
  readonly approved_by_director: boolean;
}

export interface RoutingContext {
  readonly task_description: string;
  readonly complexity_score: number;
  readonly context_requirements: readonly string[];
  readonly hard_stop_required: boolean;
  readonly daily_spend: number;
}

export interface RoutingDecision {
  readonly selected_proposer: string;
  readonly routing_metadata: { readonly daily_spend: number; budget_reservation_id?: string | null };
}

export interface ManagerRoutingResponse {
  readonly success: boolean;
  readonly error?: string;
  readonly routing_decision?: RoutingDecision;
}

/** Limits as the configuration service gives them. */
export interface BudgetLimits {
  readonly daily_limit: number; // completed
} // completed

/** What else the module imports. */
export interface RoutingImports extends Imports {
  readonly proposerRegistry: { initialize(): Promise<void>; listActiveProposers(): string[] }; // completed
  readonly configService: { getBudgetLimits(): Promise<BudgetLimits> }; // completed
  readonly calculateDailySpend: () => Promise<number>; // completed
  readonly detectHardStop: (description: string) => boolean; // completed
  readonly makeRoutingDecision: (context: RoutingContext, active: string[], limits: BudgetLimits) => RoutingDecision; // completed
  readonly updateWorkOrderRouting: (id: string, decision: RoutingDecision) => Promise<void>; // completed
} // completed

export function createManagerService(imports: RoutingImports) {
  const { proposerRegistry, configService, calculateDailySpend, detectHardStop } = imports; // completed
  const { makeRoutingDecision, updateWorkOrderRouting, handleCriticalError } = imports; // completed
  const { reserveBudget } = createReservations(imports); // completed

  async function routeWorkOrder(request: ManagerRoutingRequest): Promise<ManagerRoutingResponse> {
    try {
      const { work_order_id, task_description, context_requirements, complexity_score, approved_by_director } = request;

      // Verify Director approval
      if (!approved_by_director) {
        throw new Error('Work Order must be approved by Director before routing');
      }

      // Initialize proposer registry
      await proposerRegistry.initialize();
      const activeProposers = proposerRegistry.listActiveProposers();

      if (activeProposers.length === 0) {
        throw new Error('No active proposers available');
      }

      // Get budget limits from config service
      const budgetLimits = await configService.getBudgetLimits();

      // Calculate daily spend
      const dailySpend = await calculateDailySpend();

      // Detect Hard Stop requirement
      const hard_stop_required = detectHardStop(task_description);

      // **NEW: Reserve budget BEFORE routing**
      const estimatedCost = estimateRoutingCost(complexity_score, hard_stop_required);
      const reservation = await reserveBudget(estimatedCost, 'manager-routing', { work_order_id });

      if (!reservation.canProceed) {
        // Over budget - escalate immediately
        await handleCriticalError({
          component: 'Manager',
          operation: 'routeWorkOrder',
          error: new Error(`Daily budget exceeded: $${reservation.currentTotal} + $${estimatedCost} > $100`),
          workOrderId: work_order_id,
          severity: 'critical',
          metadata: { estimatedCost, currentTotal: reservation.currentTotal },
        });

        return {
          success: false,
          error: 'Daily budget limit exceeded',
        };
      }

      // Build routing context
      const context: RoutingContext = {
        task_description,
        complexity_score,
        context_requirements,
        hard_stop_required,
        daily_spend: dailySpend,
      };

      // Make routing decision using centralized rules
      const routingDecision = makeRoutingDecision(context, activeProposers, budgetLimits);

      // **NEW: Store reservation ID in metadata**
      routingDecision.routing_metadata.budget_reservation_id = reservation.reservationId;

      // Update work order with routing metadata
      await updateWorkOrderRouting(work_order_id, routingDecision);

      return {
        success: true,
        routing_decision: routingDecision,
      };
    } catch (error) {
      console.error('Manager routing error:', error);
      return {
        success: false,
        error: error instanceof Error ? error.message : 'Unknown error',
      };
    }
  }

  return { routeWorkOrder };
}
