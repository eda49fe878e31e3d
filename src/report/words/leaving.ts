/** Commitments month by month, credits that are left, and the cost of returning to self-hosting. */

import { decimal, isZero } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditCommitment, AuditCredit } from '../../verdict/auditDecision.ts';
import { dollars } from '../format.ts';
import { shownName } from '../label.ts';
import { monthName } from './billed.ts';
import { dayName, nextPeriod } from './period.ts';
import { known } from './reading.ts';

const MOST_COMMITMENTS = 6;
const MOST_MONTHS = 6;
const MOST_SHARES = 4;

export function leavingLines(audit: Audit): string[] {
  const { commitments, reentryUsd } = audit.stack;
  const reentry = known(reentryUsd);
  const left = commitments.length - MOST_COMMITMENTS;
  return [
    ...commitments
      .slice(0, MOST_COMMITMENTS)
      .map((each) => commitmentLine(each, nextPeriod(audit))),
    ...(left > 0 ? [`And ${left} more commitments, in report.json.`] : []),
    ...audit.stack.credits.flatMap(creditLine),
    ...(reentry === undefined
      ? []
      : [`Returning to self-hosting would cost about ${dollars(reentry)} of engineering time.`]),
  ];
}

function commitmentLine(commitment: AuditCommitment, next: string) {
  const { source, until, owedUsd, months, shares, remainingUsd } = commitment;
  if (isZero(decimal(owedUsd)) && isZero(decimal(remainingUsd))) {
    const ended = `The ${shownName(source)} commitment ended on ${dayName(until)}.`;
    return `${ended}${unusedText(commitment)}`;
  }
  const due = `${dollars(decimal(owedUsd))} is committed for ${next}, used or not`;
  const line = `The ${shownName(source)} commitment ends on ${dayName(until)}. ${due}`;
  const byMonth = listed(
    months.map(({ month, usd }) => `${monthName(month)} ${dollars(decimal(usd))}`),
    MOST_MONTHS,
  );
  const byDeployment = listed(
    shares.map(({ deployment, usd }) => `${shownName(deployment)} ${dollars(decimal(usd))}`),
    MOST_SHARES,
  );
  const parts = [
    byMonth === '' ? '' : ` By month: ${byMonth}.`,
    byDeployment === '' ? '' : ` By deployment: ${byDeployment}.`,
  ];
  return `${line}.${parts.join('')}${unusedText(commitment)}${noticeText(commitment)}`;
}

/** What is left is lost when it expires. */
function creditLine({ source, leftUsd, until }: AuditCredit): string[] {
  const left = decimal(leftUsd);
  if (isZero(left)) return [];
  return [
    `${dollars(left)} of credits at ${shownName(source)} are left. They expire after ` +
      `${dayName(until)}.`,
  ];
}

function unusedText({ unusedUsd, committedUsd }: AuditCommitment): string {
  const unused = known(unusedUsd);
  if (unused === undefined || isZero(unused)) return '';
  const committed = dollars(decimal(committedUsd));
  return ` ${dollars(unused)} of the ${committed} committed in this period was not used.`;
}

function noticeText({ noticeBy }: AuditCommitment): string {
  return noticeBy === null ? '' : ` Give notice by ${dayName(noticeBy)}.`;
}

function listed(texts: readonly string[], most: number): string {
  const left = texts.length - most;
  return `${texts.slice(0, most).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
