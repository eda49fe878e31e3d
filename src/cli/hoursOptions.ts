/** Knows how the options of `ops add` are read, and refused with the option's name. */

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
import { eitherOf, nearest, shown } from '../platform/wording.ts';

/** More is no work of a day, but may be the sum of a team's quarter. */
const MOST_HOURS = exact(10_000n);
/** Longer ones are no amounts, and big digits cost time. */
const LONGEST_NUMBER = 60;

/**
 * Hours as whole milliseconds: `1.5` is 5,400,000.
 * @throws {Failure} `usage` for nothing, less than nothing, too much and nonsense.
 */
export function workedOption(hours: string): number {
  const value = hours.length > LONGEST_NUMBER ? undefined : parseExact(hours);
  if (value !== undefined && compare(value, ZERO) > 0 && compare(value, MOST_HOURS) <= 0) {
    const workedMs = Number(toInteger(multiply(value, exactInteger(HOUR_MS))));
    if (workedMs > 0) return workedMs;
  }
  throw new Failure('usage', `--hours is not an amount of work: ${shown(hours)}`, {
    expected: 'hours above 0, at most 10,000, as a plain decimal',
    hint: 'e.g. --hours 1.5',
  });
}

/** No stack is older; 1900 and 1970 are slips. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);

/**
 * A day in UTC, today unless told.
 * @throws {Failure} `usage` for what is no day, and for one that has not begun.
 */
export function dayOption(date: string | undefined, nowMs: number): number {
  const todayMs = dayStartMs(nowMs);
  const dayMs = date === undefined ? todayMs : parseInstant(date);
  const hint = `e.g. --date ${dayText(todayMs)}, or leave it out for today`;
  const isDay = dayMs !== undefined && dayMs >= EARLIEST_MS && dayMs === dayStartMs(dayMs);
  if (!isDay) {
    const expected = 'a day like 2026-07-01, not before 2000';
    throw new Failure('usage', `--date is not a day: ${shown(date ?? '')}`, { expected, hint });
  }
  if (dayMs <= todayMs) return dayMs;
  throw new Failure('usage', `--date is in the future: ${dayText(dayMs)}`, {
    expected: `at most today, ${dayText(todayMs)} in UTC`,
    hint,
  });
}

/** @throws {Failure} `usage` where config knows no such deployment, with the likely one. */
export function requireDeployment(name: string | undefined, known: readonly string[]): void {
  if (name === undefined || known.includes(name)) return;
  const meant = nearest(name, known);
  throw new Failure('usage', `there is no deployment ${shown(name)}`, {
    expected: known.length === 0 ? 'config has none yet' : eitherOf(known),
    hint:
      meant === undefined
        ? 'name one of rentcheck.yaml, or leave --deployment out for the whole stack'
        : `did you mean "${meant}"? Leave --deployment out for the whole stack`,
  });
}

/**
 * Text of at most `longest` characters; an empty one is none.
 * @throws {Failure} `usage` naming the option.
 */
export function textOption(
  option: string,
  text: string | undefined,
  longest: number,
): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed.length > longest) {
    throw new Failure('usage', `${option} is ${trimmed.length} characters long`, {
      expected: `at most ${longest}`,
      hint: 'shorten it',
    });
  }
  return trimmed === '' ? undefined : trimmed;
}
