/** Parses dates and periods on the command line. Errors name the option. */

import { Failure } from '../domain/failure.ts';
import { parseInstant } from '../domain/period.ts';
import { parseQuarter } from '../calendar/quarter.ts';

/** @throws {Failure} `usage` naming the option. */
export function parseInstantOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instantMs = parseInstant(text);
  if (instantMs !== undefined) return instantMs;
  throw new Failure('usage', `Invalid date "${text}" for ${option}`, {
    expected: 'ISO 8601 in UTC, e.g. 2026-07-01 or 2026-07-01T12:00:00Z',
    hint: 'write the date like 2026-07-01',
  });
}

/** The start and end of a period that is given instead of a quarter. */
interface PeriodOptions {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Checked before the ledger is opened.
 * @throws {Failure} `usage` for an invalid quarter or date.
 */
export function parsePeriodOption(quarter: string | undefined, { from, to }: PeriodOptions) {
  // Only checks the syntax: the clock of the job decides which quarter "last" means.
  if (quarter !== undefined) parseQuarter(quarter, 0);
  return { quarter, from: parseInstantOption('--from', from), to: parseInstantOption('--to', to) };
}
