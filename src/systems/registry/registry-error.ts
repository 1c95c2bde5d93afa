import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

/** What went wrong, as a closed list to switch on. */
export type RegistryErrorCode =
  | 'invalid-argument'
  | 'already-registered'
  | 'not-registered'
  | 'not-owner'
  | 'not-alive'
  | 'asynchronous-transaction'
  | 'closed';

export type RegistryErrorDetails = CodedErrorDetails;

/**
 * The one error of the agent registry: switch on `code`, show `message`.
 *
 * @example
 * try {
 *   registry.register('planner', agent, attributes);
 * } catch (error) {
 *   if (error instanceof RegistryError && error.code === 'already-registered') console.log('somebody else is it');
 *   else throw error;
 * }
 */
export class RegistryError extends CodedError<RegistryErrorCode> {
  override readonly name: string = 'RegistryError';
}
