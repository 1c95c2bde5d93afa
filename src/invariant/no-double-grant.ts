import { inputOf, returnedObject, type Fact, type Operation } from './history.ts';
import type { Invariant, Watch } from './invariant.ts';

export interface NoDoubleGrantOptions {
  /** Operation that asks for a grant; its input has `resource`, and `leaseMs` where grants end by themselves. */
  readonly acquire?: string;
  /** Operation that gives it back; its input has `resource`. */
  readonly release?: string;
  /** Operation that prolongs it; its input has `resource` and `leaseMs`. */
  readonly renew?: string;
  /** Fact that the protected resource tells of a write it accepted: `{ resource, token }`. Default `accepted`. */
  readonly accepted?: string;
  /** Whether a returned acquire operation is a grant. Default: it returned something other than null or false. */
  readonly granted?: (operation: Operation) => boolean;
  /** How much faster than virtual time the granting clock may run, as a ratio: a lease may end that much earlier. */
  readonly maxDrift?: number;
}

interface Holding {
  readonly task: string;
  readonly since: number;
  /** Virtual instant up to which the grant surely lasts. */
  until: number;
}

function grantedByDefault(operation: Operation): boolean {
  if (operation.outcome.kind !== 'returned') return false;
  const { value } = operation.outcome;
  return value !== null && value !== undefined && value !== false && returnedObject(operation)?.['granted'] !== false;
}

/**
 * At most one holder of a resource at a time. A client surely holds from the return of its acquire to the
 * invocation of its release, or until the lease counted from its *invocation* has passed, whichever comes first:
 * so an alarm is a fact whatever the delays were. At the protected resource accepted tokens must not go back
 * (fencing: Kleppmann, "How to do distributed locking", 2016).
 */
export function noDoubleGrant(options: NoDoubleGrantOptions = {}): Invariant {
  const { acquire = 'acquire', release = 'release', renew = 'renew', accepted = 'accepted', maxDrift = 0 } = options;
  const granted = options.granted ?? grantedByDefault;
  const lease = (operation: Operation): number => {
    const ms = inputOf(operation)['leaseMs'];
    return typeof ms === 'number' ? ms / (1 + maxDrift) : Infinity;
  };
  return {
    name: 'noDoubleGrant',
    watch: (run): Watch => {
      const holdings = new Map<unknown, Holding>();
      let grants = 0;
      const tokens = new Map<unknown, number | bigint>();
      return {
        invoked: (operation) => {
          const { resource } = inputOf(operation);
          if (operation.name === release && holdings.get(resource)?.task === operation.task) holdings.delete(resource);
          return undefined;
        },
        ended: (operation) => {
          const { resource } = inputOf(operation);
          const holding = holdings.get(resource);
          if (operation.name === renew && grantedByDefault(operation)) {
            if (holding?.task === operation.task)
              holding.until = Math.max(holding.until, operation.invokedAt + lease(operation));
            return undefined;
          }
          if (operation.name !== acquire || !granted(operation)) return undefined;
          grants += 1;
          const { task } = operation;
          const now = run.now();
          holdings.set(resource, { task, since: now, until: operation.invokedAt + lease(operation) });
          if (holding === undefined || holding.until <= now) return undefined;
          return `${task} was granted ${String(resource)} at ${String(now)} ms while ${holding.task} holds it since ${String(holding.since)} ms`;
        },
        told: (fact: Fact) => {
          if (fact.kind !== accepted) return undefined;
          const { resource, token } = fact.data as { resource: unknown; token: number | bigint };
          const highest = tokens.get(resource);
          if (highest !== undefined && token < highest) {
            return `${String(resource)} accepted a write with token ${String(token)} after one with token ${String(highest)}`;
          }
          tokens.set(resource, token);
          return undefined;
        },
        exercised: () => grants > 0 || tokens.size > 0,
      };
    },
  };
}
