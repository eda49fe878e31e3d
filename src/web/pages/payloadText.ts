/** Knows how what a job was given, and what came of it, is told in plain words. */

/** `{deliver: false, facts: ['usage', 'charges']}` is `deliver no, facts usage and charges`. */
export function payloadText(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null) return valueText(payload);
  const entries = Object.entries(payload);
  if (entries.length === 0) return 'nothing';
  return entries.map(([name, value]) => `${name} ${valueText(value)}`).join(', ');
}

export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.length > 0) return value.map(valueText).join(' and ');
  return JSON.stringify(value) ?? 'nothing';
}

/** A pull may fall short in a hundred places; its own page tells all of them. */
const MOST_LETTERS = 240;

/** For a cell of a table. */
export function cut(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)} …` : text;
}
