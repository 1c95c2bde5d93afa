import { Channel } from '../../kernel/channel.ts';
import type { SimProcess } from '../../kernel/process.ts';
import type { Task } from '../../kernel/task.ts';
import { VirtualSocket } from './virtual-socket.ts';
import { greeting, RequestReader, type TransactionStatus } from './wire.ts';

/** A statement, or what a client sent up to the point at which it waits for an answer. */
export interface Statement {
  readonly bytes: Uint8Array;
  readonly label: string;
  /** On whose behalf it was sent. */
  readonly task: Task;
}

/** What a connection asks of the device that it belongs to. */
export interface ConnectionOwner {
  currentTask(): Task;
  /** The client has sent a statement. */
  sent(connection: Connection, statement: Statement): void;
  /** The client has hung up, or is dead: nobody will hear an answer. */
  hungUp(connection: Connection): void;
}

/** What a server says of itself; drivers read some of it. */
const PARAMETERS = {
  server_version: '18.0',
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
};

const LONGEST_LABEL = 64;

/** One client's connection: its socket at one end, a session of the real server at the other. */
export class Connection {
  /** Its place among the connections of the run: what the real session is called differs from run to run. */
  readonly index: number;
  readonly process: SimProcess;
  readonly socket: VirtualSocket;
  readonly requests: Channel = new Channel();
  readonly replies: Channel = new Channel();
  /** Settings that its session begins with. */
  readonly settings: readonly string[];
  /** The real session; null before the first statement, and when the server has ended it. */
  session: number | null = null;
  status: TransactionStatus = 'I';
  /** Statements that the server has received and not answered. */
  readonly underWay: Statement[] = [];
  /** Nobody hears answers any more. */
  deaf = false;
  /** The server has noticed that. */
  over = false;
  /** What `now()` says in its session. */
  now: string | null = null;
  /** Locks of the session itself may be held outside of transactions. */
  sessionLocks = false;
  /** It waits for a lock, as far as the trace was told. */
  waits = false;

  constructor(index: number, client: SimProcess, settings: readonly string[], owner: ConnectionOwner) {
    this.index = index;
    this.process = client;
    this.settings = settings;
    const reader = new RequestReader();
    this.socket = new VirtualSocket((socket) => ({
      // Connecting is not what is looked into: it takes no time.
      connect: () => {
        process.nextTick(() => {
          socket.connected();
        });
      },
      sent: (bytes) => {
        for (const request of reader.read(bytes)) {
          if (request.kind === 'statement') {
            const { sql } = request;
            if (/advisory|listen/i.test(sql)) this.sessionLocks = true;
            owner.sent(this, { bytes: new Uint8Array(request.bytes), label: labelOf(sql), task: owner.currentTask() });
          } else if (request.kind !== 'terminate') {
            const answer = request.kind === 'startup' ? greeting(PARAMETERS, index) : Buffer.from('N');
            process.nextTick(() => {
              socket.received(answer);
            });
          }
        }
      },
      closed: () => {
        owner.hungUp(this);
      },
    }));
  }
}

function labelOf(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_LABEL ? `${line.slice(0, LONGEST_LABEL - 1)}…` : line;
}
