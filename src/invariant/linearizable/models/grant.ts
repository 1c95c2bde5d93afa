import type { Call } from '../model.ts';

/** Whether the operation gave what it was asked for: it returned something other than null, undefined, false or `{ granted: false }`. */
export function isGrant({ outcome }: Call): boolean {
  if (outcome.kind !== 'returned') return false;
  const { value } = outcome;
  if (value === null || value === undefined || value === false) return false;
  return (value as { readonly granted?: unknown }).granted !== false;
}
