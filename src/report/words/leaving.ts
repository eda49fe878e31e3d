/** Knows what leaving leaves behind: what stays owed month by month, and the price of return. */

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
      : [`Coming back to own machines would take ${dollars(reentry)} of people's time.`]),
  ];
}

function commitmentLine(commitment: AuditCommitment, next: string) {
  const { source, until, owedUsd, months, shares, remainingUsd } = commitment;
  if (isZero(decimal(owedUsd)) && isZero(decimal(remainingUsd))) {
    return `${shownName(source)}: ended on ${dayName(until)}.${unusedText(commitment)}`;
  }
  const owed = `${dollars(decimal(owedUsd))} stays owed over ${next} whatever is used`;
  const line = `${shownName(source)}: ${owed}, until ${dayName(until)}`;
  const byMonth = listed(
    months.map(({ month, usd }) => `${monthName(month)} ${dollars(decimal(usd))}`),
    MOST_MONTHS,
  );
  const byDeployment = listed(
    shares.map(({ deployment, usd }) => `${shownName(deployment)} ${dollars(decimal(usd))}`),
    MOST_SHARES,
  );
  const parts = [
    byMonth === '' ? '' : ` Month by month: ${byMonth}.`,
    byDeployment === '' ? '' : ` For: ${byDeployment}.`,
  ];
  return `${line}.${parts.join('')}${unusedText(commitment)}${noticeText(commitment)}`;
}

/** What is left is lost when it expires: that is worth knowing before. */
function creditLine({ source, leftUsd, until }: AuditCredit): string[] {
  const left = decimal(leftUsd);
  if (isZero(left)) return [];
  return [
    `${shownName(source)}: ${dollars(left)} of credits are left and expire on ${dayName(until)}.`,
  ];
}

function unusedText({ unusedUsd, committedUsd }: AuditCommitment): string {
  const unused = known(unusedUsd);
  if (unused === undefined || isZero(unused)) return '';
  const committed = dollars(decimal(committedUsd));
  return ` Of ${committed} committed in this time, ${dollars(unused)} was not used.`;
}

function noticeText({ noticeBy }: AuditCommitment): string {
  return noticeBy === null ? '' : ` Notice must be given by ${dayName(noticeBy)}.`;
}

function listed(texts: readonly string[], most: number): string {
  const left = texts.length - most;
  return `${texts.slice(0, most).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
