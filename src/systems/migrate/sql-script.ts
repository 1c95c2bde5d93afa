import { sqlTokens, UnendedError, type SqlToken } from './sql-tokens.ts';

/** One statement of a script. */
export interface SqlStatement {
  /** As written, without the semicolon at its end. */
  readonly text: string;
  /** Its first words in capitals, quoted names and comments left out: `CREATE TEMP TRIGGER`, `PRAGMA MAIN . JOURNAL_MODE`. */
  readonly words: readonly string[];
}

/** Words that are enough to tell what a statement does. */
const WORDS_KEPT = 6;

/**
 * The statements of an SQLite script, in order. A semicolon ends a statement unless it stands in a string, a quoted name,
 * a comment or the body of a trigger; a trigger ends, as SQLite's own `sqlite3_complete` has it, with the `END` that
 * follows a semicolon and is followed by one (or by the end of the script). A `CASE … END` is therefore no matter.
 *
 * @throws UnendedError when a string, a quoted name, a comment or a trigger does not end.
 */
export function sqlStatements(script: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let part = new Part();
  for (const token of sqlTokens(script)) {
    if (token.kind === 'semicolon' && !part.goesOnAfterSemicolon()) {
      part.addTo(statements, script);
      part = new Part();
    } else {
      part.add(token, script);
    }
  }
  if (part.isOpen()) throw new UnendedError(`trigger that does not end: ${script.slice(-60)}`);
  part.addTo(statements, script);
  return statements;
}

/** A statement that is being read. */
class Part {
  #start = -1;
  #end = -1;
  readonly #words: string[] = [];
  #isTrigger = false;
  /** The last two tokens, in capitals; a semicolon that did not end the statement is one of them. */
  #last = '';
  #beforeLast = '';

  add(token: SqlToken, script: string): void {
    if (token.kind === 'blank') return;
    if (token.kind === 'comment') {
      // A comment in front of the statement is not part of it.
      if (this.#start !== -1) this.#end = token.end;
      return;
    }
    if (this.#start === -1) this.#start = token.start;
    this.#end = token.end;
    const text = script.slice(token.start, token.end);
    this.#beforeLast = this.#last;
    // A name that happens to be called "end" ends nothing.
    this.#last = token.kind === 'word' || token.kind === 'semicolon' ? text.toUpperCase() : token.kind;
    if (this.#words.length < WORDS_KEPT) this.#words.push(token.kind === 'word' ? this.#last : text);
    this.#isTrigger ||= isTrigger(this.#words);
  }

  goesOnAfterSemicolon(): boolean {
    return this.isOpen();
  }

  /** Whether it is a trigger whose `END` has not come. */
  isOpen(): boolean {
    return this.#isTrigger && !(this.#last === 'END' && this.#beforeLast === ';');
  }

  addTo(statements: SqlStatement[], script: string): void {
    if (this.#start === -1) return;
    statements.push({ text: script.slice(this.#start, this.#end), words: this.#words });
  }
}

function isTrigger(words: readonly string[]): boolean {
  const [create, second, third] = words;
  if (create !== 'CREATE') return false;
  return second === 'TRIGGER' || ((second === 'TEMP' || second === 'TEMPORARY') && third === 'TRIGGER');
}
