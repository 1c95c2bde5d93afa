export { BudgetLedger } from './budget-ledger.ts';
export type {
  BudgetLedgerOptions,
  LedgerBalance,
  LedgerCall,
  ReserveRequest,
  Reserved,
  Settled,
} from './budget-ledger.ts';
export type { LedgerDatabase } from './ledger-database.ts';
export { LedgerError, type LedgerErrorCode, type LedgerErrorDetails } from './ledger-error.ts';
export type { LedgerEvents, LedgerOverrun } from './ledger-events.ts';
export { LEDGER_SCHEMA } from './ledger-schema.ts';
