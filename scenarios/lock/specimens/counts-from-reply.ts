import { randomUUID } from 'node:crypto';
import type { LockReply, LockTransport, WireGrant } from 'heddle/systems';

/**
 * Specimen by mutation: a client that counts its lease from the moment at which it hears of it. The manager counts
 * from the moment at which it grants, so this client believes in the lock for as long as the reply took too long.
 */
export class CountsFromReply {
  readonly #transport: LockTransport;
  readonly #agentId: string;

  constructor(transport: LockTransport, agentId: string) {
    this.#transport = transport;
    this.#agentId = agentId;
  }

  async acquire(
    resourceId: string,
    { waitMs, leaseMs }: { waitMs: number; leaseMs: number },
  ): Promise<{ token: number; isHeld: () => boolean; isLost: () => boolean; release: () => Promise<unknown> }> {
    const requestId = randomUUID();
    const request = { resourceId, agentId: this.#agentId, requestId, waitMs, leaseMs };
    const reply = (await this.#transport('acquire', request)) as LockReply<WireGrant>;
    if (!reply.ok) throw new Error(reply.error.code);
    const { token, leaseMs: left } = reply.value;
    const validUntil = performance.now() + left;
    return {
      token,
      isHeld: () => performance.now() < validUntil,
      isLost: () => performance.now() >= validUntil,
      release: () => this.#transport('release', { resourceId, requestId, token }),
    };
  }

  close(): void {
    // It keeps nothing.
  }
}
