import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { Provided } from './provider.ts';
import { AnswerReader, errorAnswer, errorOf, queryPacket, type TransactionStatus } from './wire.ts';

/** What to connect with. */
export function configOf(provided: Provided): pg.ClientConfig {
  return { ...provided, application_name: 'heddle', connectionTimeoutMillis: 10_000 };
}

/** An answer of the server's to one request. */
export interface Answer {
  readonly session: number;
  readonly bytes: Uint8Array;
  readonly status: TransactionStatus;
}

const CANCELLED = '57014';
const DEADLOCK = '40P01';

let made = 0;

/** A real connection to the server, from which `pg` has been taken away once it had logged in: only bytes pass. */
export class Session {
  readonly id: number;
  readonly pid: number;
  status: TransactionStatus = 'I';
  /** Answers that have not been fetched. */
  readonly answers: Answer[] = [];
  gone = false;
  /** What it was prepared for; null once a client has used it. */
  preparedFor: string | null = null;
  /** Its process stands still: see {@link SettleWatch}. */
  stopped = false;
  /** Chosen to end a deadlock: its statement is cancelled, and told that it was a deadlock. */
  victim = false;
  readonly #stream: Duplex;
  readonly #reader = new AnswerReader();
  readonly #changed: () => void;
  /** Requests that have not been answered, in order: whose they are. */
  readonly #owed: ('ours' | 'its')[] = [];

  private constructor(pid: number, stream: Duplex, changed: () => void) {
    made += 1;
    this.id = made;
    this.pid = pid;
    this.#stream = stream;
    this.#changed = changed;
    for (const event of ['data', 'end', 'error', 'close']) stream.removeAllListeners(event);
    stream.on('data', (chunk: Buffer) => {
      for (const { bytes, status } of this.#reader.read(chunk)) this.#answered(bytes, status);
    });
    const gone = (): void => {
      this.gone = true;
      changed();
    };
    stream.on('error', gone);
    stream.on('close', gone);
  }

  static async open(provided: Provided, changed: () => void): Promise<Session> {
    const client = new pg.Client(configOf(provided));
    await client.connect();
    const { connection, processID } = client as unknown as { connection: { stream: Duplex }; processID: number };
    return new Session(processID, connection.stream, changed);
  }

  /** It works on a request, or waits for a lock. */
  get busy(): boolean {
    return this.#owed.length > 0;
  }

  /** A client's request. `first`: statements of ours that come before it, of whose answers nobody hears. */
  send(bytes: Uint8Array, first: readonly string[]): void {
    this.preparedFor = null;
    this.#owed.push(...first.map(() => 'ours' as const), 'its');
    this.#stream.write(Buffer.concat([...first.map(queryPacket), bytes]));
  }

  /** Statements of ours; it is not busy when their answers have come. */
  tell(statements: readonly string[]): void {
    this.#owed.push(...statements.map(() => 'ours' as const));
    this.#stream.write(Buffer.concat(statements.map(queryPacket)));
  }

  #answered(bytes: Buffer, status: TransactionStatus): void {
    this.status = status;
    if (this.#owed.shift() === 'its') {
      const cancelled = this.victim && errorOf(bytes)?.get('C') === CANCELLED;
      const told = cancelled ? errorAnswer(DEADLOCK, 'deadlock detected', status) : bytes;
      // A copy: a view would travel with everything that shares its memory.
      this.answers.push({ session: this.id, bytes: new Uint8Array(told), status });
      this.victim = false;
    }
    this.#changed();
  }

  /** Lets its process stand still, which waits for a lock and holds nothing that others need to go on. */
  stop(): void {
    process.kill(this.pid, 'SIGSTOP');
    this.stopped = true;
  }

  continue(): void {
    if (!this.stopped) return;
    this.stopped = false;
    process.kill(this.pid, 'SIGCONT');
  }

  close(): void {
    this.#stream.destroy();
  }
}
