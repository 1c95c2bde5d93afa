/** The little of PostgreSQL's wire protocol (version 3) that a device between client and server has to know. */

/** Length of the type byte and the length field. */
const HEAD = 5;
const STARTUP = 196_608;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

/** What a client sent: the start of a session, everything up to the point where it waits for an answer, or its end. */
export type Request =
  | { readonly kind: 'startup' }
  | { readonly kind: 'encryption' }
  | { readonly kind: 'statement'; readonly bytes: Buffer; readonly sql: string }
  | { readonly kind: 'terminate' };

/** Cuts a client's bytes into requests. */
export class RequestReader {
  #buffer: Buffer = Buffer.alloc(0);
  #started = false;
  /** Where the next message begins within what belongs to the request that is being read. */
  #at = 0;
  #sql = '';
  readonly #prepared = new Map<string, string>();

  *read(chunk: Uint8Array): Generator<Request> {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
    for (let request = this.#next(); request !== null; request = this.#next()) yield request;
  }

  #next(): Request | null {
    if (!this.#started) return this.#start();
    for (;;) {
      const rest = this.#buffer.length - this.#at;
      if (rest < HEAD) return null;
      const end = this.#at + 1 + this.#buffer.readInt32BE(this.#at + 1);
      if (this.#buffer.length < end) return null;
      const type = String.fromCharCode(this.#buffer[this.#at]!);
      this.#note(type, this.#buffer.subarray(this.#at + HEAD, end));
      this.#at = end;
      if (type === 'Q' || type === 'S' || type === 'F') {
        const sql = this.#sql;
        this.#sql = '';
        return { kind: 'statement', bytes: this.#take(), sql };
      }
      if (type === 'X') {
        this.#take();
        return { kind: 'terminate' };
      }
    }
  }

  #start(): Request | null {
    if (this.#buffer.length < 8) return null;
    const length = this.#buffer.readInt32BE(0);
    if (this.#buffer.length < length) return null;
    const code = this.#buffer.readInt32BE(4);
    this.#at = length;
    this.#take();
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption' };
    if (code !== STARTUP) return { kind: 'terminate' };
    this.#started = true;
    return { kind: 'startup' };
  }

  #take(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#at);
    this.#buffer = this.#buffer.subarray(this.#at);
    this.#at = 0;
    return bytes;
  }

  /** Keeps the text of statements, to name their events. */
  #note(type: string, body: Buffer): void {
    if (type === 'Q') this.#sql = text(body, 0);
    else if (type === 'P') {
      const name = text(body, 0);
      this.#sql = text(body, Buffer.byteLength(name) + 1);
      this.#prepared.set(name, this.#sql);
    } else if (type === 'B') {
      const portal = text(body, 0);
      this.#sql = this.#prepared.get(text(body, Buffer.byteLength(portal) + 1)) ?? this.#sql;
    }
  }
}

function text(buffer: Buffer, from: number): string {
  const end = buffer.indexOf(0, from);
  return buffer.toString('utf8', from, end === -1 ? buffer.length : end);
}

/** `I`: idle, `T`: in a transaction, `E`: in one that has failed. */
export type TransactionStatus = 'I' | 'T' | 'E';

/** Collects a server's bytes into answers: each ends with the message that says that the session waits for requests. */
export class AnswerReader {
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  *read(chunk: Uint8Array): Generator<{ readonly bytes: Buffer; readonly status: TransactionStatus }> {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      if (this.#buffer.length - this.#at < HEAD) return;
      const end = this.#at + 1 + this.#buffer.readInt32BE(this.#at + 1);
      if (this.#buffer.length < end) return;
      const ready = this.#buffer[this.#at] === READY;
      this.#at = end;
      if (!ready) continue;
      const bytes = this.#buffer.subarray(0, end);
      this.#buffer = this.#buffer.subarray(end);
      this.#at = 0;
      yield { bytes, status: String.fromCharCode(bytes[bytes.length - 1]!) as TransactionStatus };
    }
  }
}

const READY = 'Z'.charCodeAt(0);
const ERROR = 'E'.charCodeAt(0);

/** The fields of the first error of an answer, by their one-letter codes: `C` is the SQLSTATE, `M` the message. */
export function errorOf(answer: Buffer): Map<string, string> | null {
  for (let at = 0; at + HEAD <= answer.length; at += 1 + answer.readInt32BE(at + 1)) {
    if (answer[at] !== ERROR) continue;
    const fields = new Map<string, string>();
    for (let field = at + HEAD; answer[field] !== 0;) {
      const value = text(answer, field + 1);
      fields.set(String.fromCharCode(answer[field]!), value);
      field += 2 + Buffer.byteLength(value);
    }
    return fields;
  }
  return null;
}

/** An error, and that the session waits for requests in a transaction of `status`. */
export function errorAnswer(code: string, message: string, status: string): Buffer {
  const body = Buffer.from(`SERROR\0VERROR\0C${code}\0M${message}\0\0`);
  return Buffer.concat([packet('E', body), packet('Z', Buffer.from(status))]);
}

/** A simple query. */
export function queryPacket(sql: string): Buffer {
  return packet('Q', Buffer.from(`${sql}\0`));
}

function packet(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** What a server says when a session begins; `key` stands for the number of its process. */
export function greeting(parameters: Readonly<Record<string, string>>, key: number): Buffer {
  const secret = Buffer.alloc(8);
  secret.writeInt32BE(key, 0);
  return Buffer.concat([
    packet('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) => packet('S', Buffer.from(`${name}\0${value}\0`))),
    packet('K', secret),
    packet('Z', Buffer.from('I')),
  ]);
}
