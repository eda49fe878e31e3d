/** Checks whether a quarter's report was made and, if required, delivered. */

import type { WorkLog } from '../ledger/workLog.ts';

/** The part of the ledger that is needed. */
interface ReportWorkLog {
  readonly ledger: Pick<WorkLog, 'workDone'>;
}

/** Work log line: deliveries to all recipients of the config are planned. */
export const DELIVERIES_PLANNED = 'handed-out';

/** True if the work log has the quarter, e.g. `2026-Q3`, as reported. */
export function isReported(context: ReportWorkLog, name: string): Promise<boolean> {
  return isDone(context, ['quarter'], name);
}

/** True if deliveries of the quarter to all recipients of the config were planned. */
export function areDeliveriesPlanned(context: ReportWorkLog, name: string): Promise<boolean> {
  return isDone(context, ['quarter', DELIVERIES_PLANNED], name);
}

async function isDone({ ledger }: ReportWorkLog, lines: readonly string[], name: string) {
  const done = await ledger.workDone();
  return done.some(({ line, subject }) => lines.includes(line) && subject === name);
}
