/** Knows how the values of options are read, and refused with the option's name. */

import { Failure } from '../domain/failure.ts';
import { parseInstant } from '../domain/period.ts';

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
