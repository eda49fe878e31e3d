/** docs/ledger.md lists every table and view of the migrations, with every column. */

import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { filesMatching, type SourceFile, readSourceFile } from './tree.ts';

const page = readSourceFile('docs/ledger.md').text;
const migrations = filesMatching(/^migrations\/\d{4}_\w+\.sql$/);
const views = filesMatching(/^migrations\/views\/\w+\.sql$/);

function nameOf({ path }: SourceFile): string {
  return path.replace(/^.*\/|\.sql$/g, '');
}

/** What one row stands for, from the first line of the view. */
function grainOf({ lines }: SourceFile): string {
  return (lines[0] ?? '').replace(/^-- One row per /, '').replace(/\.$/, '');
}

function columnsOf(names: readonly string[]): Map<string, string[]> {
  const database = new DatabaseSync(':memory:');
  for (const { text } of [...migrations, ...views]) database.exec(text);
  const columns = names.map((name): [string, string[]] => {
    const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(name);
    return [name, rows.map((row) => String(row['name']))];
  });
  database.close();
  return new Map(columns);
}

describe('docs/ledger.md', () => {
  it('has a row for every view: its grain and its columns', () => {
    const columns = columnsOf(views.map(nameOf));
    const wanted = views.map((view) => {
      const named = (columns.get(nameOf(view)) ?? []).map((column) => `\`${column}\``).join(', ');
      return `| \`${nameOf(view)}\` | ${grainOf(view)} | ${named} |`;
    });
    const shown = page.split('\n').filter((line) => /^\| `\w+` \|.*\|.*\|$/.test(line));
    expect(wanted.length).toBeGreaterThan(0);
    expect(shown).toEqual(wanted);
  });

  it('has a row for every table', () => {
    const tables = migrations.flatMap(({ text }) => [...text.matchAll(/^CREATE TABLE (\w+)/gm)]);
    expect(tables.length).toBeGreaterThan(0);
    expect(tables.filter(([, name]) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });
});
