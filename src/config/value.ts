/** How one value of a config file is read, and what is said where it does not fit. */

import { z } from 'zod';
import { type Exact, parseExact } from '../domain/exact.ts';
import { JsonNumber } from '../platform/json.ts';

/** How a value is read and told. `read` answers `undefined` for what does not fit. */
export interface ValueRule<T> {
  /** Completes "expected …". */
  readonly expected: string;
  /** The same in JSON Schema, for editors. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly read: (value: unknown) => T | undefined;
  /** What to do about this very value, where more can be said than `expected`. */
  readonly remedy?: (value: unknown) => string | undefined;
}

/** A schema whose issues carry `params.expected` and `params.remedy` for the list of faults. */
export function valueOf<T>(rule: ValueRule<T>) {
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

/** The number as it was written, or `undefined`. */
export function exactOf(value: unknown): Exact | undefined {
  return value instanceof JsonNumber ? parseExact(value.text) : undefined;
}

/** For text that would have been a number. */
export function unquote(value: unknown): string | undefined {
  const isNumber = typeof value === 'string' && parseExact(value) !== undefined;
  return isNumber ? 'write the number without quotes' : undefined;
}
