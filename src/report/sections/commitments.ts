/** Renders commitments by month, remaining credits, and the cost of returning to self-hosting. */

import { isZero } from '../../domain/exact.ts';
import { oneLine, shownName } from '../displayText.ts';
import { monthName } from './evidence.ts';
import type { AuditReading } from './auditReading.ts';
import type { AuditCommitment, AuditCredit } from '../../verdict/auditDecision.ts';
import type { Reading } from './storedAmounts.ts';
import { dollars, dayName } from '../format.ts';
import type { Reader } from '../locale.ts';
import { contractEndSentences } from '../copy/changes.ts';

const MOST_COMMITMENTS = 6;
const MOST_MONTHS = 6;
const MOST_SHARES = 4;

export function commitmentLines(audit: AuditReading, reader: Reader): string[] {
  const { commitments, reentryUsd } = audit.stack;
  const left = commitments.length - MOST_COMMITMENTS;
  return [
    ...commitments
      .slice(0, MOST_COMMITMENTS)
      .map((each) => commitmentLine(each, audit.nextPeriod, reader)),
    ...(left > 0 ? [`And ${left} more commitments, in report.json.`] : []),
    ...audit.stack.credits.flatMap((each) => creditLine(each, reader)),
    ...(reentryUsd === undefined
      ? []
      : [
          `Returning to self-hosting would cost about ` +
            `${dollars(reentryUsd, reader)} of engineering time.`,
        ]),
  ];
}

function commitmentLine(commitment: Reading<AuditCommitment>, next: string, reader: Reader) {
  const { source, until, owedUsd, months, shares, remainingUsd } = commitment;
  if (isZero(owedUsd) && isZero(remainingUsd)) {
    const ended = `The ${shownName(source)} commitment ended on ${dayName(until, reader)}.`;
    return `${ended}${unusedText(commitment, reader)}`;
  }
  const due = `${dollars(owedUsd, reader)} is committed for ${next}, used or not`;
  const line = `The ${shownName(source)} commitment ends on ${dayName(until, reader)}. ${due}`;
  const byMonth = listed(
    months.map(({ month, usd }) => `${monthName(month, reader)} ${dollars(usd, reader)}`),
    MOST_MONTHS,
  );
  const byDeployment = listed(
    shares.map(({ deployment, usd }) => `${shownName(deployment)} ${dollars(usd, reader)}`),
    MOST_SHARES,
  );
  const parts = [
    byMonth === '' ? '' : ` By month: ${byMonth}.`,
    byDeployment === '' ? '' : ` By deployment: ${byDeployment}.`,
  ];
  const notes = `${unusedText(commitment, reader)}${noticeText(commitment, reader)}`;
  return `${line}.${parts.join('')}${notes}`;
}

/** Remaining credits, which are lost when they expire. */
function creditLine({ source, leftUsd, until }: Reading<AuditCredit>, reader: Reader): string[] {
  if (isZero(leftUsd)) return [];
  return [
    `${dollars(leftUsd, reader)} of credits at ${shownName(source)} are left. They expire after ` +
      `${dayName(until, reader)}.`,
  ];
}

function unusedText(
  { unusedUsd: unused, committedUsd }: Reading<AuditCommitment>,
  reader: Reader,
): string {
  if (unused === undefined || isZero(unused)) return '';
  const committed = dollars(committedUsd, reader);
  return ` ${dollars(unused, reader)} of the ${committed} committed in this period was not used.`;
}

function noticeText({ noticeBy }: Reading<AuditCommitment>, reader: Reader): string {
  return noticeBy === null ? '' : ` Give notice by ${dayName(noticeBy, reader)}.`;
}

function listed(texts: readonly string[], most: number): string {
  const left = texts.length - most;
  return `${texts.slice(0, most).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

const MOST_LETTERS = 400;

export function contractEndLines(audit: AuditReading, reader: Reader): string[] {
  const per = audit.isWholeQuarter ? 'quarter' : 'period';
  return (audit.stack.afterContracts ?? []).map((end) =>
    oneLine(contractEndSentences(end, reader, per), MOST_LETTERS),
  );
}
