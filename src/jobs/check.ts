/** The dead-man check: alerts once a day while a report that is due has not been sent. */

import { z } from 'zod';
import { clockGap } from '../domain/clockGap.ts';
import type { DeadMan } from '../domain/deadMan.ts';
import { DAY_MS, HOUR_MS } from '../domain/period.ts';
import { reportDueText } from '../report/copy/findings.ts';
import { clockGapSentence } from '../report/copy/ledgerFindings.ts';
import type { JobContext } from './context.ts';
import { deadManOf } from './deadMan.ts';
import { settleDoubts } from './doubts.ts';
import type { Answer, Job } from './job.ts';
import { tellOwner } from './notice.ts';
import { reportDue, shout } from './shout.ts';
import { tellRetired } from './tellRetired.ts';

const payload = z.strictObject({});

/** How the work log calls the shouting; its subject is the quarter. */
const LINE = 'dead-man';
/** A little less than a day, for it is asked at about the same time each day. */
const QUIET_MS = DAY_MS - HOUR_MS;

export interface CheckResult {
  readonly deadMan: DeadMan;
  /** By whom it was heard now; empty where there was nothing to shout, or it was said today. */
  readonly heardBy: readonly string[];
}

/** `check {}`: it depends on nothing that it watches but the ledger. */
export const checkJob: Job<z.output<typeof payload>, CheckResult> = {
  name: 'check',
  payload,
  async run(context) {
    const nowMs = context.clock.nowMs();
    await settleDoubts(context);
    const gap = clockGap(await context.ledger.lastRecordedMs(), nowMs);
    const oddClock = gap === undefined ? [] : [clockGapSentence(gap)];
    const untold = [...oddClock, ...(await tellOwner(context)), ...(await tellRetired(context))];
    const deadMan = await deadManOf({ ...context, nowMs });
    const answer = await answerTo(context, deadMan, untold);
    await context.ledger.markDone({ line: 'check', subject: '', dueAtMs: nowMs }, nowMs);
    return answer;
  },
};

async function answerTo(
  context: JobContext,
  deadMan: DeadMan,
  untold: readonly string[],
): Promise<Answer<CheckResult>> {
  if (deadMan.kind !== 'overdue') {
    return { kind: 'done', result: { deadMan, heardBy: [] }, shortfalls: untold };
  }
  const overdue = reportDueText(reportDue(deadMan));
  if (await wasSaidToday(context, deadMan.quarter)) {
    return { kind: 'done', result: { deadMan, heardBy: [] }, shortfalls: [overdue, ...untold] };
  }
  const { heardBy, problems, inDoubt } = await shout(context, deadMan);
  const result = { deadMan, heardBy };
  const shortfalls = [overdue, ...problems, ...untold];
  // Who may have heard it is not called by the hour.
  if (heardBy.length === 0 && problems.length > 0 && !inDoubt) {
    return { kind: 'retry', reason: shortfalls.join('; '), afterMs: HOUR_MS, result };
  }
  const nowMs = context.clock.nowMs();
  await context.ledger.markDone({ line: LINE, subject: deadMan.quarter, dueAtMs: nowMs }, nowMs);
  return { kind: 'done', result, shortfalls };
}

async function wasSaidToday({ ledger, clock }: JobContext, quarter: string): Promise<boolean> {
  const done = await ledger.workDone();
  const said = done.find(({ line, subject }) => line === LINE && subject === quarter);
  return said !== undefined && clock.nowMs() - said.doneAtMs < QUIET_MS;
}
