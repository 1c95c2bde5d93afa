import type { Strategy } from './strategy.ts';

/**
 * Runs several strategies in turn: run i uses the i-th modulo their number. Each learns from its own runs only.
 */
export function mix(name: string, strategies: readonly Strategy[]): Strategy<readonly unknown[]> {
  const laneOf = (index: number): number => index % strategies.length;
  return {
    name,
    initial: strategies.map((strategy) => strategy.initial),
    chooser: ({ index, random, knowledge }) => {
      const lane = laneOf(index);
      return strategies[lane]!.chooser({ index, random, knowledge: knowledge[lane] });
    },
    learn: (knowledge, round) =>
      strategies.map((strategy, lane) =>
        strategy.learn(
          knowledge[lane],
          round.filter((run) => laneOf(run.index) === lane),
        ),
      ),
  };
}
