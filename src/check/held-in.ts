import type { Covered } from '../schedule/strategy.ts';
import type { Explored } from './exploration.ts';
import { HOLDS, type Verdict } from './verdict.ts';

/** The verdict of a campaign without a failing run. */
export function heldIn({ runs, extent, covered }: Explored): Verdict {
  const message = `holds in all ${schedules(runs, covered)}`;
  if (extent === 'all') return { kind: 'exhausted', message };
  return extent === 'unfinished' ? HOLDS : { ...HOLDS, message: `${message} with one stream of random values` };
}

/** `34,650 schedules (run: 126)`: for how many the runs stand, and how many were run. */
function schedules(runs: number, covered: Covered | null): string {
  if (covered === null) return `${runs.toLocaleString('en-US')} schedules`;
  const { standsFor, more } = covered;
  const count = BigInt(standsFor).toLocaleString('en-US');
  if (more) return `schedules, more than ${count} (run: ${runs.toLocaleString('en-US')})`;
  return standsFor === String(runs)
    ? `${count} schedules`
    : `${count} schedules (run: ${runs.toLocaleString('en-US')})`;
}
