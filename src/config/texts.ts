/** Schemas of texts in the config file: names, dates, addresses, time zones. */

import { DAY_MS, parseInstant } from '../domain/period.ts';
import { JsonNumber } from '../platform/json.ts';
import { type Secret, createSecret, secretSchema } from '../platform/secret.ts';
import { valueSchema } from './rules.ts';

/** Start of every expectation of a secret; the value that was found is then not shown. */
export const SECRET_EXPECTED = 'a secret as ${ENV} or { file: PATH }';

const MAX_TEXT = 500;

/** Text that is not empty: `text('a model name')`. */
export function textSchema(what: string) {
  return valueSchema<string>({
    expected: `${what} of 1 to ${MAX_TEXT} characters`,
    json: { type: 'string', minLength: 1, maxLength: MAX_TEXT },
    read: (value) =>
      typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT
        ? value
        : undefined,
    remedy: quoteAdvice,
  });
}

const MAX_PATTERN = 1000;

/**
 * A name as the provider writes it, including spaces. `*` is a wildcard unless a backslash precedes
 * it.
 */
export function patternSchema(what: string) {
  return valueSchema<string>({
    expected: `${what} of 1 to ${MAX_PATTERN} characters`,
    json: { type: 'string', minLength: 1, maxLength: MAX_PATTERN },
    read: (value) =>
      typeof value === 'string' && value !== '' && value.length <= MAX_PATTERN ? value : undefined,
    remedy: quoteAdvice,
  });
}

/** One full name without wildcards: `exactNameSchema("a model's name")`. */
export function exactNameSchema(what: string) {
  return valueSchema<string>({
    expected: `${what} of 1 to ${MAX_TEXT} characters`,
    json: { type: 'string', minLength: 1, maxLength: MAX_TEXT, pattern: '^[^*]*$' },
    read: (value) => {
      const isName = typeof value === 'string' && value.trim() !== '' && !value.includes('*');
      return isName && value.length <= MAX_TEXT ? value : undefined;
    },
    remedy: (value) =>
      typeof value === 'string' && value.includes('*')
        ? 'write the full name of one model; * is a wildcard only under match'
        : quoteAdvice(value),
  });
}

function quoteAdvice(value: unknown): string | undefined {
  const isOtherScalar = value instanceof JsonNumber || typeof value === 'boolean';
  return isOtherScalar ? 'put it in quotes' : undefined;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function dayMsOf(value: unknown): number | undefined {
  return typeof value === 'string' && DAY.test(value) ? parseInstant(value) : undefined;
}

const DAY_RULE = {
  expected: 'a valid date, as YYYY-MM-DD',
  json: { type: 'string', format: 'date' },
};

/** A date, returned as midnight UTC. */
export function dateSchema() {
  return valueSchema<number>({ ...DAY_RULE, read: dayMsOf });
}

/** The last day of a term, returned as midnight UTC after it. */
export function lastDaySchema() {
  const read = (value: unknown) => {
    const startMs = dayMsOf(value);
    return startMs === undefined ? undefined : startMs + DAY_MS;
  };
  return valueSchema<number>({ ...DAY_RULE, read });
}

/** A date, kept as written. */
export function dateTextSchema() {
  return valueSchema<string>({
    ...DAY_RULE,
    read: (value) => (dayMsOf(value) === undefined ? undefined : (value as string)),
  });
}

/** A time of day, `07:00`. */
export function timeOfDaySchema() {
  const pattern = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
  return valueSchema<string>({
    expected: 'a time of day like "07:00"',
    json: { type: 'string', pattern: pattern.source },
    read: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined),
  });
}

/** An IANA time zone that this Node supports. */
export function timeZoneSchema() {
  return valueSchema<string>({
    expected: 'an IANA time zone like Europe/Paris, or UTC',
    json: { type: 'string' },
    read: (value) => (typeof value === 'string' && isTimeZone(value) ? value : undefined),
  });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A BCP 47 locale whose number format this Node supports. */
export function localeSchema() {
  return valueSchema<string>({
    expected: 'a BCP 47 locale like de-DE whose number format is supported',
    json: { type: 'string' },
    read: (value) => (typeof value === 'string' && isLocale(value) ? value : undefined),
  });
}

function isLocale(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** An address that often contains a password: a secret reference, or plain text if it has none. */
export function addressSecretSchema(protocols: readonly string[]) {
  return valueSchema<Secret>({
    expected: `${SECRET_EXPECTED}, or ${protocols[0]}//host without a password`,
    json: { type: ['string', 'object'] },
    read(value) {
      const secret = secretSchema.safeParse(value);
      if (secret.success) return secret.data;
      if (typeof value !== 'string' || !isPlainAddress(value, protocols)) return undefined;
      return createSecret(value, () => value);
    },
  });
}

function isPlainAddress(value: string, protocols: readonly string[]): boolean {
  const url = URL.parse(value);
  return url !== null && protocols.includes(url.protocol) && url.username + url.password === '';
}
