/** Reads Opsgenie alerts from CSV exports and responses of its alert API. */

import type { OpsEntry } from '../../../domain/provenance.ts';
import { readCount } from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import { type FileRow, RowFault } from '../columns.ts';
import {
  type DeploymentFinder,
  findDeployment,
  firstCell,
  readExportTime,
  readIncidentId,
  requireMeasuredMs,
  toOpsEntry,
} from './incident.ts';

const ID = ['alert_id', 'id'];
const CREATED = ['created_at', 'created_at_date'];
const ACKNOWLEDGED = ['acknowledged_at'];
const CLOSED = ['closed_at'];
const UNTIL_ACK = ['report_ack_time', 'ack_time'];
const UNTIL_CLOSED = ['report_close_time', 'close_time'];
const NAMES = ['service', 'services', 'teams', 'owner_team', 'responders', 'entity', 'tags'];
const OTHERS = ['tiny_id', 'message', 'status'];

export function opsgenieKind(deploymentOf: DeploymentFinder): FactKind<'ops'> {
  return {
    name: 'ops',
    columns: {
      required: [],
      optional: [ID, CREATED, ACKNOWLEDGED, CLOSED, UNTIL_ACK, UNTIL_CLOSED, NAMES, OTHERS].flat(),
      keepsExtras: false,
      needs: [[...ID, 'tiny_id'], CREATED, [...UNTIL_CLOSED, ...CLOSED]],
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
  const createdMs = readExportTime(row, CREATED);
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
  const ackMs = elapsedTime(row, createdMs, UNTIL_ACK) ?? readExportTime(row, ACKNOWLEDGED);
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
