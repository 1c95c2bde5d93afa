import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqliteFile } from '../../../src/devices/sqlite/index.ts';
import { sqlStatements } from '../../../src/systems/migrate/sql-script.ts';
import { UnendedError } from '../../../src/systems/migrate/sql-tokens.ts';

const texts = (script: string): string[] => sqlStatements(script).map(({ text }) => text);

describe('a script', () => {
  it.each([
    ['plain statements', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['no semicolon at the end', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['nothing', ' ;; -- nothing;\n /* ; */ ;', []],
    ['a string', "SELECT 'a;''b;';SELECT 2", ["SELECT 'a;''b;'", 'SELECT 2']],
    ['quoted names', 'SELECT "a;""b", `c;``d`, [e;f]; SELECT 2', ['SELECT "a;""b", `c;``d`, [e;f]', 'SELECT 2']],
    ['a line comment', 'SELECT 1 -- one; more\n, 2; SELECT 3', ['SELECT 1 -- one; more\n, 2', 'SELECT 3']],
    ['a block comment', 'SELECT 1 /* ; -- */ , 2; SELECT 3', ['SELECT 1 /* ; -- */ , 2', 'SELECT 3']],
    ['a comment in front', '-- first;\nSELECT 1', ['SELECT 1']],
    ['signs that begin no comment', 'SELECT 1 - -2 / 3 * 4; SELECT 5', ['SELECT 1 - -2 / 3 * 4', 'SELECT 5']],
    [
      'columns called begin and end',
      'CREATE TABLE t (begin, "end"); SELECT 1',
      ['CREATE TABLE t (begin, "end")', 'SELECT 1'],
    ],
    [
      'a trigger',
      'CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END; SELECT 3',
      ['CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END', 'SELECT 3'],
    ],
    [
      'a temporary trigger with comments between its words',
      "create /* ; */ temp -- ;\n trigger if not exists a delete on t begin select '; end;'; end /* ; */; SELECT 3;",
      ["create /* ; */ temp -- ;\n trigger if not exists a delete on t begin select '; end;'; end /* ; */", 'SELECT 3'],
    ],
    [
      'a trigger that sets a column called end',
      'CREATE TRIGGER a UPDATE ON t BEGIN UPDATE t SET "end" = 1; UPDATE t SET end = 2; END; SELECT 3',
      ['CREATE TRIGGER a UPDATE ON t BEGIN UPDATE t SET "end" = 1; UPDATE t SET end = 2; END', 'SELECT 3'],
    ],
  ])('with %s', (_what, script, statements) => {
    expect(texts(script)).toEqual(statements);
  });

  it.each([
    ['string', "SELECT 'a"],
    ['name', 'SELECT "a'],
    ['bracket', 'SELECT [a'],
    ['comment', 'SELECT 1; /* a'],
    ['trigger', 'CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; SELECT 2;'],
  ])('with a %s that does not end is refused', (_what, script) => {
    expect(() => sqlStatements(script)).toThrow(UnendedError);
  });

  it('of any pieces is split between them, and SQLite agrees that they are statements', () => {
    const name = fc.constantFrom('t', '"a;b"', '[c;d]', '`e;f`', 'größe', '"x""y;"');
    const blank = fc.constantFrom(' ', '\n', ' /* ; */ ', ' -- ;\n', '\t');
    const value = fc.constantFrom("'a;b'", "'it''s'", '1', "x'00'", "'--'", 'CASE WHEN 1 THEN 2 ELSE 3 END');
    const statement = fc.oneof(
      fc.tuple(blank, value).map(([b, v]) => `SELECT${b}${v}`),
      fc.tuple(name, blank).map(([n, b]) => `CREATE TABLE IF NOT EXISTS${b}${n} (begin, end)`),
      fc
        .tuple(name, blank, value)
        .map(
          ([n, b, v]) =>
            `CREATE${b}TRIGGER IF NOT EXISTS ${n} AFTER INSERT ON jobs${b}BEGIN SELECT${b}${v}; UPDATE jobs SET end = 1; END`,
        ),
    );
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 6 }), blank, (statements, between) => {
        const script = statements.map((each) => `${each}${between};`).join(between);
        const split = texts(script);
        expect(split).toHaveLength(statements.length);
        statements.forEach((each, i) => {
          expect(split[i]!.startsWith(each)).toBe(true);
        });
        // And SQLite takes the script for the same.
        sqliteFile(`CREATE TABLE jobs (begin, end); ${script}`);
      }),
      { numRuns: 60 },
    );
  });
});
