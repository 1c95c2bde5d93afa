/** `EIO`: the operation failed; `ENOSPC`: no room; `ECRASHED`: who asked is dead, nothing happens on its behalf. */
export type DiskErrorCode = 'EIO' | 'ENOSPC' | 'ECRASHED';

/** Why a storage operation had no effect. */
export class DiskError extends Error {
  override readonly name: string = 'DiskError';
  readonly code: DiskErrorCode;

  constructor(code: DiskErrorCode, operation: string) {
    super(`${code}: ${operation}`);
    this.code = code;
  }
}

/** The code of a DiskError, made by this copy of the package or another; null for any other error. */
export function diskErrorCode(error: unknown): DiskErrorCode | null {
  return error instanceof Error && error.name === 'DiskError' ? (error as DiskError).code : null;
}
