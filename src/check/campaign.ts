import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { randomStreams, type Random } from '../schedule/random.ts';
import { HeddleError } from '../kernel/errors.ts';
import { exhaustive } from '../schedule/exhaustive/source-dpor.ts';
import { DEFAULT_STRATEGY } from '../schedule/strategies.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ScenarioInfo } from './load.ts';

/** All runs of one subject of one scenario under one seed. */
export interface Campaign {
  readonly scenario: string;
  readonly subject: string;
  readonly seed: string;
  readonly strategy: string;
  /** How many runs at most. */
  readonly runs: number;
}

/** The strategy of a scenario's campaigns: the one asked for, else what suits it. */
export function strategyFor(
  info: Pick<ScenarioInfo, 'name' | 'exhaustible' | 'strategy'>,
  asked: string | undefined,
): string {
  if (asked === exhaustive.name && !info.exhaustible) {
    throw new HeddleError({
      code: 'NOT_EXHAUSTIBLE',
      expected: 'scenarios that list workloads under `every` for --strategy exhaustive',
      received: info.name,
      next: 'Add `every: [workload, …]` to it, with latencies of one value, or leave it out.',
    });
  }
  return asked ?? info.strategy ?? (info.exhaustible ? exhaustive.name : DEFAULT_STRATEGY);
}

/** A workload as generated, with what fast-check needs to shrink it. */
export interface GeneratedWorkload {
  readonly value: unknown;
  readonly generated: fc.Value<unknown>;
}

/**
 * The workloads of a scenario by run index: the same for every subject, so that subjects are compared on the same
 * work. Small first, as fast-check's own runner does it.
 */
export function workloads(scenario: Scenario, seed: string): (index: number) => GeneratedWorkload {
  const streams = randomStreams('workload', seed, scenario.name);
  return (index) => generate(scenario, streams(index), index);
}

function generate(scenario: Scenario, stream: Random, index: number): GeneratedWorkload {
  const random = new fc.Random(xoroshiro128plus(stream.uint32() | 0));
  const bias = 2 + Math.floor(Math.log10(index + 1));
  const generated = scenario.workload.generate(random, bias);
  return { value: generated.value, generated };
}
