/** Zod types for provider responses, and the texts of their faults. */

import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { parseInstant } from '../domain/period.ts';
import { JsonNumber, shortText } from './json.ts';

/** JSON allows `1e9999`. Its digits would fill the memory. */
const HUGE_EXPONENT = /e[+-]?\d{3}/i;

/**
 * A number as exact text. `'1.5'` in quotes is rejected, because its author may mean other units.
 */
export const numberText = z
  .custom<JsonNumber>((value) => value instanceof JsonNumber, {
    error: (issue) => `found ${typeName(issue.input)}, expected a number`,
  })
  .refine(({ text }) => text.length <= 64 && !HUGE_EXPONENT.test(text), {
    error: 'expected a number of ordinary size',
  })
  .transform((number) => number.text);

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * A decimal as exact text, from a JSON number or a string. APIs use strings for money that must not
 * be rounded: `1.50`, `"1.50"`, `"7.5e-8"`. No hex, spaces, `NaN` or thousands separators.
 */
export const decimalText = z
  .union([z.custom<JsonNumber>((value) => value instanceof JsonNumber), z.string()], {
    error: (issue) => `found ${typeName(issue.input)}, expected a decimal`,
  })
  .transform((value) => (typeof value === 'string' ? value : value.text))
  .refine((text) => text.length <= 64 && DECIMAL.test(text) && !HUGE_EXPONENT.test(text), {
    error: 'expected a decimal like 12.5',
  });

/** An integer that a double holds exactly. */
export const wholeNumber = numberText.transform(Number).refine(Number.isSafeInteger, {
  error: 'expected a whole number',
});

/** A number that is only shown or compared, never summed as money. */
export const plainNumber = numberText.transform(Number).refine(Number.isFinite, {
  error: 'expected a number that fits a double',
});

/** An RFC 3339 time as epoch milliseconds. */
export const instantMsSchema = z
  .string({ error: (issue) => `found ${typeName(issue.input)}, expected a time` })
  .transform((text, context) => {
    const instantMs = parseInstant(text);
    if (instantMs !== undefined) return instantMs;
    context.addIssue({ code: 'custom', message: `"${shortText(text, 40)}" is not a time` });
    return z.NEVER;
  });

/**
 * Validates a complete response.
 * @throws {Failure} `malformed` with the path of the first fault.
 */
export function parseResponse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Failure(
    'malformed',
    `${where} returned an unexpected response: ${firstFaultText(read.error)}`,
    {
      where,
      cause: read.error,
    },
  );
}

/** The first fault of a schema as text: `totalAmount: found a string, expected a number`. */
export function firstFaultText(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'the response does not have the documented form';
  const path = shortText(issue.path.join('.'), 80);
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** The type of a value as text. */
export function typeName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value instanceof JsonNumber || typeof value === 'number') return 'a number';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

/** A record as received, on one line of at most 500 characters. */
export function recordExcerpt(record: unknown): string {
  return shortText(JSON.stringify(record) ?? 'nothing', 499);
}
