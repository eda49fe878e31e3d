/** Parses the options of `ops add`. Errors name the option. */

import {
  compare,
  exact,
  exactInteger,
  multiply,
  parseExact,
  toInteger,
  ZERO,
} from '../domain/exact.ts';
import { Failure } from '../domain/failure.ts';
import { dayStartMs, dayText, HOUR_MS, parseInstant } from '../domain/period.ts';
import { joinWithOr, nearestWord, quoteShort } from '../platform/text.ts';

/** One entry may cover a team's quarter, but not more. */
const MOST_HOURS = exact(10_000n);
/** In characters. Longer text is rejected without parsing, which would be slow. */
const LONGEST_NUMBER = 60;

/**
 * Hours as whole milliseconds: `1.5` is 5,400,000.
 * @throws {Failure} `usage` for zero, negative, too large and unreadable values.
 */
export function parseHoursOption(hours: string): number {
  const value = hours.length > LONGEST_NUMBER ? undefined : parseExact(hours);
  if (value !== undefined && compare(value, ZERO) > 0 && compare(value, MOST_HOURS) <= 0) {
    const workedMs = Number(toInteger(multiply(value, exactInteger(HOUR_MS))));
    if (workedMs > 0) return workedMs;
  }
  throw new Failure('usage', `Invalid value ${quoteShort(hours)} for --hours`, {
    expected: 'a decimal number of hours above 0 and up to 10,000',
    hint: 'e.g. --hours 1.5',
  });
}

/** Earlier days, such as those of 1900 and 1970, are mistakes. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);

/**
 * A day in UTC, by default today.
 * @throws {Failure} `usage` for an invalid or future day.
 */
export function parseDayOption(date: string | undefined, nowMs: number): number {
  const todayMs = dayStartMs(nowMs);
  const dayMs = date === undefined ? todayMs : parseInstant(date);
  const hint = `e.g. --date ${dayText(todayMs)}, or omit --date for today`;
  const isDay = dayMs !== undefined && dayMs >= EARLIEST_MS && dayMs === dayStartMs(dayMs);
  if (!isDay) {
    const expected = 'a day like 2026-07-01, from 2000 on';
    throw new Failure('usage', `Invalid value ${quoteShort(date ?? '')} for --date`, {
      expected,
      hint,
    });
  }
  if (dayMs <= todayMs) return dayMs;
  throw new Failure('usage', `--date ${dayText(dayMs)} is in the future`, {
    expected: `today (${dayText(todayMs)} in UTC) or an earlier day`,
    hint,
  });
}

/** @throws {Failure} `usage` for an unknown deployment, with the most similar name. */
export function requireDeployment(name: string | undefined, known: readonly string[]): void {
  if (name === undefined || known.includes(name)) return;
  const meant = nearestWord(name, known);
  throw new Failure('usage', `Unknown deployment ${quoteShort(name)}`, {
    expected:
      known.length === 0 ? 'a deployment in rentcheck.yaml, which has none' : joinWithOr(known),
    hint:
      meant === undefined
        ? 'use a deployment of rentcheck.yaml, or omit --deployment for the whole stack'
        : `did you mean "${meant}"? Omit --deployment for the whole stack`,
  });
}

/**
 * Text of at most `longest` characters; empty text counts as absent.
 * @throws {Failure} `usage` naming the option.
 */
export function parseTextOption(
  option: string,
  text: string | undefined,
  longest: number,
): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed.length > longest) {
    throw new Failure('usage', `The text of ${option} is too long: ${trimmed.length} characters`, {
      expected: `at most ${longest} characters`,
      hint: 'shorten it',
    });
  }
  return trimmed === '' ? undefined : trimmed;
}
