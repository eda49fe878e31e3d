/** Reads the ops file: engineering hours spent on the stack, one task per day and row. */

import { compare, exact, multiply, toInteger, ZERO } from '../../../domain/exact.ts';
import type { OpsEntry } from '../../../domain/provenance.ts';
import { HOUR_MS } from '../../../domain/period.ts';
import { readDayCell, readDecimal, requireNotInFuture, refuseCell, readText } from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import type { FileRow } from '../columns.ts';

export const opsKind: FactKind<'ops'> = {
  name: 'ops',
  columns: { required: ['date', 'hours'], optional: ['deployment', 'note'], keepsExtras: false },
  read: readEntry,
  identified: (fact, key) => ({ ...fact, key }),
};

function readEntry(row: FileRow, { sourceId, nowMs }: ReadContext): ReadRow<OpsEntry> {
  const deployment = readText(row, 'deployment');
  const note = readText(row, 'note', 500);
  const dayMs = readDayCell(row, 'date');
  requireNotInFuture(row, 'date', { atMs: dayMs, nowMs });
  const fact: OpsEntry = {
    sourceId,
    key: '',
    dayMs,
    ...(deployment === undefined ? {} : { deployment }),
    workedMs: readWorkedMs(row),
    ...(note === undefined ? {} : { note }),
  };
  return { fact, values: JSON.stringify([fact.dayMs, deployment, fact.workedMs, note]) };
}

/** A whole month, day and night. One task cannot take longer. */
const MAX_HOURS = exact(744n);

function readWorkedMs(row: FileRow): number {
  const hours = readDecimal(row, 'hours');
  if (hours !== undefined && compare(hours, ZERO) > 0 && compare(hours, MAX_HOURS) <= 0) {
    return Number(toInteger(multiply(hours, exact(BigInt(HOUR_MS)))));
  }
  const expected = 'hours above 0, at most 744';
  return refuseCell(row, 'hours', { expected, todo: 'write one row for each working day' });
}
