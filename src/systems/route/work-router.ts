import { LedgerError } from '../ledger/ledger-error.ts';
import type { BudgetLedger, Reserved } from '../ledger/budget-ledger.ts';
import type { EscalationCause, EscalationDesk } from './escalation-desk.ts';
import type { Proposers, Routing, RoutingStore } from './routing-store.ts';

export interface WorkOrder {
  readonly workOrderId: string;
  readonly description: string;
  /** 0 and up; from 1 on it is the hardest. */
  readonly complexity: number;
  readonly approvedByDirector: boolean;
  /** `architect`: strategic work, above the level at which money is limited. Default `manager`. */
  readonly level?: 'manager' | 'architect';
}

/** Why an order was not routed. Every one but the first two is escalated. */
export type RoutingRefusal =
  'not-approved' | 'invalid-order' | 'no-proposer' | 'over-budget' | 'budget-unavailable' | 'routing-failed';

export type RoutingAnswer =
  | { readonly routed: true; readonly routing: Routing }
  | { readonly routed: false; readonly refusal: RoutingRefusal; readonly text: string };

type Approved = Extract<Reserved, { approved: true }>;
type NotRouted = Extract<RoutingAnswer, { routed: false }>;

/** Whom a decision is between, and what it is decided upon. */
export interface RoutingContext {
  readonly order: WorkOrder;
  readonly proposers: readonly string[];
  readonly hardStop: boolean;
  /** What was reserved and spent today, without this order; null for work that is not limited. Currency units. */
  readonly dailySpend: number | null;
  readonly limit: number;
}

export interface WorkRouterOptions {
  readonly ledger: Pick<BudgetLedger, 'checkAndReserve' | 'cancel' | 'limit'>;
  readonly store: RoutingStore;
  readonly proposers: Proposers;
  readonly escalations: EscalationDesk;
  /** Whether the description asks for something that must stop and be looked at. Default: never. */
  readonly detectHardStop?: (description: string) => boolean;
  /** Chooses one of the proposers. Default: the first. */
  readonly decide?: (context: RoutingContext) => string;
}

/** What routing costs, currency units: by what was spent in the past on simple, ordinary and hard decisions. */
const SIMPLE = 0.1;
const ORDINARY = 1;
const HARD = 2.5;

/** What the decision about an order of this complexity costs, at most. */
export function estimateRoutingCost(complexity: number, hardStop: boolean): number {
  if (hardStop || complexity >= 1) return HARD;
  return complexity < 0.3 ? SIMPLE : ORDINARY;
}

/**
 * Routes work orders within the ledger's daily budget: the money is reserved first, and what is decided upon is the
 * spend that it was reserved against. An order that is routed keeps its reservation's id; one that is not gives its
 * reservation back and is escalated, once for each order and cause. Routed again, an order keeps the routing it has.
 *
 * It fails closed: without a ledger nothing is routed.
 */
export class WorkRouter {
  readonly #options: WorkRouterOptions;
  #attempts = 0;
  readonly #instance: string;

  /** @param instance Tells this router from others and from itself before a restart; names its requests to the ledger. */
  constructor(options: WorkRouterOptions, instance: string = crypto.randomUUID()) {
    this.#options = options;
    this.#instance = instance;
  }

  /** Never rejects: what goes wrong is a refusal. */
  async routeWorkOrder(order: WorkOrder): Promise<RoutingAnswer> {
    const { workOrderId, complexity, approvedByDirector, level } = order;
    if (typeof workOrderId !== 'string' || workOrderId === '' || !(complexity >= 0)) {
      return refused(
        'invalid-order',
        `expected an id and a complexity from 0 on, received ${workOrderId}, ${complexity}`,
      );
    }
    if (!approvedByDirector) return refused('not-approved', `${workOrderId} is not approved by the director`);
    let reserved: Approved | null = null;
    try {
      const { store, proposers, detectHardStop } = this.#options;
      const existing = await store.routingOf(workOrderId);
      if (existing !== null) return { routed: true, routing: existing };
      const active = await proposers.listActive();
      if (active.length === 0)
        return await this.#escalated(order, 'no-proposer', 'routing-failed', 'no active proposer');
      const hardStop = detectHardStop?.(order.description) ?? false;
      if (level !== 'architect') {
        const answer = await this.#reserve(order, estimateRoutingCost(complexity, hardStop));
        if ('routed' in answer) return answer;
        reserved = answer;
      }
      return await this.#route(
        order,
        {
          order,
          proposers: active,
          hardStop,
          dailySpend: reserved?.spentBefore ?? null,
          limit: this.#options.ledger.limit,
        },
        reserved,
      );
    } catch (error) {
      const kept = await this.#keptAfterAll(order, reserved);
      if (kept !== null) return { routed: true, routing: kept };
      return this.#escalated(order, 'routing-failed', 'routing-failed', `routing failed: ${messageOf(error)}`);
    }
  }

  /** A reservation for this attempt, or the refusal. Each attempt has its own, so that who fails gives back only its own. */
  async #reserve(order: WorkOrder, estimate: number): Promise<Approved | NotRouted> {
    const { ledger } = this.#options;
    this.#attempts += 1;
    const requestKey = `route/${order.workOrderId}/${this.#instance}/${this.#attempts}`;
    const ask = (): Promise<Reserved> =>
      ledger.checkAndReserve({
        requestKey,
        estimate,
        purpose: 'manager-routing',
        metadata: { workOrderId: order.workOrderId },
      });
    let answer: Reserved;
    try {
      // The same key once more: a reply that was lost may have been a reservation.
      answer = await ask().catch((error: unknown) => {
        if (error instanceof LedgerError && error.code === 'unavailable') return ask();
        throw error;
      });
    } catch (error) {
      return this.#escalated(
        order,
        'budget-unavailable',
        'budget-unavailable',
        `the budget cannot be asked: ${messageOf(error)}`,
      );
    }
    if (answer.approved) return answer;
    const text = `daily budget exceeded: $${answer.spentBefore} + $${estimate} > $${answer.limit} on ${answer.day}`;
    return this.#escalated(order, 'over-budget', 'over-budget', text);
  }

  async #route(order: WorkOrder, context: RoutingContext, reserved: Approved | null): Promise<RoutingAnswer> {
    const { store, decide = ({ proposers }) => proposers[0]! } = this.#options;
    const routing: Routing = {
      workOrderId: order.workOrderId,
      proposer: decide(context),
      reservationId: reserved?.reservationId ?? null,
      dailySpend: context.dailySpend,
    };
    // The same once more: a reply that was lost may have been of a success, and it is told so then.
    const kept = await store.saveRouting(routing).catch(() => store.saveRouting(routing));
    if (reserved !== null && kept.reservationId !== reserved.reservationId) await this.#giveBack(reserved);
    return { routed: true, routing: kept };
  }

  /**
   * Who failed to keep a routing cannot know that it was not kept: asks, and gives the reservation back unless it is needed.
   * Null when the order has no routing.
   */
  async #keptAfterAll(order: WorkOrder, reserved: Approved | null): Promise<Routing | null> {
    const { store } = this.#options;
    const ask = (): Promise<Routing | null> => store.routingOf(order.workOrderId);
    let kept: Routing | null;
    try {
      kept = await ask().catch(ask);
    } catch {
      // Nobody knows: the reservation is left to expire, so that too little is spent then and never too much.
      return null;
    }
    if (reserved !== null && kept?.reservationId !== reserved.reservationId) await this.#giveBack(reserved);
    return kept;
  }

  /** What cannot be given back now expires by itself. */
  async #giveBack({ reservationId }: Approved): Promise<void> {
    const { ledger } = this.#options;
    const cancel = (): Promise<boolean> => ledger.cancel(reservationId);
    await cancel()
      .catch(cancel)
      .catch(() => undefined);
  }

  async #escalated(
    order: WorkOrder,
    refusal: RoutingRefusal,
    cause: EscalationCause,
    text: string,
  ): Promise<NotRouted> {
    await this.#options.escalations.escalate({ workOrderId: order.workOrderId, cause, text });
    return refused(refusal, text);
  }
}

function refused(refusal: RoutingRefusal, text: string): NotRouted {
  return { routed: false, refusal, text };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
