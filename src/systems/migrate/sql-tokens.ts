/** What a migration's text consists of, as far as its statements are to be told apart. */
export interface SqlToken {
  /** `word`: a keyword, a bare name or a number. `name`: a quoted identifier. `other`: any other single character. */
  readonly kind: 'word' | 'string' | 'name' | 'semicolon' | 'other' | 'comment' | 'blank';
  readonly start: number;
  readonly end: number;
}

/** A string, a quoted name or a comment that does not end. */
export class UnendedError extends Error {
  override readonly name: string = 'UnendedError';
}

const BLANK = /[ \t\n\f\r\uFEFF]+/y;
// As SQLite's tokenizer: letters, digits, `_`, `$` and everything beyond ASCII.
const WORD = /[\w$\u0080-\uFFFF]+/y;
const LINE_COMMENT = /--[^\n]*/y;
const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

/** Splits SQL into tokens, by the rules of SQLite's tokenizer (sqlite.org/lang_comment.html, lang_keywords.html). */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  let at = 0;
  while (at < sql.length) {
    const token = tokenAt(sql, at);
    yield token;
    at = token.end;
  }
}

function tokenAt(sql: string, start: number): SqlToken {
  const char = sql[start]!;
  const matching = (pattern: RegExp): number => {
    pattern.lastIndex = start;
    return pattern.test(sql) ? pattern.lastIndex : 0;
  };
  const blank = matching(BLANK);
  if (blank > 0) return { kind: 'blank', start, end: blank };
  const comment = matching(LINE_COMMENT);
  if (comment > 0) return { kind: 'comment', start, end: comment };
  if (sql.startsWith('/*', start)) return { kind: 'comment', start, end: endOf(sql, '*/', start + 2, 'comment') };
  const closing = CLOSING[char];
  if (closing !== undefined)
    return { kind: char === "'" ? 'string' : 'name', start, end: endOfQuoted(sql, start, closing) };
  const word = matching(WORD);
  if (word > 0) return { kind: 'word', start, end: word };
  return { kind: char === ';' ? 'semicolon' : 'other', start, end: start + 1 };
}

function endOf(sql: string, mark: string, from: number, what: string): number {
  const found = sql.indexOf(mark, from);
  if (found === -1) throw new UnendedError(`${what} that does not end: ${sql.slice(Math.max(0, from - 2), from + 30)}`);
  return found + mark.length;
}

/** A quote within the quotes is written twice; brackets know no such thing. */
function endOfQuoted(sql: string, start: number, closing: string): number {
  let end = endOf(sql, closing, start + 1, 'quoted text');
  while (closing !== ']' && sql[end] === closing) end = endOf(sql, closing, end + 1, 'quoted text');
  return end;
}
