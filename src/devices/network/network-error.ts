/** Node's own codes. `ERR_SOCKET_CLOSED`: the connection was closed at this end. */
export type NetworkErrorCode = 'ECONNREFUSED' | 'ECONNRESET' | 'ERR_SOCKET_CLOSED';

const TEXT: Readonly<Record<NetworkErrorCode, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ERR_SOCKET_CLOSED: 'the connection is closed',
};

/** What a client of the simulated network gets instead of an answer. A connection that hangs gives it nothing at all. */
export class NetworkError extends Error {
  override readonly name: string = 'NetworkError';
  readonly code: NetworkErrorCode;
  /** The host or the connection that failed. */
  readonly place: string;

  constructor(code: NetworkErrorCode, place: string) {
    super(`${place}: ${TEXT[code]}`);
    this.code = code;
    this.place = place;
  }
}
