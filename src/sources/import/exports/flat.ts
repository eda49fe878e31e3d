/** Flattens an object of an incident export into cells whose names are paths. */

import { JsonNumber } from '../../../platform/json.ts';

/** Deeper objects contain nothing that is read. */
const MAX_DEPTH = 2;

/**
 * The text of each value by its path: `{service: {summary: 'a'}}` becomes `service_summary`. A list
 * becomes the names of its items, one per line. The name of an object is its `name`, `summary`,
 * `at` or `id`.
 */
export function flatCells(record: object, prefix = '', depth = 0): [string, string][] {
  return Object.entries(record).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const path = prefix === '' ? key : `${prefix}_${key}`;
    if (Array.isArray(value)) {
      const names = value.map(nameOf).filter((name) => name !== '');
      return [[path, names.join('\n')]];
    }
    if (!isRecord(value)) return [[path, scalarText(value)]];
    return depth < MAX_DEPTH ? flatCells(value, path, depth + 1) : [];
  });
}

/** Whether the value is an object, and neither a list nor a number. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !(value instanceof JsonNumber);
}

function nameOf(value: unknown): string {
  if (!isRecord(value)) return scalarText(value);
  const names = ['name', 'summary', 'at', 'id'].map((key) => scalarText(value[key]));
  return names.find((text) => text !== '') ?? '';
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'boolean' ? String(value) : '';
}
