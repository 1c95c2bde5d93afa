/**
 * The three budget managers behind the same few words, so that one body can drive each of them. `run` is a caller: the
 * document's usage example for the specimens, and the example of the docstring for ours.
 */
import type { Remote, Sim } from 'heddle';
import { BudgetError, BudgetManager, CircuitBreaker, type Reservation } from 'heddle/systems';
import * as documentedBreaker from '../../breaker/specimens/as-documented.ts';
import * as foundBreaker from '../../breaker/specimens/as-found.ts';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';
import { BudgetError as SpecimenError } from './budget-error.ts';

export interface BudgetOptions {
  readonly limit: number;
  /** After how many ms an open reservation is given back, where there is such a thing. */
  readonly reservationTtlMs?: number;
  /** Consecutive failures after which nothing is approved any more. */
  readonly failureThreshold?: number;
  /** Puts a network between the callers and the manager. */
  readonly network?: Sim;
  /** Reservations are numbered instead of drawn: where all orders are run, each with every draw would be without end. */
  readonly numbered?: boolean;
}

/** The answer to a request for money. */
export interface Answer {
  readonly approved: boolean;
  /** Why not. */
  readonly reason?: string;
  /** What proves the ownership, where there is such a thing. */
  readonly reservation?: Reservation;
}

type Listener = (about: { readonly operationId: string }) => void;

export interface Budget {
  /** The balances, in currency units. */
  readonly used: number;
  readonly reserved: number;
  readonly circuitBreaker: CircuitBreaker | foundBreaker.CircuitBreaker | documentedBreaker.CircuitBreaker;
  /** What the breaker has counted: failures since the last success. */
  readonly failuresInARow: number;
  /** Asks for money. A refusal is a value, also where the manager throws it. */
  reserve(id: string, estimate: number): Promise<Answer>;
  /** Reports what the operation has cost. */
  spend(id: string, cost: number, answer?: Answer): Promise<unknown>;
  /** Gives the money back. */
  release(id: string, answer?: Answer): Promise<unknown>;
  /** Reserves, performs and records, as a caller does. Throws when refused, and what `perform` throws. */
  run(id: string, estimate: number, perform: () => Promise<number>): Promise<void>;
  /** Somebody else who shares the breaker reports a failure to it. */
  failElsewhere(): Promise<void>;
  /** Hears of what is announced. */
  on(event: 'overrun' | 'reservationReleased', listener: Listener): void;
  close(): void;
}

/** Why `run` or `spend` threw: the reason that the manager gives, or the message of any other error. */
export function reasonOf(error: unknown): string {
  if (error instanceof SpecimenError) return String(error.details['reason']);
  return error instanceof BudgetError ? error.code : (error as Error).message;
}

function reach<M extends object>(manager: M, network: Sim | undefined): Remote<M> {
  return network === undefined ? (manager as Remote<M>) : network.device('budget', manager);
}

const NOBODYS = 'rsv-of-nobody' as Reservation;

class Ours implements Budget {
  readonly circuitBreaker: CircuitBreaker;
  readonly #manager: BudgetManager;
  readonly #reached: Remote<BudgetManager>;

  constructor({ limit, reservationTtlMs = 60_000, failureThreshold = 100, network, numbered }: BudgetOptions) {
    this.circuitBreaker = new CircuitBreaker({ failureThreshold });
    const { circuitBreaker } = this;
    let count = 0;
    const createReservation = (): string => `rsv-${String((count += 1))}`;
    const options = { limit, reservationTtlMs, circuitBreaker };
    this.#manager = new BudgetManager(numbered === true ? { ...options, createReservation } : options);
    this.#reached = reach(this.#manager, network);
  }

  get used(): number {
    return this.#manager.snapshot().used;
  }

  get reserved(): number {
    return this.#manager.snapshot().reserved;
  }

  async reserve(id: string, estimate: number): Promise<Answer> {
    try {
      return await this.#reached.validateOperation(id, estimate, 'agent');
    } catch (error) {
      if (error instanceof BudgetError) return { approved: false, reason: error.code };
      throw error;
    }
  }

  async spend(id: string, cost: number, { reservation = NOBODYS }: Partial<Answer> = {}): Promise<unknown> {
    return await this.#reached.recordUsage(id, cost, reservation);
  }

  async release(id: string, { reservation = NOBODYS }: Partial<Answer> = {}): Promise<unknown> {
    return await this.#reached.releaseReservation(id, reservation);
  }

  async run(id: string, estimate: number, perform: () => Promise<number>): Promise<void> {
    const answer = await this.#reached.validateOperation(id, estimate, 'agent');
    if (!answer.approved) throw new Error(answer.reason);
    try {
      const cost = await perform();
      await this.#reached.recordUsage(id, cost, answer.reservation);
    } catch (error) {
      await this.#reached.recordFailure(id, error, answer.reservation);
      throw error;
    }
  }

  get failuresInARow(): number {
    return this.circuitBreaker.snapshot().failureCount;
  }

  failElsewhere(): Promise<void> {
    const admission = this.circuitBreaker.admit();
    if (admission.admitted) this.circuitBreaker.recordFailure(admission.permit);
    return Promise.resolve();
  }

  on(event: 'overrun' | 'reservationReleased', listener: Listener): void {
    this.#manager.on(event, listener);
  }

  close(): void {
    this.#manager.close();
  }
}

type Manager = found.BudgetManager | documented.BudgetManager;

/** What both specimens have in common. */
abstract class Specimen<M extends Manager> implements Budget {
  protected readonly manager: M;
  /** The manager as its callers see it: its methods return promises in any case. */
  protected readonly reached: M;

  constructor(manager: M, network: Sim | undefined) {
    this.manager = manager;
    this.reached = reach(manager, network) as unknown as M;
  }

  get used(): number {
    return this.manager.usage.used;
  }

  get reserved(): number {
    return this.manager.usage.reserved;
  }

  get circuitBreaker(): M['circuitBreaker'] {
    return this.manager.circuitBreaker;
  }

  async reserve(id: string, estimate: number): Promise<Answer> {
    try {
      return await this.reached.validateOperation(id, estimate, 'agent');
    } catch (error) {
      if (error instanceof SpecimenError) return { approved: false, reason: reasonOf(error) };
      throw error;
    }
  }

  spend(id: string, cost: number): Promise<unknown> {
    return this.reached.recordUsage(id, cost);
  }

  abstract release(id: string): Promise<unknown>;
  abstract run(id: string, estimate: number, perform: () => Promise<number>): Promise<void>;

  get failuresInARow(): number {
    return this.manager.circuitBreaker.failureCount;
  }

  async failElsewhere(): Promise<void> {
    await this.manager.circuitBreaker.recordFailure();
  }

  on(event: 'overrun' | 'reservationReleased', listener: Listener): void {
    this.manager.on(event, listener);
  }

  /** The document has nothing to close. */
  close(): void {}
}

class AsFound extends Specimen<found.BudgetManager> {
  /** There was no way to give anything back. */
  release(): Promise<void> {
    return Promise.resolve();
  }

  run(id: string, estimate: number, perform: () => Promise<number>): Promise<void> {
    return found.runOperation(this.reached, id, estimate, 'agent', perform);
  }
}

class AsDocumented extends Specimen<documented.BudgetManager> {
  release(id: string): Promise<unknown> {
    return this.reached.releaseReservation(id);
  }

  run(id: string, estimate: number, perform: () => Promise<number>): Promise<void> {
    return documented.runOperation(this.reached, id, estimate, 'agent', perform);
  }
}

export function ours(options: BudgetOptions): Budget {
  return new Ours(options);
}

export function asFound({ limit, failureThreshold = 100, network }: BudgetOptions): Budget {
  const circuitBreaker = new foundBreaker.CircuitBreaker({ failureThreshold });
  return new AsFound(new found.BudgetManager({ limit, circuitBreaker }), network);
}

export function asDocumented({ limit, failureThreshold = 100, network }: BudgetOptions): Budget {
  const circuitBreaker = new documentedBreaker.CircuitBreaker({ failureThreshold });
  return new AsDocumented(new documented.BudgetManager({ limit, circuitBreaker }), network);
}
