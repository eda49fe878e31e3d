/** What decision 16 says about the SQL of the ledger, as far as a program can check it. */

import { describe, expect, it } from 'vitest';
import { INSERTED, isNode, nodesIn, parseFile, type SyntaxNode, textOf } from './syntax.ts';
import { filesMatching, type SourceFile } from './tree.ts';

const LEDGER = filesMatching(/^src\/ledger\/.*\.ts$/);

/** Names of all tables that the code declares. */
const TABLES = LEDGER.flatMap(({ text }) =>
  [...text.matchAll(/\bsqliteTable\(\s*'(\w+)'/g)].flatMap(([, name]) => name ?? []),
);

const VALUE = String.raw`(?:\?|:\w+|'[^']*'|\d+|NULL)`;
const TERM = String.raw`\w+ (?:(?:=|<>|<|>|<=|>=|IS) ${VALUE}|IS (?:NOT )?NULL)`;
const WHERE = `(?: WHERE ${TERM}(?: AND ${TERM})*)?`;
const COLUMNS = String.raw`(?:DISTINCT )?(?:\*|1|\w+(?: AS \w+)?(?:, \w+(?: AS \w+)?)*)`;
const ORDER = String.raw`(?: ORDER BY \w+(?: DESC)?(?:, \w+(?: DESC)?)*)?(?: LIMIT ${VALUE})?`;
const LIST = String.raw`\([\w, ]+\)`;
const VALUES = String.raw`\(${VALUE}(?:, ${VALUE})*\)`;
const CHANGES = String.raw`\w+ = ${VALUE}(?:, \w+ = ${VALUE})*`;

/** A statement about rows of one table, without a function, a calculation or another table. */
const PLAIN = new RegExp(
  `^(?:${[
    String.raw`SELECT ${COLUMNS} FROM (?<read>\w+)${WHERE}${ORDER}`,
    String.raw`INSERT (?:OR \w+ )?INTO (?<added>\w+) ?(?:${LIST} )?VALUES ${VALUES}`,
    String.raw`UPDATE (?<changed>\w+) SET ${CHANGES}${WHERE}`,
    String.raw`DELETE FROM (?<deleted>\w+)${WHERE}`,
  ].join('|')})$`,
);

function isPlain(sql: string): boolean {
  const names = Object.values(PLAIN.exec(sql.replace(/\s+/g, ' ').trim())?.groups ?? {});
  return names.some((name) => TABLES.includes(name));
}

/** What `prepare` of the driver gets in a file: the text, and that of a constant of the file. */
function findPrepared(file: Pick<SourceFile, 'path' | 'text'>): string[] {
  const constants = new Map<string, SyntaxNode>();
  const given: SyntaxNode[] = [];
  for (const { type, id, init, callee, arguments: args } of nodesIn(parseFile(file))) {
    if (type === 'VariableDeclarator' && isNode(id) && isNode(init)) {
      constants.set(String(id['name']), init);
    }
    if (type !== 'CallExpression' || !isNode(callee) || !isNode(callee['property'])) continue;
    if (callee['property']['name'] === 'prepare') given.push(...(args as SyntaxNode[]));
  }
  const textsOf = (node: SyntaxNode): string[] => {
    const { type, expressions, name, consequent, alternate } = node;
    if (isNode(consequent) && isNode(alternate)) return [consequent, alternate].flatMap(textsOf);
    const text = textOf(node)?.trim();
    if (text?.startsWith(INSERTED) === true) return (expressions as SyntaxNode[]).flatMap(textsOf);
    const constant = type === 'Identifier' ? constants.get(String(name)) : undefined;
    return constant === undefined ? [text ?? `unknown: ${type}`] : textsOf(constant);
  };
  return given.flatMap(textsOf);
}

describe('SQL of the ledger', () => {
  it('is told apart: a plain statement about a declared table, and text for computed rows', () => {
    expect(isPlain('SELECT 1 FROM fetch WHERE fetch_ref = ?')).toBe(true);
    expect(isPlain("DELETE FROM fetch WHERE kind = 'a' AND digest IS NOT NULL")).toBe(true);
    expect(isPlain('UPDATE fetch SET rejects_ref = :a, digest = NULL')).toBe(true);
    expect(isPlain('INSERT OR IGNORE INTO reject VALUES (?, :b)')).toBe(true);
    expect(isPlain('SELECT DISTINCT kind\nFROM fetch ORDER BY kind DESC LIMIT 2')).toBe(true);
    expect(isPlain('SELECT count(*) FROM fetch')).toBe(false);
    expect(isPlain('SELECT 1 FROM temp.open_repeat WHERE fetch_ref = ?')).toBe(false);
    expect(isPlain('SELECT 1 FROM ledger_summary WHERE deployment = ?')).toBe(false);
    expect(isPlain('UPDATE fetch SET added = added + ? WHERE fetch_ref = ?')).toBe(false);
  });

  it('is drizzle for plain statements, in every file that uses drizzle', () => {
    const mixed = LEDGER.filter(({ text }) => /\borm\b/.test(text));
    const found = mixed.flatMap((file) =>
      [...nodesIn(parseFile(file))].flatMap((node) => {
        const text = textOf(node) ?? '';
        return isPlain(text) ? [`${file.path}: ${text}`] : [];
      }),
    );
    expect(mixed.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });

  it('is found where it is prepared: as a text, a constant, or one of two', () => {
    const text =
      'const A = `SELECT 1`;\nconst B = `${A} FROM t`;\n' +
      "db.prepare(B); db.prepare(is ? A : 'DELETE'); db.prepare(`WITH x ${y}`); db.prepare(sql);";
    const found = findPrepared({ path: 'planted.ts', text });
    expect(found.map((one) => one.replace(/[^\w: ].*/, ''))).toEqual([
      'SELECT 1',
      'SELECT 1',
      'DELETE',
      'WITH x ',
      'unknown: Identifier',
    ]);
  });

  it('is prepared by statement.ts if it reads', () => {
    // Columns of what people query are unknown, and a ledger that is copied has no tables yet.
    const files = LEDGER.filter(({ path }) => !/\/(statement|queries|copyInto)\.ts$/.test(path));
    const prepared = files.flatMap((file) =>
      findPrepared(file).map((text) => `${file.path}: ${text}`),
    );
    expect(prepared.filter((text) => /: INSERT /.test(text)).length).toBeGreaterThan(0);
    expect(prepared.filter((text) => /: (SELECT|WITH|unknown)/.test(text))).toEqual([]);
  });
});
