/** The document's "Result pattern": an error is a value, never thrown. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly message: string } };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function err(message: string): Result<never> {
  return { ok: false, error: { message } };
}
