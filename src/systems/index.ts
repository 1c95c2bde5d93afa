/** The systems under test, each usable by itself: plain Node underneath, nothing of the harness. */
export * from './breaker/index.ts';
export * from './budget/index.ts';
export * from './lock/index.ts';
export * from './sql/index.ts';
