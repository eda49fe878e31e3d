/** How an incident becomes an entry of hours: its key, day, deployment and limits. */

import type { OpsEntry } from '../../../domain/ops.ts';
import { dayStartMs, HOUR_MS, instantText } from '../../../domain/period.ts';
import { shortText } from '../../../platform/json.ts';
import { isAhead } from '../cells.ts';
import type { Frame, ReadRow } from '../factKind.ts';
import { BadRow, type Row } from '../row.ts';

/** Finds the deployment that a service, a team or a tag stands for. */
export type DeploymentOf = (names: readonly string[]) => string | undefined;

interface Incident {
  readonly frame: Frame;
  /** The tool's id of it, which no other incident of any tool has: `pagerduty/PT4KHLK`. */
  readonly key: string;
  readonly createdMs: number;
  readonly workedMs: number;
  readonly deployment: string | undefined;
  readonly title: string;
}

const LONGEST_NOTE = 499;

/** The entry is of the day on which the incident began, in UTC. */
export function opsEntry(incident: Incident): ReadRow<OpsEntry> {
  const { title, createdMs, deployment, frame, ...rest } = incident;
  if (isAhead(createdMs, frame.nowMs)) {
    throw new BadRow(`it begins in the future, ${instantText(createdMs)}; check its date`);
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
  return { fact, key: fact.key, says };
}

/** A month of day and night: longer, the incident was forgotten, and nobody worked on it. */
const MOST_MEASURED_HOURS = 744;
/** What a person wrote down may be the work of many. */
const MOST_STATED_HOURS = 10_000;

/** Time that the tool measured, where somebody can have worked so long. */
export function measuredMs(workedMs: number, what: string): number {
  return within(workedMs, what, MOST_MEASURED_HOURS);
}

/** Time that a person wrote down. */
export function statedMs(workedMs: number, what: string): number {
  return within(workedMs, what, MOST_STATED_HOURS);
}

function within(workedMs: number, what: string, mostHours: number): number {
  const hours = workedMs / HOUR_MS;
  if (hours >= 0 && hours <= mostHours) return workedMs;
  if (hours < 0) throw new BadRow(`${what} is negative; check the times of the incident`);
  throw new BadRow(
    `${what} is ${Math.round(hours)} hours; expected at most ${mostHours}. If it was left ` +
      'open, write the hours worked into a file with date, deployment, hours',
  );
}

/** The first of the columns that is filled, or `''`. */
export function firstCell(row: Row, columns: readonly string[]): string {
  return row.cell(columns.find((column) => row.cell(column) !== '') ?? '');
}

/**
 * The tool's id; where an export has only the short number, that one, marked so.
 * @throws {BadRow} where both are empty.
 */
export function idOf(row: Row, id: readonly string[], number: string): string {
  const named = firstCell(row, id);
  if (named !== '') return named.slice(0, LONGEST_ID);
  if (row.cell(number) !== '') return `#${row.cell(number).slice(0, LONGEST_ID)}`;
  throw new BadRow(`${id[0]} is empty; without it the same incident would count twice`);
}

const LONGEST_ID = 200;

/** The deployment by the names in the columns, each cell as a whole and by its parts. */
export function deploymentBy(
  row: Row,
  columns: readonly string[],
  deploymentOf: DeploymentOf,
): string | undefined {
  const cells = columns.map((column) => row.cell(column)).filter((cell) => cell !== '');
  const names = cells.flatMap((cell) => [cell, ...cell.split(/[\n,;]/).map((part) => part.trim())]);
  return deploymentOf([...new Set(names)].filter((name) => name !== ''));
}
