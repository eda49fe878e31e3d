/** How an object of an export becomes cells: what is inside an object gets a longer name. */

import { JsonNumber } from '../../../platform/json.ts';

/** Deeper objects hold nothing that is asked for. */
const DEEPEST = 2;

/**
 * Every value by its path: `{service: {summary: 'a'}}` is `service_summary`. A list is its items'
 * names, one a line: those of objects are their `name`, `summary`, `at` or `id`.
 */
export function flatCells(record: object, prefix = '', depth = 0): [string, string][] {
  return Object.entries(record).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const path = prefix === '' ? key : `${prefix}_${key}`;
    if (Array.isArray(value)) {
      const names = value.map(nameOf).filter((name) => name !== '');
      return [[path, names.join('\n')]];
    }
    if (!isRecord(value)) return [[path, scalarText(value)]];
    return depth < DEEPEST ? flatCells(value, path, depth + 1) : [];
  });
}

/** An object that is neither a list nor a number. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !(value instanceof JsonNumber);
}

function nameOf(value: unknown): string {
  if (!isRecord(value)) return scalarText(value);
  const known = ['name', 'summary', 'at', 'id'].map((key) => scalarText(value[key]));
  return known.find((text) => text !== '') ?? '';
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'boolean' ? String(value) : '';
}
