/** Converts an incident to an entry of engineering hours, and checks its duration. */

import type { OpsEntry } from '../../../domain/provenance.ts';
import { dayStartMs, HOUR_MS, instantText, parseInstant } from '../../../domain/period.ts';
import { shortText } from '../../../platform/json.ts';
import { isInFuture, refuseCell, requirePlausibleYear } from '../cells.ts';
import type { ReadContext, ReadRow } from '../factKind.ts';
import { type FileRow, RowFault } from '../columns.ts';

/** Finds the deployment that a service, a team or a tag stands for. */
export type DeploymentFinder = (names: readonly string[]) => string | undefined;

interface Incident {
  readonly frame: ReadContext;
  /** The tool's id for it, unique across tools: `pagerduty/PT4KHLK`. */
  readonly key: string;
  readonly createdMs: number;
  readonly workedMs: number;
  readonly deployment: string | undefined;
  readonly title: string;
}

const LONGEST_NOTE = 499;

/** The ops entry of an incident. It counts for the UTC day on which the incident began. */
export function toOpsEntry(incident: Incident): ReadRow<OpsEntry> {
  const { title, createdMs, deployment, frame, ...rest } = incident;
  if (isInFuture(createdMs, frame.nowMs)) {
    throw new RowFault(`it begins in the future, ${instantText(createdMs)}; check its date`);
  }
  const note = shortText(title, LONGEST_NOTE);
  const fact: OpsEntry = {
    sourceId: frame.sourceId,
    key: rest.key,
    dayMs: dayStartMs(createdMs),
    ...(deployment === undefined ? {} : { deployment }),
    workedMs: rest.workedMs,
    ...(note === '' ? {} : { note }),
  };
  const says = JSON.stringify([fact.dayMs, fact.deployment, fact.workedMs, fact.note]);
  return { fact, key: fact.key, values: says };
}

/** A whole month, day and night. A longer incident was left open, not worked on. */
const MAX_MEASURED_HOURS = 744;
/** A person may enter the work of many people. */
const MAX_STATED_HOURS = 10_000;

/**
 * Returns a duration that the tool measured, if someone can have worked that long.
 * @throws {RowFault} otherwise.
 */
export function requireMeasuredMs(workedMs: number, what: string): number {
  return checkHours(workedMs, what, MAX_MEASURED_HOURS);
}

/**
 * Returns a duration that a person entered, if it is plausible.
 * @throws {RowFault} otherwise.
 */
export function requireStatedMs(workedMs: number, what: string): number {
  return checkHours(workedMs, what, MAX_STATED_HOURS);
}

function checkHours(workedMs: number, what: string, mostHours: number): number {
  const hours = workedMs / HOUR_MS;
  if (hours >= 0 && hours <= mostHours) return workedMs;
  if (hours < 0) throw new RowFault(`${what} is negative; check the times of the incident`);
  throw new RowFault(
    `${what} is ${Math.round(hours)} hours; expected at most ${mostHours}. If it was left ` +
      'open, write the hours worked into a file with date, deployment, hours',
  );
}

/** The first non-empty cell of the columns, or `''`. */
export function firstCell(row: FileRow, columns: readonly string[]): string {
  return row.cell(columns.find((column) => row.cell(column) !== '') ?? '');
}

/**
 * The tool's id. If the export has only the short number, returns it with a `#`.
 * @throws {RowFault} if both are empty.
 */
export function readIncidentId(row: FileRow, id: readonly string[], number: string): string {
  const fullId = firstCell(row, id);
  if (fullId !== '') return fullId.slice(0, LONGEST_ID);
  if (row.cell(number) !== '') return `#${row.cell(number).slice(0, LONGEST_ID)}`;
  throw new RowFault(`${id[0]} is empty; without it the same incident would count twice`);
}

const LONGEST_ID = 200;

/**
 * Finds the deployment by the names in the columns. Each cell counts as a whole and by its parts.
 */
export function findDeployment(
  row: FileRow,
  columns: readonly string[],
  deploymentOf: DeploymentFinder,
): string | undefined {
  const cells = columns.map((column) => row.cell(column)).filter((cell) => cell !== '');
  const names = cells.flatMap((cell) => [cell, ...cell.split(/[\n,;]/).map((part) => part.trim())]);
  return deploymentOf([...new Set(names)].filter((name) => name !== ''));
}

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
