/** Checks for an overdue report, and alerts once a day until it is sent. */

import { z } from 'zod';
import { clockGap } from '../domain/clockGap.ts';
import type { OverdueStatus } from '../domain/deadMan.ts';
import { DAY_MS, HOUR_MS } from '../domain/period.ts';
import { reportDueText } from '../report/copy/findings.ts';
import { clockGapSentence } from '../report/copy/ledgerFindings.ts';
import type { JobContext } from './context.ts';
import { findReportStatus } from './deadMan.ts';
import { settleAmbiguousDeliveries } from './doubts.ts';
import type { JobResult, Job } from './job.ts';
import { notifyOwner } from './notice.ts';
import { reportDue, alertOverdue } from './shout.ts';
import { alertRetired } from './tellRetired.ts';

const payload = z.strictObject({});

/** Work log line of the alert; its subject is the quarter. */
const OVERDUE_LINE = 'dead-man';
/** A little less than a day, because the check runs at about the same time each day. */
const QUIET_MS = DAY_MS - HOUR_MS;

export interface CheckResult {
  readonly deadMan: OverdueStatus;
  /**
   * Recipients that got the alert in this run; empty if none was due or it was already sent today.
   */
  readonly heardBy: readonly string[];
}

/** `check {}`: of what it watches, it depends only on the ledger. */
export const checkJob: Job<z.output<typeof payload>, CheckResult> = {
  name: 'check',
  payload,
  async run(context) {
    const nowMs = context.clock.nowMs();
    await settleAmbiguousDeliveries(context);
    const gap = clockGap(await context.ledger.lastRecordedMs(), nowMs);
    const oddClock = gap === undefined ? [] : [clockGapSentence(gap)];
    const otherProblems = [
      ...oddClock,
      ...(await notifyOwner(context)),
      ...(await alertRetired(context)),
    ];
    const status = await findReportStatus({ ...context, nowMs });
    const answer = await alertIfOverdue(context, status, otherProblems);
    await context.ledger.markDone({ line: 'check', subject: '', dueAtMs: nowMs }, nowMs);
    return answer;
  },
};

async function alertIfOverdue(
  context: JobContext,
  deadMan: OverdueStatus,
  otherProblems: readonly string[],
): Promise<JobResult<CheckResult>> {
  if (deadMan.kind !== 'overdue') {
    return { kind: 'done', result: { deadMan, heardBy: [] }, shortfalls: otherProblems };
  }
  const overdue = reportDueText(reportDue(deadMan));
  if (await wasAlertedToday(context, deadMan.quarter)) {
    return {
      kind: 'done',
      result: { deadMan, heardBy: [] },
      shortfalls: [overdue, ...otherProblems],
    };
  }
  const { heardBy, problems, inDoubt } = await alertOverdue(context, deadMan);
  const result = { deadMan, heardBy };
  const shortfalls = [overdue, ...problems, ...otherProblems];
  // Recipients that may have got the alert are not alerted every hour.
  if (heardBy.length === 0 && problems.length > 0 && !inDoubt) {
    return { kind: 'retry', reason: shortfalls.join('; '), afterMs: HOUR_MS, result };
  }
  const nowMs = context.clock.nowMs();
  await context.ledger.markDone(
    { line: OVERDUE_LINE, subject: deadMan.quarter, dueAtMs: nowMs },
    nowMs,
  );
  return { kind: 'done', result, shortfalls };
}

async function wasAlertedToday({ ledger, clock }: JobContext, quarter: string): Promise<boolean> {
  const done = await ledger.workDone();
  const last = done.find(({ line, subject }) => line === OVERDUE_LINE && subject === quarter);
  return last !== undefined && clock.nowMs() - last.doneAtMs < QUIET_MS;
}
