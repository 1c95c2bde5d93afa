import type { SkippedTarget } from '../check/hunt.ts';

/** A scenario that was selected and not run. */
export interface SkippedScenario {
  readonly scenario: string;
  readonly ids: readonly string[];
  /** What is not there, and why, as a clause. */
  readonly reason: string;
}

export function skippedScenarios(targets: readonly SkippedTarget[]): SkippedScenario[] {
  const scenarios = new Map<string, SkippedScenario>();
  for (const { target, reason } of targets) {
    const { name, ids } = target.info;
    scenarios.set(name, { scenario: name, ids, reason });
  }
  return [...scenarios.values()].sort((a, b) => (a.scenario < b.scenario ? -1 : 1));
}

/** One line for each reason. */
export function skippedLines(scenarios: readonly SkippedScenario[]): string[] {
  const reasons = [...new Set(scenarios.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const names = scenarios.filter((each) => each.reason === reason).map(({ scenario }) => scenario);
    return `skipped (${reason.replace(/\s+/g, ' ').trim()}): ${names.join(', ')}`;
  });
}
