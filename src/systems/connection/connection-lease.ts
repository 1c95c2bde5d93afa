/** A connection in somebody's hands. Give it back by `release()` or `discard()`, once; a second time does nothing. */
export interface ConnectionLease<C> {
  readonly connection: C;
  /** The connection's name: `cluster-a#3`. */
  readonly name: string;
  /** Gives it back for others to use. Resolves when it is theirs. */
  release(): Promise<void>;
  /** Gives it back to be closed, because it is broken or nobody knows in what state it is. */
  discard(): Promise<void>;
}
