/** What identifies a grant to the manager and to the protected resource. */
export interface GrantKey {
  readonly resourceId: string;
  /** Identifies one acquisition; equals the `requestId` if the caller gave one. */
  readonly lockId: string;
  /** Fencing token: greater than that of every earlier grant of the same manager. */
  readonly token: number;
}

/**
 * The right to use a resource until the lease ends.
 *
 * A plain immutable record. Send its token along with every write, so that the resource can refuse a holder whose lease
 * ended without its noticing (see `FencedResource`).
 */
export interface Grant extends GrantKey {
  readonly agentId: string;
  /** Length of the lease (ms), counted from the grant or from the last renewal. */
  readonly leaseMs: number;
  /**
   * When the lease ends: `performance.now()` of the MANAGER's process (ms). Of no use in another process, whose clock
   * has another origin and another rate: there, use a `LockClient`.
   */
  readonly expiresAt: number;
}
