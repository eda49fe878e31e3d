/** What decision 16 says about the SQL of the ledger, as far as a program can check it. */

import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';
import { filesMatching, type SourceFile } from './tree.ts';

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

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

/** Every text of a file that is one literal. */
function findTexts({ text }: SourceFile): string[] {
  const found: string[] = [];
  visit(parseAst(text, { lang: 'ts' }) as unknown as Node, (node) => {
    const text = readLiteral(node);
    if (text !== undefined) found.push(text);
  });
  return found;
}

/** What `prepare` of the driver gets in a file: the text, and that of a constant of the file. */
function findPrepared({ text }: SourceFile): string[] {
  const constants = new Map<string, Node>();
  const given: Node[] = [];
  visit(parseAst(text, { lang: 'ts' }) as unknown as Node, (node) => {
    const { type, id, init, callee, arguments: args } = node;
    if (type === 'VariableDeclarator' && isNode(id) && isNode(init)) {
      constants.set(String(id['name']), init);
    }
    if (type !== 'CallExpression' || !isNode(callee) || !isNode(callee['property'])) return;
    if (callee['property']['name'] === 'prepare') given.push(...(args as Node[]));
  });
  const textsOf = (node: Node): string[] => {
    const { quasis, expressions, name, consequent, alternate } = node;
    if (node.type === 'TemplateLiteral') {
      const [first = ''] = (quasis as { value: { cooked: string } }[]).map(
        (one) => one.value.cooked,
      );
      const [inner] = expressions as Node[];
      return first.trim() === '' && inner !== undefined ? textsOf(inner) : [first.trim()];
    }
    if (isNode(consequent) && isNode(alternate)) return [consequent, alternate].flatMap(textsOf);
    const constant = constants.get(String(name));
    if (node.type === 'Identifier' && constant !== undefined) return textsOf(constant);
    return [readLiteral(node) ?? `unknown: ${node.type}`];
  };
  return given.flatMap(textsOf);
}

function readLiteral({ type, value, quasis }: Node): string | undefined {
  if (type === 'Literal') return typeof value === 'string' ? value : undefined;
  if (type !== 'TemplateLiteral') return undefined;
  const parts = quasis as { value: { cooked: string } }[];
  return parts.length === 1 ? parts[0]?.value.cooked : undefined;
}

function visit(node: Node, onNode: (node: Node) => void): void {
  onNode(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, onNode);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
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
      findTexts(file).flatMap((text) => (isPlain(text) ? [`${file.path}: ${text}`] : [])),
    );
    expect(mixed.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
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
