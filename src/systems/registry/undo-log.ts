/** What has to be done to take the steps of a transaction back, and what only when it is kept. */
export class UndoLog {
  readonly #undo: (() => void)[] = [];
  readonly #commit: (() => void)[] = [];

  /** Where a part begins that may be taken back by itself. */
  mark(): readonly [number, number] {
    return [this.#undo.length, this.#commit.length];
  }

  step(undo: () => void): void {
    this.#undo.push(undo);
  }

  whenKept(commit: () => void): void {
    this.#commit.push(commit);
  }

  /** Takes back everything since `mark`, last step first. */
  rollBack([undo, commit]: readonly [number, number]): void {
    this.#commit.length = commit;
    while (this.#undo.length > undo) this.#undo.pop()!();
  }

  /** Nothing is taken back any more. Returns what is to be done now, in this order. */
  keep(): (() => void)[] {
    this.#undo.length = 0;
    return this.#commit.splice(0);
  }
}
