/** Checks for an overdue report, and alerts once a day until it is sent. */

import { z } from 'zod';
import { clockGap } from '../domain/ledgerFaults.ts';
import type { OverdueStatus } from '../calendar/reportDue.ts';
import { dayText, HOUR_MS } from '../domain/period.ts';
import { reportDueText } from '../report/copy/findings.ts';
import { clockGapSentence } from '../report/copy/ledgerFindings.ts';
import type { Job, JobContext, JobResult } from './job.ts';
import { findReportStatus } from './reportStatus.ts';
import { settleAmbiguousDeliveries } from './handOver.ts';
import { alertOverdue, alertRecipients, notifyOwner, reportDue, sendAlert } from './alerts.ts';
import { formatCount } from '../domain/figures.ts';
import { wasDoneToday, isRecentlyRetired } from '../calendar/horizons.ts';
import { shownName } from '../report/displayText.ts';
import { findDeploymentSellers } from './hostedPrices.ts';

const payload = z.strictObject({});

/** Work log line of the alert; its subject is the quarter. */
const OVERDUE_LINE = 'dead-man';

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
    const gap = clockGap(await context.ledger.facts.lastRecordedMs(), nowMs);
    const oddClock = gap === undefined ? [] : [clockGapSentence(gap)];
    const otherProblems = [
      ...oddClock,
      ...(await notifyOwner(context)),
      ...(await alertRetired(context)),
    ];
    const status = await findReportStatus({ ...context, nowMs });
    const answer = await alertIfOverdue(context, status, otherProblems);
    await context.ledger.work.markDone({ line: 'check', subject: '', dueAtMs: nowMs }, nowMs);
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
  await context.ledger.work.markDone(
    { line: OVERDUE_LINE, subject: deadMan.quarter, dueAtMs: nowMs },
    nowMs,
  );
  return { kind: 'done', result, shortfalls };
}

async function wasAlertedToday({ ledger, clock }: JobContext, quarter: string): Promise<boolean> {
  const done = await ledger.work.done();
  return wasDoneToday(done, { line: OVERDUE_LINE, subject: quarter }, clock.nowMs());
}

type AlertContext = Parameters<typeof sendAlert>[0];

/** Work log line of the alert; its subject is deployment, company and day. */
const RETIRED_LINE = 'host-retired';

const REMAINING = 'To list the remaining providers, run: rentcheck prices';

/**
 * Sends an alert for providers that stopped within two weeks; returns what went wrong, in
 * sentences.
 */
export async function alertRetired(context: AlertContext): Promise<string[]> {
  const { to, webhook } = alertRecipients(context);
  if (to === undefined && webhook === undefined) return [];
  const { clock, ledger } = context;
  const nowMs = clock.nowMs();
  const news = await findNews(context, nowMs);
  if (news.length === 0) return [];
  const subjects = news.map(({ subject }) => subject);
  const { heardBy, problems, inDoubt } = await sendAlert(context, {
    caller: 'The alert about a provider that stopped selling',
    subject: retiredSubject(news),
    text: `${news.map(({ says }) => says).join('\n')}\n\n${REMAINING}\n`,
    key: ['host retired', ...subjects],
    body: { schema: 'rentcheck/host-retired/1', retired: news.map(({ fields }) => fields) },
  });
  // Recipients that may have got the alert do not get it again.
  if (heardBy.length > 0 || inDoubt) {
    for (const subject of subjects) {
      await ledger.work.markDone({ line: RETIRED_LINE, subject, dueAtMs: nowMs }, nowMs);
    }
  }
  return [...problems];
}

type News = Awaited<ReturnType<typeof findNews>>;

async function findNews({ config, ledger }: AlertContext, nowMs: number) {
  const done = await ledger.work.done();
  const before = new Set(
    done.flatMap(({ line, subject }) => (line === RETIRED_LINE ? [subject] : [])),
  );
  const sellers = await findDeploymentSellers({ config, ledger, nowMs });
  const all = sellers.flatMap(({ deployment, selling, retired }) =>
    retired
      .filter(({ sinceMs }) => isRecentlyRetired(sinceMs, nowMs))
      .map(({ company, host, hostName = host, sinceMs }) => {
        const since = dayText(sinceMs);
        const what = `${shownName(hostName)} stopped selling the hosted equivalent of`;
        return {
          subject: `${deployment} ${company} ${since}`,
          what: `${what} ${shownName(deployment)}`,
          says:
            `${what} ${shownName(deployment)} on ${since}. ` +
            `${formatCount(selling, 'provider')} still ${selling === 1 ? 'sells' : 'sell'} one.`,
          fields: { deployment, host, hostName, since, selling },
        };
      }),
  );
  return all.filter(({ subject }) => !before.has(subject));
}

function retiredSubject(news: News): string {
  const [first] = news;
  const what = news.length === 1 && first !== undefined ? first.what : undefined;
  const all = `${formatCount(news.length, 'provider')} stopped selling hosted equivalents`;
  return `Rent check: ${what ?? all}`;
}
