import type { Sim } from 'heddle';
import { EscalationDesk, LedgerError, WorkRouter, type Reserved, type Routing } from 'heddle/systems';
import type { SupabaseClient, SupabaseResult } from '../../ledger/specimens/supabase.ts';
import { createManagerService, type ManagerRoutingRequest, type RoutingImports } from './as-documented.ts';
import { createManagerService as createManagerAsFound } from './as-found.ts';
import { Office, type Trouble } from './office.ts';

/** What one order costs at most, by its complexity: the middle tier. */
export const COST = 1;
export const COMPLEXITY = 0.5;

export interface ManagerSetup {
  /** The configured daily limit. */
  readonly limit: number;
  readonly spent: number;
}

/** The three managers behind the same words. */
export interface Manager {
  readonly office: Office;
  readonly limit: number;
  /** Routes an order; resolves with whether it was. */
  route(workOrderId: string): Promise<boolean>;
  /** Lets something go wrong with an order, from now on. */
  trouble(workOrderId: string, what: Trouble): void;
  close(): void;
}

/** What the specimens import, answered by the office. */
function imports(sim: Sim, office: Office, setup: ManagerSetup): RoutingImports & { book: typeof book } {
  const books = sim.device('books', {
    check: (workOrderId: string, cost: number) => {
      office.mayFail(workOrderId, 'books');
      // The document's SQL function has the limit in it.
      const total = office.total;
      const fits = !(total + cost > 100);
      const id = fits ? office.book(workOrderId, cost, 'reservation').id : null;
      return [{ can_proceed: fits, current_total: total, reservation_id: id }];
    },
    total: () => office.total,
    book: (workOrderId: string, cost: number) => void office.book(workOrderId, cost, 'actual'),
  });
  const orders = sim.device('orders', {
    update: (id: string, dailySpend: number, reservationId: string | null, proposer: string) => {
      office.mayFail(id, 'orders');
      office.orders.set(id, { proposer, reservationId, dailySpend });
      office.mayFail(id, 'reply');
    },
  });
  const desk = sim.device('desk', {
    escalate: (workOrderId: string, cause: string, text: string) => {
      office.mayFail(workOrderId, 'desk');
      office.escalations.push({ workOrderId, cause, text });
    },
  });
  const book = (id: string, cost: number): Promise<void> => books.book(id, cost);
  const supabase: Pick<SupabaseClient, 'rpc'> = {
    rpc: async (_name, args): Promise<SupabaseResult<Record<string, unknown>[]>> => {
      const { work_order_id } = args['p_metadata'] as { work_order_id: string };
      try {
        return { data: await books.check(work_order_id, args['p_estimated_cost'] as number), error: null };
      } catch (error) {
        return { data: null, error: { message: (error as Error).message } };
      }
    },
  };
  return {
    book,
    createSupabaseServiceClient: () => supabase as SupabaseClient,
    handleCriticalError: ({ workOrderId, operation, error }) =>
      desk.escalate(workOrderId, operation, (error as { message: string }).message),
    proposerRegistry: { initialize: () => sim.io('proposers'), listActiveProposers: () => ['gpt', 'claude'] },
    configService: {
      getBudgetLimits: async () => {
        await sim.io('config');
        return { daily_limit: setup.limit };
      },
    },
    calculateDailySpend: () => books.total(),
    detectHardStop: () => false,
    makeRoutingDecision: ({ daily_spend }, active, { daily_limit }) => {
      if (daily_spend >= daily_limit) throw new Error('EMERGENCY KILL');
      return { selected_proposer: active[0]!, routing_metadata: { daily_spend } };
    },
    updateWorkOrderRouting: (id, { selected_proposer, routing_metadata }) =>
      orders.update(
        id,
        routing_metadata.daily_spend,
        routing_metadata.budget_reservation_id ?? null,
        selected_proposer,
      ),
  };
}

function common(office: Office, { limit }: ManagerSetup): Pick<Manager, 'office' | 'limit' | 'trouble'> {
  return {
    office,
    limit,
    trouble: (workOrderId, what) => {
      office.troubles.set(workOrderId, what);
    },
  };
}

const request = (workOrderId: string): ManagerRoutingRequest => ({
  work_order_id: workOrderId,
  task_description: 'add a button',
  context_requirements: [],
  complexity_score: COMPLEXITY,
  approved_by_director: true,
});

export function asFound(sim: Sim, setup: ManagerSetup): Manager {
  const office = new Office(setup.limit, setup.spent);
  const given = imports(sim, office, setup);
  const callLLM = async (): Promise<number> => {
    await sim.io('llm');
    return COST;
  };
  const calculateDailySpend = async (): Promise<number> => {
    const spent = await given.calculateDailySpend();
    if ([...office.troubles.values()].includes('books')) throw new Error('the books cannot be asked');
    return spent;
  };
  const manager = createManagerAsFound({ ...given, calculateDailySpend, callLLM, writeCostTracking: given.book });
  const route = async (id: string): Promise<boolean> => (await manager.routeWorkOrder(request(id))).success;
  return { ...common(office, setup), route, close: () => undefined };
}

export function asDocumented(sim: Sim, setup: ManagerSetup): Manager {
  const office = new Office(setup.limit, setup.spent);
  const manager = createManagerService(imports(sim, office, setup));
  const route = async (id: string): Promise<boolean> => (await manager.routeWorkOrder(request(id))).success;
  return { ...common(office, setup), route, close: () => undefined };
}

/** Ours over a ledger in memory that keeps the words of `BudgetLedger`: the real one is judged beside a real database. */
export function ours(sim: Sim, setup: ManagerSetup): Manager {
  const { limit } = setup;
  const office = new Office(limit, setup.spent);
  const keys = new Map<string, Reserved>();
  const books = sim.device('books', {
    checkAndReserve: ({
      requestKey,
      estimate,
      metadata,
    }: Parameters<WorkRouterLedger['checkAndReserve']>[0]): Reserved => {
      office.mayFail(metadata!['workOrderId'] as string, 'books');
      const known = keys.get(requestKey);
      if (known !== undefined) return known;
      const spentBefore = office.total;
      const day = '2025-01-01';
      if (spentBefore + estimate > limit) return { approved: false, day, spentBefore, limit };
      const { id } = office.book(metadata!['workOrderId'] as string, estimate, 'reservation');
      const answer: Reserved = {
        approved: true,
        reservationId: id,
        day,
        estimate,
        spentBefore,
        limit,
        repeated: false,
      };
      keys.set(requestKey, answer);
      return answer;
    },
    cancel: (id: string) => office.unbook(id),
  });
  const unavailable = (cause: unknown): never => {
    throw new LedgerError('unavailable', {
      expected: 'an answer',
      received: String(cause),
      nextStep: 'ask again',
      cause,
    });
  };
  const store = sim.device('orders', {
    routingOf: (workOrderId: string): Routing | null => {
      const order = office.orders.get(workOrderId);
      return order === undefined ? null : { workOrderId, ...order };
    },
    saveRouting: (routing: Routing): Routing => {
      const { workOrderId, ...order } = routing;
      office.mayFail(workOrderId, 'orders');
      if (!office.orders.has(workOrderId)) office.orders.set(workOrderId, order);
      office.mayFail(workOrderId, 'reply');
      return { workOrderId, ...office.orders.get(workOrderId)! };
    },
  });
  const desk = sim.device('desk', {
    record: ({ workOrderId, cause, text }: { workOrderId: string; cause: string; text: string }) => {
      office.mayFail(workOrderId, 'desk');
      const known = office.escalations.some((each) => each.workOrderId === workOrderId && each.cause === cause);
      if (!known) office.escalations.push({ workOrderId, cause, text });
    },
  });
  const escalations = new EscalationDesk({ store: desk });
  const router = new WorkRouter({
    ledger: {
      limit,
      checkAndReserve: (asked) => books.checkAndReserve(asked).catch(unavailable),
      cancel: (id) => books.cancel(id).catch(unavailable),
    },
    store,
    escalations,
    proposers: {
      listActive: async () => {
        await sim.io('proposers');
        return ['gpt', 'claude'];
      },
    },
  });
  const route = async (workOrderId: string): Promise<boolean> => {
    const order = { workOrderId, description: 'add a button', complexity: COMPLEXITY, approvedByDirector: true };
    return (await router.routeWorkOrder(order)).routed;
  };
  return {
    ...common(office, setup),
    route,
    close: () => {
      escalations.close();
    },
  };
}

type WorkRouterLedger = ConstructorParameters<typeof WorkRouter>[0]['ledger'];
