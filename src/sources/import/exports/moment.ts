/** Parses the times in exports. */

import { parseInstant } from '../../../domain/period.ts';
import { requirePlausibleYear, refuseCell } from '../cells.ts';
import type { FileRow } from '../row.ts';

/**
 * The time in the first non-empty column, in ms. Accepts ISO 8601, also with a space before the
 * offset or with ` UTC` at the end, and milliseconds since 1970. If a cell lists several times, the
 * earliest counts.
 */
export function readExportTime(row: FileRow, columns: readonly string[]): number | undefined {
  const column = columns.find((name) => row.cell(name) !== '');
  if (column === undefined) return undefined;
  const moments = row.cell(column).split('\n').map(parseMoment);
  const known = moments.filter((moment) => moment !== undefined);
  if (known.length === moments.length) return requirePlausibleYear(row, column, Math.min(...known));
  return refuseCell(row, column, {
    expected: 'a time like 2026-07-01T00:00:00Z',
    todo: 'export it again with times in ISO 8601',
  });
}

function parseMoment(text: string): number | undefined {
  if (/^\d{13}$/.test(text)) return Number(text);
  return parseInstant(text.replace(/ (?=[+-]\d{2}:?\d{2}$)/, '').replace(/ UTC$/, 'Z'));
}
