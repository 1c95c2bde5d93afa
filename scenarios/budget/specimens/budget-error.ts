/** The error of both budget specimens. The document shows how it is made (message, details), but not its class. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError'; // completed
  readonly details: Readonly<Record<string, unknown>>; // completed

  constructor(message: string, details: Readonly<Record<string, unknown>>) {
    super(message); // completed
    this.details = details; // completed
  }
}
