/** Recognizes exports of Opsgenie and PagerDuty, and reads their alerts and incidents. */

import type { OpsEntry } from '../../../domain/provenance.ts';
import { readCount, readSecondsAsMs } from '../cells.ts';
import { type FileRow, RowFault, toLettersAndDigits } from '../columns.ts';
import { splitCsvCells } from '../csvReader.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import {
  type DeploymentFinder,
  findDeployment,
  firstCell,
  readExportTime,
  readIncidentId,
  requireMeasuredMs,
  requireStatedMs,
  toOpsEntry,
} from './incident.ts';

/** `csv` is our own format, as CSV or JSON. */
export type OpsFormat = 'csv' | 'pagerduty' | 'opsgenie';

/** The number of characters that are checked before a file counts as our own format. */
export const RECOGNITION_LENGTH = 65_536;

/**
 * Whether there is enough of the file to {@link recognizeOpsFormat} it: a whole first line, or
 * 64 KB of
 * JSON.
 */
export function isRecognizable(head: string): boolean {
  return (
    head.length >= RECOGNITION_LENGTH || (!looksLikeJson(head) && head.trimStart().includes('\n'))
  );
}

export function looksLikeJson(head: string): boolean {
  return /^\uFEFF?\s*[[{]/.test(head);
}

/** Keys that only these tools write. Inside a text, their quotes would be escaped. */
const TOOL_KEY =
  /"(?:(tinyId)|incidents|incident_number|engaged_seconds|user_defined_effort_seconds)"\s*:/;

const OPSGENIE_COLUMNS = ['tinyid', 'alertid'];
const PAGERDUTY_COLUMNS = [
  'incidentnumber',
  'engagedseconds',
  'userdefinedeffortseconds',
  'secondstoresolve',
];

/** The format, by column names or JSON keys. An unrecognized file counts as our own format. */
export function recognizeOpsFormat(head: string): OpsFormat {
  if (looksLikeJson(head)) {
    const found = TOOL_KEY.exec(head);
    if (found === null) return 'csv';
    return found[1] === undefined ? 'pagerduty' : 'opsgenie';
  }
  const [first = ''] = head.trimStart().split('\n', 1);
  const names = new Set((splitCsvCells(first.trim()) ?? []).map(toLettersAndDigits));
  if (names.has('date') && names.has('hours')) return 'csv';
  if (OPSGENIE_COLUMNS.some((name) => names.has(name))) return 'opsgenie';
  return PAGERDUTY_COLUMNS.some((name) => names.has(name)) ? 'pagerduty' : 'csv';
}

const ID = ['alert_id', 'id'];
const ALERT_CREATED = ['created_at', 'created_at_date'];
const ALERT_ACKNOWLEDGED = ['acknowledged_at'];
const CLOSED = ['closed_at'];
const UNTIL_ACK = ['report_ack_time', 'ack_time'];
const UNTIL_CLOSED = ['report_close_time', 'close_time'];
const NAMES = ['service', 'services', 'teams', 'owner_team', 'responders', 'entity', 'tags'];
const ALERT_OTHERS = ['tiny_id', 'message', 'status'];

export function opsgenieKind(deploymentOf: DeploymentFinder): FactKind<'ops'> {
  return {
    name: 'ops',
    columns: {
      required: [],
      optional: [
        ID,
        ALERT_CREATED,
        ALERT_ACKNOWLEDGED,
        CLOSED,
        UNTIL_ACK,
        UNTIL_CLOSED,
        NAMES,
        ALERT_OTHERS,
      ].flat(),
      keepsExtras: false,
      needs: [[...ID, 'tiny_id'], ALERT_CREATED, [...UNTIL_CLOSED, ...CLOSED]],
    },
    read: (row, frame) => readAlert(row, frame, deploymentOf),
  };
}

function readAlert(
  row: FileRow,
  frame: ReadContext,
  deploymentOf: DeploymentFinder,
): ReadRow<OpsEntry> {
  const key = `opsgenie/${readIncidentId(row, ID, 'tiny_id')}`;
  const createdMs = readExportTime(row, ALERT_CREATED);
  if (createdMs === undefined) throw new RowFault('created_at is empty, so its day is unknown');
  const workedMs = workedMsOf(row, createdMs);
  const deployment = findDeployment(row, NAMES, deploymentOf);
  const title = firstCell(row, ['message']);
  return toOpsEntry({ frame, key, createdMs, workedMs, deployment, title });
}

/**
 * The time from acknowledgement to closing, for one person. Opsgenie does not measure engagement.
 */
function workedMsOf(row: FileRow, createdMs: number): number {
  const status = row.cell('status').toLowerCase();
  const endMs = elapsedTime(row, createdMs, UNTIL_CLOSED) ?? readExportTime(row, CLOSED);
  const isClosed = status === '' ? endMs !== undefined : ['closed', 'resolved'].includes(status);
  if (!isClosed) throw new RowFault('it is not closed yet; import it again after it is closed');
  const ackMs = elapsedTime(row, createdMs, UNTIL_ACK) ?? readExportTime(row, ALERT_ACKNOWLEDGED);
  if (ackMs === undefined) throw new RowFault(NOT_ACKNOWLEDGED);
  if (endMs === undefined) throw new RowFault(NO_END);
  return requireMeasuredMs(endMs - ackMs, 'the time from acknowledgement to closing');
}

/** Opsgenie gives `ackTime` and `closeTime` in milliseconds since the alert was created. */
function elapsedTime(
  row: FileRow,
  createdMs: number,
  columns: readonly string[],
): number | undefined {
  const column = columns.find((name) => row.cell(name) !== '');
  const elapsedMs = column === undefined ? undefined : readCount(row, column);
  return elapsedMs === undefined ? undefined : createdMs + elapsedMs;
}

const NOT_ACKNOWLEDGED =
  'no one acknowledged it, so its working time is unknown; if someone ' +
  'worked on it, write ' +
  'the hours into a file with date, ' +
  'deployment, hours';
const NO_END = 'it is closed, but close_time is empty; export it with report.closeTime';

const CREATED = ['created_at', 'created_on'];
const RESOLVED = ['resolved_at', 'resolved_on'];
const ACKNOWLEDGED = ['acknowledged_at', 'acknowledgements'];
const SERVICE = ['service_name', 'service_summary', 'service'];
const TEAM = ['team_name', 'teams'];
const TITLE = ['description', 'title'];
const EFFORT = ['user_defined_effort_seconds', 'engaged_seconds'];
const AFTER_CREATION = ['seconds_to_first_ack', 'seconds_to_resolve'];
const OTHERS = ['id', 'incident_number', 'status', 'last_status_change_at'];

export function pagerDutyKind(deploymentOf: DeploymentFinder): FactKind<'ops'> {
  return {
    name: 'ops',
    columns: {
      required: [],
      optional: [
        CREATED,
        RESOLVED,
        ACKNOWLEDGED,
        SERVICE,
        TEAM,
        TITLE,
        EFFORT,
        AFTER_CREATION,
        OTHERS,
      ].flat(),
      keepsExtras: false,
      needs: [['id', 'incident_number'], CREATED, [...EFFORT, ...AFTER_CREATION, ...RESOLVED]],
    },
    read: (row, frame) => readIncident(row, frame, deploymentOf),
  };
}

function readIncident(
  row: FileRow,
  frame: ReadContext,
  deploymentOf: DeploymentFinder,
): ReadRow<OpsEntry> {
  const key = `pagerduty/${readIncidentId(row, ['id'], 'incident_number')}`;
  const createdMs = readExportTime(row, CREATED);
  if (createdMs === undefined) throw new RowFault('created_at is empty, so its day is unknown');
  const workedMs = engagedMs(row, createdMs);
  const deployment = findDeployment(row, [...SERVICE, ...TEAM], deploymentOf);
  const title = firstCell(row, TITLE);
  return toOpsEntry({ frame, key, createdMs, workedMs, deployment, title });
}

/**
 * The working time of an incident, by the first known value of these:
 *
 * - the effort that a person entered (if missing, it is empty in PagerDuty and 0 in some exports)
 * - the engaged time of all responders, which may be 0
 * - the time from the first acknowledgement to resolution, for one person
 */
function engagedMs(row: FileRow, createdMs: number): number {
  const endMs = resolvedMs(row, createdMs);
  const effort = readSecondsAsMs(row, 'user_defined_effort_seconds') ?? 0;
  if (effort > 0) return requireStatedMs(effort, 'user_defined_effort_seconds');
  const engaged = readSecondsAsMs(row, 'engaged_seconds');
  if (engaged !== undefined) return requireMeasuredMs(engaged, 'engaged_seconds');
  const untilAckMs = readSecondsAsMs(row, 'seconds_to_first_ack');
  const ackMs =
    untilAckMs === undefined ? readExportTime(row, ACKNOWLEDGED) : createdMs + untilAckMs;
  if (ackMs === undefined || endMs === undefined) throw new RowFault(NO_TIME);
  return requireMeasuredMs(endMs - ackMs, 'the time from acknowledgement to resolution');
}

const NO_TIME =
  'its duration is unknown: user_defined_effort_seconds, engaged_seconds and the ' +
  'acknowledgement are empty; export it with engaged_seconds, or write the hours into a ' +
  'file';

/** When it was resolved; `undefined` if it was resolved at an unknown time. */
function resolvedMs(row: FileRow, createdMs: number): number | undefined {
  const status = row.cell('status').toLowerCase();
  const durationMs = readSecondsAsMs(row, 'seconds_to_resolve');
  const atMs =
    readExportTime(row, RESOLVED) ??
    (durationMs === undefined ? undefined : createdMs + durationMs);
  const isResolved = status === '' ? atMs !== undefined : status === 'resolved';
  if (!isResolved)
    throw new RowFault('it is not resolved yet; import it again after it is resolved');
  return atMs ?? readExportTime(row, ['last_status_change_at']);
}
