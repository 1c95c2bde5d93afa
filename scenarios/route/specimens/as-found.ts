/**
 * Seed 001, P2 and P3: `routeWorkOrder` before the fix. The document prints the function with what the fix adds marked
 * `NEW`; this is the rest of it. That the LLM call and the writing of its cost come after the decision, and that the limit
 * is looked at there, it says in words: those lines are completed.
 */
import type { ManagerRoutingRequest, ManagerRoutingResponse, RoutingContext, RoutingImports } from './as-documented.ts';

export interface AsFoundImports extends RoutingImports {
  readonly callLLM: () => Promise<number>; // completed
  readonly writeCostTracking: (id: string, cost: number) => Promise<void>; // completed
} // completed

export function createManagerService(imports: AsFoundImports) {
  const { proposerRegistry, configService, calculateDailySpend, detectHardStop } = imports; // completed
  const { makeRoutingDecision, updateWorkOrderRouting, callLLM, writeCostTracking } = imports; // completed

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
      const cost = await callLLM(); // completed
      await writeCostTracking(work_order_id, cost); // completed

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
