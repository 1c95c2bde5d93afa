/** What is reported about one attempt. */
export type Report = 'success' | 'failure' | 'abandon';

interface ModelPermit {
  readonly period: number;
  readonly slotFreeAt: number;
  settled: boolean;
}

/** The sequential breaker, written from its description alone: one list of permits, explicit time, nothing clever. */
export class SequentialBreaker {
  state: 'CLOSED' | 'OPEN' | 'HALF_OPEN' = 'CLOSED';
  period = 0;
  count = 0;
  readonly #limits: { failures: number; successes: number; openMs: number; probes: number; probeMs: number };
  readonly #permits: ModelPermit[] = [];
  #openUntil = 0;

  constructor(limits: { failures: number; successes: number; openMs: number; probes: number; probeMs: number }) {
    this.#limits = limits;
  }

  wouldAdmit(now: number): boolean {
    if (this.state === 'CLOSED') return true;
    if (this.state === 'OPEN') return now >= this.#openUntil;
    return this.underWay(now) < this.#limits.probes;
  }

  underWay(now: number): number {
    if (this.state !== 'HALF_OPEN') return 0;
    return this.#permits.filter((p) => p.period === this.period && !p.settled && p.slotFreeAt > now).length;
  }

  admit(now: number): boolean {
    if (!this.wouldAdmit(now)) return false;
    if (this.state === 'OPEN') this.#become('HALF_OPEN');
    this.#permits.push({ period: this.period, slotFreeAt: now + this.#limits.probeMs, settled: false });
    return true;
  }

  report(index: number, report: Report, now: number): 'counted' | 'stale' | 'duplicate' {
    const permit = this.#permits[index]!;
    if (permit.settled) return 'duplicate';
    permit.settled = true;
    if (permit.period !== this.period) return 'stale';
    if (report === 'abandon') return 'counted';
    const halfOpen = this.state === 'HALF_OPEN';
    if (report === 'success') {
      this.count = halfOpen ? this.count + 1 : 0;
      if (halfOpen && this.count === this.#limits.successes) this.#become('CLOSED');
    } else {
      this.count += 1;
      if (halfOpen || this.count === this.#limits.failures) {
        this.#become('OPEN');
        this.#openUntil = now + this.#limits.openMs;
      }
    }
    return 'counted';
  }

  #become(state: 'CLOSED' | 'OPEN' | 'HALF_OPEN'): void {
    this.state = state;
    this.period += 1;
    this.count = 0;
  }
}
