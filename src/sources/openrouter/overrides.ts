/** Knows what is told of prices that hold only under conditions, which are not used. */

import { JsonNumber, shortText } from '../../platform/json.ts';
import { override } from './wire.ts';

const CONDITIONS = Object.keys(override.shape);

/** One note for a host with conditional prices, naming the conditions; none for a host without. */
export function overrideNotes(
  overrides: readonly unknown[] | null | undefined,
  host: string,
  model: string,
): string[] {
  if (overrides === null || overrides === undefined || overrides.length === 0) return [];
  const conditions = [...new Set(overrides.map(conditionText))].join('; ');
  return [
    `${shortText(host, 80)} has other prices for ${shortText(model, 80)} under conditions that ` +
      `are not used (${shortText(conditions, 200)}); its base price is`,
  ];
}

function conditionText(told: unknown): string {
  if (typeof told !== 'object' || told === null) return 'an unreadable condition';
  const given = told as Readonly<Record<string, unknown>>;
  const named = CONDITIONS.filter((name) => given[name] !== undefined && given[name] !== null);
  if (named.length === 0) return 'a condition that this version does not know';
  return named.map((name) => `${name} ${valueText(given[name])}`).join(' and ');
}

function valueText(value: unknown): string {
  return value instanceof JsonNumber ? value.text : (JSON.stringify(value) ?? 'nothing');
}
