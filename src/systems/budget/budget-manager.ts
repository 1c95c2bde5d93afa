import { Announcer } from '../breaker/announcer.ts';
import type { CircuitBreaker } from '../breaker/index.ts';
import { Accounts, type Balances } from './accounts.ts';
import { AttemptBook } from './attempt-book.ts';
import { endOf, heldFor, labelOf, type Attempt, type EndStatus } from './attempt.ts';
import { BudgetError } from './budget-error.ts';
import type { BudgetEvents } from './budget-events.ts';
import { budgetSettings, type BudgetManagerOptions, type BudgetSettings } from './budget-options.ts';
import { ExpiryTimer } from './expiry-timer.ts';
import { checkId } from './identifier.ts';
import { fromMicros, toMicros, type Micros } from './money.ts';
import { checkPriority, type Priority } from './priority.ts';
import type { Reservation } from './reservation.ts';
import type { Settlement, UsageRecord } from './settlement.ts';
import type { Refusal, ValidationResult } from './validation-result.ts';

/** The accounts at one instant; amounts in currency units. */
export interface BudgetSnapshot extends Balances {
  readonly openReservations: number;
  /** Attempts remembered in all states: the open ones and at most twice the retention. */
  readonly remembered: number;
}

/**
 * Keeps many callers within one budget: reserve an estimate, do the work, report what it really cost.
 *
 * Every method checks and changes the accounts in one synchronous step, which JavaScript cannot interleave; a mutex
 * would guard nothing, and would only delay the effect beyond the call. No approval is given that would take
 * `used + reserved` above the limit. What was really spent is always counted, also above the estimate or after the
 * reservation expired: such an over-run exceeds the limit by no more than its own excess, blocks later approvals,
 * and is announced once.
 *
 * Only who holds the reservation can end the operation, and it ends once. Reservations of callers that crashed expire
 * after `reservationTtlMs` (of `performance.now()`, which no clock change moves). The circuit breaker hears of
 * completed operations only: success from `recordUsage`, failure from `recordFailure`; a release or an expiry is
 * neither.
 *
 * @example
 * ```ts
 * const budget = new BudgetManager({ limit: 10 });
 * const answer = budget.validateOperation('summary-1', 0.25, 'writer');
 * if (answer.approved) {
 *   try {
 *     const cost = await Promise.resolve(0.2); // the work
 *     budget.recordUsage('summary-1', cost, answer.reservation);
 *   } catch (error) {
 *     budget.recordFailure('summary-1', error, answer.reservation);
 *     throw error;
 *   }
 * }
 * budget.close();
 * ```
 */
export class BudgetManager extends Announcer<BudgetEvents> {
  /** The breaker that is asked before approvals and told of outcomes. */
  readonly circuitBreaker: CircuitBreaker;
  readonly #settings: BudgetSettings;
  readonly #accounts: Accounts;
  readonly #book: AttemptBook;
  readonly #expiry: ExpiryTimer;
  #closed = false;

  /** @throws BudgetError `INVALID_OPTION` */
  constructor(options: BudgetManagerOptions) {
    super();
    this.#settings = budgetSettings(options);
    this.circuitBreaker = this.#settings.circuitBreaker;
    this.#accounts = new Accounts(this.#settings.limit);
    this.#book = new AttemptBook(this.#settings.retention);
    this.#expiry = new ExpiryTimer(() => {
      this.#expireDue();
    });
  }

  /** The accounts at this instant. Pure. */
  snapshot(): BudgetSnapshot {
    return {
      ...this.#accounts.balances(),
      openReservations: this.#book.open.size,
      remembered: this.#book.size,
    };
  }

  /**
   * Asks to spend about `estimatedCost` (currency units, >= 0) and reserves it if approved. A refusal is a result, not
   * an exception, and changes nothing: in particular, an operation that is open under the same id keeps its
   * reservation. An id can be tried again once its attempt failed, was released or expired, but not once it was recorded.
   *
   * @throws BudgetError `INVALID_ID`, `INVALID_AMOUNT`, `INVALID_PRIORITY`
   */
  validateOperation(
    operationId: string,
    estimatedCost: number,
    agentId: string,
    priority: Priority = 'MEDIUM',
  ): ValidationResult {
    checkId('operationId', operationId);
    checkId('agentId', agentId);
    checkPriority(priority);
    const estimate = toMicros('estimatedCost', estimatedCost, 'up');
    this.#expireDue();
    const refusal = this.#refusal(operationId, estimate);
    if (refusal !== undefined) return refusal;
    // Asked last, because admission may take one of few probe slots, which only an attempt that goes ahead may have.
    const admission = this.circuitBreaker.admit();
    if (!admission.admitted) {
      const { reason: circuit, retryAfterMs } = admission;
      return { approved: false, operationId, reason: 'circuit-open', circuit, retryAfterMs };
    }
    const { permit } = admission;
    // Admission may have announced a transition, and its listener may have called this manager: look again.
    const overtaken = this.#refusal(operationId, estimate);
    if (overtaken !== undefined) {
      this.circuitBreaker.abandon(permit);
      return overtaken;
    }
    const reservation = this.#settings.createReservation() as Reservation;
    const expiresInMs = this.#settings.reservationTtlMs;
    const expiresAt = performance.now() + expiresInMs;
    const names = { operationId, agentId, priority, reservation };
    const attempt: Attempt = { ...names, estimate, expiresAt, permit, status: 'reserved' };
    this.#book.add(attempt);
    this.#accounts.hold(estimate);
    this.#expiry.ensure(expiresInMs);
    const [reserved, available] = [fromMicros(estimate), fromMicros(this.#accounts.available)];
    this.announce('reserved', { ...labelOf(attempt), reserved });
    return { approved: true, operationId, reservation, reserved, available, expiresInMs };
  }

  /**
   * Reports that the operation succeeded and what it cost (currency units, >= 0). Its reservation is given back, its
   * cost is counted as used, and the breaker counts a success. After the reservation expired this still works.
   *
   * @throws BudgetError `INVALID_ID`, `INVALID_AMOUNT`, `UNTRACKED_OPERATION`, `NOT_OWNER`, `OPERATION_FINISHED`;
   *   nothing is changed then.
   */
  recordUsage(operationId: string, actualCost: number, reservation: Reservation): UsageRecord {
    const spent = toMicros('actualCost', actualCost, 'up');
    const attempt = this.#ownedBy(operationId, reservation);
    refuseSecondEnd(attempt);
    const late = attempt.status === 'expired';
    const held = this.#end(attempt, 'recorded', spent);
    const breaker = this.circuitBreaker.recordSuccess(attempt.permit);
    this.announce('usageRecorded', { ...labelOf(attempt), actualCost: fromMicros(spent), late });
    const excess = this.#announceOverrun(attempt, spent, held, late);
    return { operationId, actualCost: fromMicros(spent), excess, late, breaker };
  }

  /**
   * Gives back what was reserved for an operation that did not take place. Neither success nor failure for the breaker.
   * For the owner this is safe in any clean-up: if the operation has ended already, nothing is changed and nothing
   * thrown.
   *
   * @throws BudgetError `INVALID_ID`, `UNTRACKED_OPERATION`, `NOT_OWNER`
   */
  releaseReservation(operationId: string, reservation: Reservation): Settlement {
    const attempt = this.#ownedBy(operationId, reservation);
    const status = endOf(attempt);
    if (status !== undefined) return { operationId, ended: false, status, releasedAmount: 0 };
    const releasedAmount = fromMicros(this.#end(attempt, 'released', 0n));
    this.circuitBreaker.abandon(attempt.permit);
    this.announce('reservationReleased', { ...labelOf(attempt), releasedAmount });
    return { operationId, ended: true, status: 'released', releasedAmount };
  }

  /**
   * Reports that the operation failed, and what it had spent by then (currency units, >= 0). Its reservation is given
   * back and the breaker counts a failure. Like `releaseReservation`, safe in any clean-up of the owner's.
   *
   * @throws BudgetError `INVALID_ID`, `INVALID_AMOUNT`, `UNTRACKED_OPERATION`, `NOT_OWNER`; `OPERATION_FINISHED` if the
   *   operation has ended and `spent` is not 0, because that spend cannot be counted any more.
   */
  recordFailure(operationId: string, error: unknown, reservation: Reservation, spent = 0): Settlement {
    const cost = toMicros('spent', spent, 'up');
    const attempt = this.#ownedBy(operationId, reservation);
    const status = endOf(attempt);
    if (status !== undefined && cost === 0n) return { operationId, ended: false, status, releasedAmount: 0 };
    refuseSecondEnd(attempt);
    const late = attempt.status === 'expired';
    const held = this.#end(attempt, 'failed', cost);
    this.circuitBreaker.recordFailure(attempt.permit);
    this.announce('operationFailed', { ...labelOf(attempt), error, spent: fromMicros(cost) });
    this.#announceOverrun(attempt, cost, held, late);
    return { operationId, ended: true, status: 'failed', releasedAmount: fromMicros(held) };
  }

  /**
   * Stops approving and leaves no timer. Operations that are open can still be ended by their owners: what they spent
   * is counted. Closing twice is harmless.
   */
  close(): void {
    this.#closed = true;
    this.#expiry.stop();
  }

  /** Why the accounts do not allow the operation, or `undefined` if they do. Pure. */
  #refusal(operationId: string, estimate: Micros): Refusal | undefined {
    if (this.#closed) return { approved: false, operationId, reason: 'closed' };
    const existing = this.#book.obstacle(operationId);
    if (existing !== undefined) return { approved: false, operationId, reason: 'duplicate-operation', existing };
    const left = this.#accounts.available;
    if (estimate <= left) return undefined;
    const [requested, available] = [fromMicros(estimate), fromMicros(left)];
    return { approved: false, operationId, reason: 'budget-exceeded', requested, available };
  }

  #ownedBy(operationId: string, reservation: Reservation): Attempt {
    checkId('operationId', operationId);
    this.#expireDue();
    const attempt = this.#book.find(operationId, reservation);
    if (attempt !== undefined) return attempt;
    if (this.#book.knows(operationId)) {
      throw new BudgetError('NOT_OWNER', {
        expected: `the reservation that was handed out for ${operationId}`,
        received: 'another one',
        next: 'Present the reservation of your own approval; if you were refused, there is nothing to end.',
        operationId,
      });
    }
    throw new BudgetError('UNTRACKED_OPERATION', {
      expected: 'the id of an operation that was approved',
      received: operationId,
      next: 'Call validateOperation() first, and report the outcome before the operation is forgotten.',
      operationId,
    });
  }

  /** Moves the attempt on, and the money with it, in one step. Returns what had been held for it. */
  #end(attempt: Attempt, status: 'expired' | EndStatus, spent: Micros): Micros {
    const held = heldFor(attempt);
    this.#accounts.giveBack(held);
    this.#accounts.spend(spent);
    const forgotten = this.#book.move(attempt, status);
    if (this.#book.open.size === 0) this.#expiry.stop();
    if (forgotten?.status === 'expired') this.announce('expiredForgotten', labelOf(forgotten));
    return held;
  }

  /** Called before every decision, so that none of them depends on how late the timer is. */
  #expireDue(): void {
    const now = performance.now();
    for (const attempt of this.#book.open) {
      if (attempt.expiresAt > now) {
        if (!this.#closed) this.#expiry.ensure(attempt.expiresAt - now);
        return;
      }
      const releasedAmount = fromMicros(this.#end(attempt, 'expired', 0n));
      this.announce('reservationExpired', { ...labelOf(attempt), releasedAmount });
    }
  }

  /** Returns the excess in currency units; 0 if there was none to announce. */
  #announceOverrun(attempt: Attempt, spent: Micros, held: Micros, late: boolean): number {
    if (spent <= held) return 0;
    const excess = fromMicros(spent - held);
    const cause = late ? 'late' : 'above-estimate';
    const available = fromMicros(this.#accounts.available);
    this.announce('overrun', { ...labelOf(attempt), cause, actualCost: fromMicros(spent), excess, available });
    return excess;
  }
}

/** Usage is a fact that can be stated once: stating it again would count it twice. */
function refuseSecondEnd(attempt: Attempt): void {
  const status = endOf(attempt);
  if (status === undefined) return;
  throw new BudgetError('OPERATION_FINISHED', {
    expected: `${attempt.operationId} not to have ended`,
    received: status,
    next: 'Nothing was counted. Report each operation once; a new attempt needs a new approval.',
    operationId: attempt.operationId,
  });
}
