import { Bench } from 'tinybench';
import { fastCheckSchedules, heddleSchedules, SCHEDULES } from './budget-race.ts';
import { atMacrotask, bareLoop, TURNS, worldLoop } from './turns.ts';

/** One measured thing: its unit is nanoseconds a turn, or schedules a second. */
export interface Measured {
  readonly name: string;
  readonly unit: 'ns/turn' | 'schedules/s';
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** One figure against another, as a ratio per round: median, smallest and largest. */
export interface Ratio {
  readonly name: string;
  readonly of: string;
  readonly to: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly bound: string;
}

export interface KernelBench {
  readonly rounds: number;
  readonly measured: readonly Measured[];
  readonly ratios: readonly Ratio[];
}

/** Rounds: in each, everything is measured once, so that ratios compare neighbours in time. */
const ROUNDS = 9;
const PER_ROUND = 3;

const SUBJECTS: readonly {
  readonly name: string;
  readonly unit: Measured['unit'];
  readonly run: () => Promise<number>;
}[] = [
  { name: 'bare loop', unit: 'ns/turn', run: () => atMacrotask(() => bareLoop(false)) },
  { name: 'turn', unit: 'ns/turn', run: () => atMacrotask(() => worldLoop({ identity: false })) },
  {
    name: 'turn, 10 pending',
    unit: 'ns/turn',
    run: () => atMacrotask(() => worldLoop({ identity: false, pending: 10 })),
  },
  {
    name: 'turn, 10,000 pending',
    unit: 'ns/turn',
    run: () => atMacrotask(() => worldLoop({ identity: false, pending: 10_000 })),
  },
  { name: 'bare loop with tasks', unit: 'ns/turn', run: () => atMacrotask(() => bareLoop(true)) },
  { name: 'turn with tasks', unit: 'ns/turn', run: () => atMacrotask(() => worldLoop({ identity: true })) },
  { name: 'fast-check waitAll', unit: 'schedules/s', run: () => fastCheckSchedules('waitAll') },
  { name: 'fast-check waitIdle', unit: 'schedules/s', run: () => fastCheckSchedules('waitIdle') },
  { name: 'fast-check waitFor', unit: 'schedules/s', run: () => fastCheckSchedules('waitFor') },
  { name: 'heddle', unit: 'schedules/s', run: heddleSchedules },
];

const RATIOS = [
  { name: 'turn with task identity', of: 'turn with tasks', to: 'bare loop with tasks', bound: 'at most 2.0' },
  { name: 'turn without identity', of: 'turn', to: 'bare loop', bound: '' },
  { name: 'turn with identity, naked loop', of: 'turn with tasks', to: 'bare loop', bound: '' },
  { name: '10,000 pending', of: 'turn, 10,000 pending', to: 'turn, 10 pending', bound: 'at most 2.0' },
  { name: 'schedules a second', of: 'heddle', to: 'fast-check waitAll', bound: 'at least 3 (Node 20), 5 (Node 24)' },
  { name: 'schedules a second', of: 'heddle', to: 'fast-check waitIdle', bound: 'at least 3 (Node 20), 5 (Node 24)' },
  { name: 'schedules a second', of: 'heddle', to: 'fast-check waitFor', bound: '' },
] as const;

/** Measures the kernel against what it cannot be faster than, and against fast-check's scheduler. */
export async function kernelBench(onRound: (round: number, rounds: number) => void): Promise<KernelBench> {
  const samples = new Map<string, number[]>(SUBJECTS.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    onRound(round, ROUNDS);
    const bench = new Bench({
      time: 0,
      iterations: PER_ROUND,
      warmup: round === 0,
      warmupTime: 0,
      warmupIterations: 3,
    });
    for (const { name, run } of SUBJECTS) {
      bench.add(name, async () => ({ overriddenDuration: await run() }));
    }
    await bench.run();
    for (const task of bench.tasks) {
      const { result } = task;
      if (result.state !== 'completed') throw new Error(`${task.name} did not complete: ${result.state}`);
      samples.get(task.name)!.push(result.latency.p50);
    }
  }
  const measured = SUBJECTS.map(({ name, unit }) => {
    const figures = samples.get(name)!.map((ms) => (unit === 'ns/turn' ? (ms * 1e6) / TURNS : SCHEDULES / (ms / 1000)));
    return { name, unit, ...spread(figures) };
  });
  const ratios = RATIOS.map((ratio) => {
    const [a, b] = [samples.get(ratio.of)!, samples.get(ratio.to)!];
    const faster = SUBJECTS.find(({ name }) => name === ratio.of)!.unit === 'schedules/s';
    return { ...ratio, ...spread(a.map((value, i) => (faster ? b[i]! / value : value / b[i]!))) };
  });
  return { rounds: ROUNDS, measured, ratios };
}

function spread(figures: readonly number[]): { median: number; low: number; high: number } {
  const sorted = [...figures].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)]!, low: sorted[0]!, high: sorted.at(-1)! };
}
