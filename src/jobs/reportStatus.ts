/** Checks in the ledger whether the report that is due has been sent. */

import type { Config } from '../config/config.ts';
import {
  checkOverdue,
  type LeaderRecipient,
  newestDueReport,
  type OverdueStatus,
  type OverdueWatch,
  toDueRule,
  DEFAULT_GRACE_MS,
} from '../calendar/reportDue.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { findAddresses } from './recipients.ts';

/** Config, ledger and time of the check. */
export interface ReportStatusContext {
  readonly config: Pick<Config, 'fiscal' | 'report'>;
  readonly ledger: Pick<Ledger, 'work' | 'deliveries'>;
  readonly nowMs: number;
}

/** Returns the status of the newest due report; also `nothing-due` if the config has no report. */
export async function findReportStatus(watching: ReportStatusContext): Promise<OverdueStatus> {
  const { config, ledger } = watching;
  if (config.report === undefined) return { kind: 'nothing-due' };
  const watch = await watchOf(watching);
  const watched = newestDueReport(watch);
  if (watched === undefined) return { kind: 'nothing-due' };
  const { quarter } = watched;
  // Oldest first, so that the last delivery to a recipient is the newest.
  const editions = (await ledger.deliveries.editions({ quarter })).toReversed();
  const deliveries = await Promise.all(
    editions.map(({ id }) => ledger.deliveries.list({ edition: id })),
  );
  return checkOverdue(watch, deliveries.flat(), await leadersOf(watching, quarter));
}

/**
 * Returns the leaders of the config until deliveries to all of them are planned. A message to one
 * of them, or to someone else, is not the report. Leaders who are added later need not get this
 * one.
 */
async function leadersOf(
  { config, ledger }: ReportStatusContext,
  quarter: string,
): Promise<LeaderRecipient[]> {
  if (config.report === undefined || (await areDeliveriesPlanned({ ledger }, quarter))) return [];
  return findAddresses(config.report, []).filter(({ role }) => role === 'leader');
}

/** Returns the rule by which reports are due, and since when. */
async function watchOf({ config, ledger, nowMs }: ReportStatusContext): Promise<OverdueWatch> {
  const beganMs = await findStartMs(ledger);
  return {
    rule: toDueRule(config),
    graceMs: config.report?.deadMan?.graceMs ?? DEFAULT_GRACE_MS,
    nowMs,
    ...(beganMs === undefined ? {} : { beganMs }),
  };
}

/** Reports are due from the worker's first start on; without a worker, from the first fact on. */
async function findStartMs(ledger: ReportStatusContext['ledger']): Promise<number | undefined> {
  const begun = (await ledger.work.done()).find(
    ({ line, subject }) => line === 'begun' && subject === 'quarter',
  );
  if (begun !== undefined) return begun.dueAtMs;
  return ledger.work.firstFetchMs();
}

/** The part of the ledger that is needed. */
interface ReportWorkLog {
  readonly ledger: Pick<Ledger, 'work'>;
}

/** Work log line: deliveries to all recipients of the config are planned. */
export const DELIVERIES_PLANNED = 'handed-out';

/** True if the work log has the quarter, e.g. `2026-Q3`, as reported. */
export function isReported(context: ReportWorkLog, name: string): Promise<boolean> {
  return isDone(context, ['quarter'], name);
}

/** True if deliveries of the quarter to all recipients of the config were planned. */
function areDeliveriesPlanned(context: ReportWorkLog, name: string): Promise<boolean> {
  return isDone(context, ['quarter', DELIVERIES_PLANNED], name);
}

async function isDone({ ledger }: ReportWorkLog, lines: readonly string[], name: string) {
  const done = await ledger.work.done();
  return done.some(({ line, subject }) => lines.includes(line) && subject === name);
}
