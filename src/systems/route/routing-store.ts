/** A routing decision as it is kept with its work order. */
export interface Routing {
  readonly workOrderId: string;
  readonly proposer: string;
  /** Null for work that is not limited. */
  readonly reservationId: string | null;
  /** What was reserved and spent today when this was decided, without this order; currency units. Null as above. */
  readonly dailySpend: number | null;
}

/** Where work orders are kept. Every method may fail. */
export interface RoutingStore {
  /** The routing of an order; null when it has none. */
  routingOf(workOrderId: string): Promise<Routing | null>;
  /**
   * Keeps `routing` unless its order has one already, in one step; resolves with the one that the order has then. Of two
   * who route the same order, both learn who was first.
   */
  saveRouting(routing: Routing): Promise<Routing>;
}

/** Who can be given work. */
export interface Proposers {
  /** Names of those that are active, the preferred one first. */
  listActive(): Promise<readonly string[]>;
}
