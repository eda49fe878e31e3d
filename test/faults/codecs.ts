/**
 * Converts answers that are not JSON into values that faults can change: XML lists, and CSV tables.
 */

import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { parseXml, type XmlElement } from '../../src/platform/xml.ts';

/** How an answer is parsed and written again. */
export interface Codec {
  readonly parse: (text: string) => unknown;
  readonly write: (value: unknown) => string;
}

export const JSON_CODEC: Codec = {
  parse: (text) => JSON.parse(text) as unknown,
  write: (value) => JSON.stringify(value),
};

type Members = Readonly<Record<string, unknown>>;

/** An XML document whose elements of one name are a list. */
export function xmlCodec(root: string, list: string): Codec {
  const valueOf = ({ name, children, text }: XmlElement): unknown => {
    if (children.length === 0) return name === root ? { [list]: [] } : text;
    const members = children.filter((child) => child.name !== list);
    const listed = children.filter((child) => child.name === list).map(valueOf);
    const inner = Object.fromEntries(members.map((child) => [child.name, valueOf(child)]));
    return listed.length > 0 || name === root ? { ...inner, [list]: listed } : inner;
  };
  return {
    parse: (text) => valueOf(parseXml(new TextEncoder().encode(text), 'the test')),
    write: (value) => `<${root}>${written(value)}</${root}>`,
  };
}

function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  return Object.entries(value as Members)
    .map(([name, inner]) => {
      const tag = name.replaceAll(/[^A-Za-z0-9]/g, '');
      const all: unknown[] = Array.isArray(inner) ? inner : [inner];
      return all.map((one) => `<${tag}>${written(one)}</${tag}>`).join('');
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** A table; what was kept of it is JSON lines of the same columns. */
export const TABLE_CODEC: Codec = {
  parse(text) {
    const lines = text.split('\n').filter((line) => line !== '');
    const rows: Members[] = text.startsWith('{')
      ? lines.map((line) => JSON.parse(line) as Members)
      : parse(text, { columns: true, skip_empty_lines: true });
    // An empty cell has no value.
    const resultOf = (row: Members) => Object.entries(row).filter(([, cell]) => cell !== '');
    return { records: rows.map((row) => Object.fromEntries(resultOf(row))) };
  },
  write(value) {
    const { records } = value as { readonly records: readonly unknown[] };
    const rows = records.map((record) =>
      typeof record === 'string' ? { BilledCost: record } : record,
    );
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row as Members)))];
    const cells = rows.map((row) =>
      columns.map((column) => {
        const cell = (row as Members)[column] ?? '';
        return typeof cell === 'string' ? cell : JSON.stringify(cell);
      }),
    );
    return stringify([columns, ...cells]);
  },
};
