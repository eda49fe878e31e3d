/** Rules for one value of a config file: how it is parsed, and the error if it is invalid. */

import { z } from 'zod';
import { type Exact, parseExact } from '../domain/exact.ts';
import { JsonNumber } from '../platform/json.ts';

/** How a value is parsed; `read` returns `undefined` for an invalid one. */
export interface ValueRule<T> {
  /** Completes "expected …". */
  readonly expected: string;
  /** The same in JSON Schema, for editors. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly read: (value: unknown) => T | undefined;
  /** Advice for this value, if there is more to say than `expected`. */
  readonly remedy?: (value: unknown) => string | undefined;
}

/** A schema whose issues carry `params.expected` and `params.remedy` for the list of faults. */
export function valueSchema<T>(rule: ValueRule<T>) {
  return z
    .unknown()
    .transform((value, context): T => {
      const read = rule.read(value);
      if (read !== undefined) return read;
      const params = { expected: rule.expected, remedy: rule.remedy?.(value) };
      context.addIssue({ code: 'custom', message: rule.expected, params });
      return z.NEVER;
    })
    .meta(rule.json);
}

/** Returns the number as written; `undefined` if the value is not a number. */
export function toExactNumber(value: unknown): Exact | undefined {
  return value instanceof JsonNumber ? parseExact(value.text) : undefined;
}

/** Returns advice for a number in quotes. */
export function unquoteAdvice(value: unknown): string | undefined {
  const isNumber = typeof value === 'string' && parseExact(value) !== undefined;
  return isNumber ? 'write the number without quotes' : undefined;
}
