import type { Sim } from 'heddle';
import { Supervisor, type Child, type ChildSpec } from 'heddle/systems';
import { Careless } from './mutants.ts';
import { OtpSupervisor, type OtpChildSpec } from './otp-supervisor.ts';

/** What a service is like. All times in virtual ms. */
export interface ServiceTerms {
  readonly id: string;
  /** How long it starts; Infinity: for ever. */
  readonly startMs?: number;
  /** It fails when it starts for the first time. */
  readonly failsToStart?: boolean;
  /** How long it takes to end when asked; Infinity: for ever. It can be killed. */
  readonly stopMs?: number;
  /** When it ends by itself, in its first life. */
  readonly endsAfter?: number;
  readonly endsHow?: 'normal' | 'failed';
  readonly restart?: 'permanent' | 'transient' | 'temporary';
  readonly shutdownMs?: number;
}

export type ServiceFact = 'up' | 'stopping' | 'stopped' | 'killed' | 'ended';

/** One life of a service that lives somewhere else, as a worker or a process does: so it can be killed. */
class Service implements Child {
  readonly ended: Promise<unknown>;
  readonly #sim: Sim;
  readonly #terms: ServiceTerms;
  #over = false;
  #fulfil!: (value: unknown) => void;
  #reject!: (error: unknown) => void;

  constructor(sim: Sim, terms: ServiceTerms, firstLife: boolean) {
    this.#sim = sim;
    this.#terms = terms;
    this.ended = new Promise((resolve, reject) => {
      this.#fulfil = resolve;
      this.#reject = reject;
    });
    sim.tell('up', { id: terms.id });
    const { endsAfter, endsHow } = terms;
    if (!firstLife || endsAfter === undefined) return;
    void sim.io(`${terms.id} ends`, { latency: endsAfter }).then(() => {
      this.#end('ended', endsHow === 'failed');
    });
  }

  stop(): void {
    if (this.#over) return;
    const { id, stopMs = 1 } = this.#terms;
    this.#sim.tell('stopping', { id });
    if (stopMs === Infinity) return;
    void this.#sim.io(`${id} stops`, { latency: stopMs }).then(() => {
      this.#end('stopped', false);
    });
  }

  kill(): void {
    const { id } = this.#terms;
    void this.#sim.io(`${id} is killed`, { latency: [0, 2] }).then(() => {
      this.#end('killed', true);
    });
  }

  #end(fact: ServiceFact, failed: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#sim.tell(fact, { id: this.#terms.id });
    if (failed) this.#reject(new Error(fact));
    else this.#fulfil(undefined);
  }
}

/** Starts a service as often as it is asked to. */
function starter(sim: Sim, terms: ServiceTerms): () => Promise<Child> {
  let lives = 0;
  return async () => {
    lives += 1;
    const firstLife = lives === 1;
    const { id, startMs = 1, failsToStart } = terms;
    sim.tell('starting', { id });
    if (startMs === Infinity) await new Promise(() => undefined);
    await sim.io(`${id} starts`, { latency: startMs });
    if (failsToStart === true && firstLife) throw new Error(`${id} fails to start`);
    return new Service(sim, terms, firstLife);
  };
}

/** A supervisor under which services run. */
export interface Supervision {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export type Strategy = 'one-for-one' | 'rest-for-one';

/** Makes a supervisor of the subject's kind. */
export type Supervise = (services: readonly ServiceTerms[], strategy: Strategy) => Supervision;

function terms({ restart, shutdownMs }: ServiceTerms): Pick<ChildSpec, 'restart' | 'shutdownMs'> {
  return { ...(restart && { restart }), ...(shutdownMs !== undefined && { shutdownMs }) };
}

export const ours =
  (sim: Sim): Supervise =>
  (services, strategy) =>
    new Supervisor({
      strategy,
      children: services.map((each) => ({ id: each.id, start: starter(sim, each), ...terms(each) })),
    });

function otpSpec(sim: Sim, each: ServiceTerms, explicit: boolean): OtpChildSpec {
  const start = starter(sim, each);
  const { restart, shutdownMs: shutdown } = each;
  if (!explicit) return { id: each.id, start };
  return { id: each.id, start, ...(restart && { restart }), ...(shutdown !== undefined && { shutdown }) };
}

/** Without child specs: OTP's defaults, permanent and 5000 ms. */
export const asFound =
  (sim: Sim): Supervise =>
  (services, strategy) =>
    new OtpSupervisor(
      services.map((each) => otpSpec(sim, each, false)),
      strategy,
    );

/** With explicit child specs. Of F13 the fix is a comment: the same supervisor, `:rest_for_one` before and after. */
export const asDocumented =
  (sim: Sim): Supervise =>
  (services, strategy) =>
    new OtpSupervisor(
      services.map((each) => otpSpec(sim, each, true)),
      strategy,
    );

const careless =
  (stops: 'in reverse' | 'all at once') =>
  (sim: Sim): Supervise =>
  (services) =>
    new Careless(
      services.map((each) => starter(sim, each)),
      stops,
    );

export const allAtOnce: (sim: Sim) => Supervise = careless('all at once');
export const leavesBehind: (sim: Sim) => Supervise = careless('in reverse');

const TEMPORARY = { restart: 'temporary' } as const;

/** Ours, with each transient service that may depend on another taken for a temporary one. */
export const givesUpDependents =
  (sim: Sim): Supervise =>
  (services, strategy) => {
    const [first, ...rest] = services.map((each) => ({ ...each }));
    const others = rest.map((each) => ({ ...each, ...(each.restart === 'transient' && TEMPORARY) }));
    return ours(sim)(first === undefined || strategy === 'one-for-one' ? services : [first, ...others], strategy);
  };
