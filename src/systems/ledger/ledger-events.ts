/** A reservation whose actual amount was above its estimate, or that was spent after it had been given back. */
export interface LedgerOverrun {
  readonly reservationId: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** Currency units. */
  readonly estimate: number;
  readonly actual: number;
  /** Reserved and spent on that day now. */
  readonly total: number;
  readonly limit: number;
}

/** What {@link BudgetLedger} announces: each over-run once, by the ledger object through which it was reported. */
export type LedgerEvents = {
  overrun: [overrun: LedgerOverrun];
};
