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

type Holder = Record<string, unknown>;

/** Where a value is: the object or list that holds it, and its key there. */
export interface PlacedValue {
  readonly holder: Holder;
  readonly name: string;
}

/** Every value at the place; `*` is every element of a list. */
export function findAll(value: unknown, place: string): PlacedValue[] {
  const names = place.split('.');
  const last = names.pop() ?? '';
  let holders: Holder[] = [value].filter(isHolder);
  for (const name of names) {
    const inside = (holder: Holder) => (name === '*' ? Object.values(holder) : [holder[name]]);
    holders = holders.flatMap(inside).filter(isHolder);
  }
  return holders.filter((holder) => last in holder).map((holder) => ({ holder, name: last }));
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}

/**
 * One value at the place: in each list the element at that fraction, from 0 for the first to 1 for
 * the last, of those that have such a value. Throws where there is no value.
 */
export function findOne(value: unknown, place: string, share = 0.5): PlacedValue {
  const names = place.split('.');
  const last = names.pop() ?? '';
  let holder = value;
  for (const [at, name] of names.entries()) {
    if (!isHolder(holder)) break;
    const inside = [...names.slice(at + 1), last].join('.');
    const list = Object.values(holder).filter((one) => findAll(one, inside).length > 0);
    holder = name === '*' ? list[Math.round((list.length - 1) * share)] : holder[name];
  }
  if (!isHolder(holder) || !(last in holder)) throw new Error(`nothing at ${place}`);
  return { holder, name: last };
}

/** Whether the records at the place are an empty list, such as that of a page after the last. */
export function hasNoRecords(value: unknown, place: string): boolean {
  const lists = findAll(value, place).map(({ holder, name }) => holder[name]);
  return lists.some((list) => Array.isArray(list) && list.length === 0);
}

/**
 * Changes the records at the place, or of the answer itself: the elements of a list, or the members
 * of an object, each of which keeps its name and is not duplicated.
 */
export function changeRecords(
  value: unknown,
  place: string,
  change: (records: readonly unknown[]) => readonly unknown[],
): void {
  const { holder, name } =
    place === '' ? { holder: { value }, name: 'value' } : findOne(value, place);
  const records = holder[name];
  if (Array.isArray(records)) {
    records.splice(0, Number.POSITIVE_INFINITY, ...change([...(records as unknown[])]));
    return;
  }
  if (typeof records !== 'object' || records === null) throw new Error(`no list at ${place}`);
  const members = Object.entries(records);
  const nameOf = new Map(members.map(([key, record]) => [record, key]));
  const changed = change(members.map(([, record]) => record)).flatMap((record, at) => {
    const key = nameOf.get(record) ?? members[at]?.[0];
    return key === undefined ? [] : [[key, record] as const];
  });
  for (const [key] of members) delete (records as Holder)[key];
  Object.assign(records, Object.fromEntries(changed));
}
