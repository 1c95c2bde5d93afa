/** The systems under test, each usable by itself: plain Node underneath, nothing of the harness. */
export * from './breaker/index.ts';
export * from './budget/index.ts';
export * from './connection/index.ts';
export * from './errors/index.ts';
export * from './events/index.ts';
export * from './ledger/index.ts';
export * from './lock/index.ts';
export * from './migrate/index.ts';
export * from './pool/index.ts';
export * from './queue/index.ts';
export * from './registry/index.ts';
export * from './repository/index.ts';
export * from './resource/index.ts';
export * from './service/index.ts';
export * from './sql/index.ts';
export * from './supervise/index.ts';
export * from './task/index.ts';
