/** Reads PagerDuty incidents from CSV exports and responses of its incident and analytics APIs. */

import type { OpsEntry } from '../../../domain/provenance.ts';
import { readSecondsAsMs } from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import { type FileRow, RowFault } from '../columns.ts';
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
