/** Reads the values of options, and refuses what does not fit by the option's name. */

import { Failure } from '../domain/failure.ts';
import { parseInstant, parseQuarter } from '../domain/period.ts';

/** @throws {Failure} `usage` naming the option. */
export function instantOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instantMs = parseInstant(text);
  if (instantMs !== undefined) return instantMs;
  throw new Failure('usage', `${option} is not a date: "${text}"`, {
    expected: 'ISO 8601 in UTC, e.g. 2026-07-01 or 2026-07-01T12:00:00Z',
    hint: 'write the date like 2026-07-01',
  });
}

/** The period of a command line: a quarter by name, or a window. */
interface PeriodOptions {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Read before anything is opened, so that a slip is named first.
 * @throws {Failure} `usage` for no quarter or no date.
 */
export function periodOption(quarter: string | undefined, { from, to }: PeriodOptions) {
  // Which quarter "last" is, the clock of the job says.
  if (quarter !== undefined) parseQuarter(quarter, 0);
  return { quarter, from: instantOption('--from', from), to: instantOption('--to', to) };
}
