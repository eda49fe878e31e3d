/** Renders the basis of the bills: as billed, computed, compared with invoices, missing. */

import { formatCount } from '../../domain/figures.ts';
import { isZero, negate, compare, type Exact } from '../../domain/exact.ts';
import { listed, dollars, monthOfYear, percent, wholeText } from '../format.ts';
import { oneLine, shownName } from '../displayText.ts';
import type { Reader } from '../locale.ts';
import { parseInstant } from '../../domain/period.ts';
import type { AuditReading, TotalsReading } from './auditReading.ts';
import type { AuditEvidence, AuditGap, AuditEstimate } from '../../verdict/auditEvidence.ts';
import type { Reading } from './storedAmounts.ts';

type EvidenceInput = Pick<AuditReading, 'evidence' | 'totals'>;

const BASIS_TEXTS: Readonly<Record<AuditEvidence['basis'][number]['basis'], string>> = {
  billed: 'as billed',
  negotiated: 'computed from quantities at negotiated prices',
  list: 'computed from quantities at list prices',
  uptime: 'computed from running time at an hourly price',
  stated: 'from rentcheck.yaml (prepaid plans, less credits)',
};

/** The spend by basis. Empty if all of it was billed, or if the basis is unknown. */
export function basisLine({ evidence, totals }: EvidenceInput, reader: Reader): string[] {
  if (evidence.basis.every(({ basis }) => basis === 'billed')) return [];
  const parts = evidence.basis.map(({ basis, spendUsd }) => {
    return `${dollars(spendUsd, reader)} ${BASIS_TEXTS[basis]}`;
  });
  return [`The ${dollars(totals.spendUsd, reader)} of spend consists of ${listed(parts)}.`];
}

/** Invoices compared with the ledger, and the error of estimates. */
export function invoiceCheckLines({ evidence }: EvidenceInput, reader: Reader): string[] {
  const invoiced = evidence.reconciliation.filter(({ against }) => against === 'invoice');
  const matched = invoiced.filter((month) => month.class === 'matched').length;
  const all = formatCount(invoiced.length, 'month');
  return [
    ...(invoiced.length === 0
      ? []
      : [`Invoices cover ${all}. ${matched} of them match the charges in the ledger.`]),
    ...evidence.estimates.map((each) => estimateLine(each, reader)),
  ];
}

/** `Invoices of vast were 3% below to 8% above the estimates (2 months).`. */
function estimateLine(
  { source, months, low, high, ...later }: Reading<AuditEstimate>,
  reader: Reader,
): string {
  const isOne = compare(low, high) === 0;
  const range = isOne ? signed(low, reader) : `${signed(low, reader)} to ${signed(high, reader)}`;
  const isEqual = isOne && isZero(low);
  const compared = isEqual ? 'matched the estimates' : `were ${range} the estimates`;
  const text = `Invoices of ${shownName(source)} ${compared} (${formatCount(months, 'month')})`;
  const [usd, from, to] = [later.laterUsd, later.laterLowUsd, later.laterHighUsd].map((text) =>
    dollars(text, reader),
  );
  if (isZero(later.laterUsd)) return `${text}.`;
  return `${text}. On that basis, the ${usd} estimated without an invoice is ${from} to ${to}.`;
}

function signed(value: Exact, reader: Reader): string {
  return value.num < 0n
    ? `${percent(negate(value), reader)} below`
    : `${percent(value, reader)} above`;
}

const MOST_GAPS = 6;

/** Missing bills that sources usually send. */
function gapLine({ evidence }: Pick<AuditReading, 'evidence'>, reader: Reader): string[] {
  const { gaps } = evidence;
  if (gaps.length === 0) return [];
  const left = gaps.length - MOST_GAPS;
  const more = left > 0 ? `; and ${left} more` : '';
  return [
    `Bills are missing: ${gaps
      .slice(0, MOST_GAPS)
      .map((each) => gapPart(each, reader))
      .join('; ')}${more}.`,
  ];
}

function gapPart(
  { source, unit, category, resource, times, likelyUsd, ongoing }: Reading<AuditGap>,
  reader: Reader,
) {
  const [first = ''] = times;
  const others = times.length - 1;
  const noun = unit === 'month' ? 'month' : 'day';
  const rest = others === 0 ? '' : ` and ${formatCount(others, `more ${noun}`)}`;
  const when = ongoing ? `since ${first}` : `${unit === 'month' ? 'for' : 'on'} ${first}${rest}`;
  const what = category === null ? '' : ` ${category}`;
  const about = likelyUsd === undefined ? '' : ` (about ${dollars(likelyUsd, reader)})`;
  if (resource !== null) return `${shownName(resource)} of ${shownName(source)}, ${when}`;
  return `${shownName(source)}${what} ${when}${about}`;
}

/** All lines, for a terminal. */
export function evidenceLines(audit: EvidenceInput, reader: Reader): string[] {
  return [
    ...basisLine(audit, reader),
    ...invoiceCheckLines(audit, reader),
    ...gapLine(audit, reader),
  ];
}

/** Lines on missing bills. Empty if no bill is known to be missing. */
export function missingBillLines({ totals, evidence }: EvidenceInput, reader: Reader): string[] {
  return [
    ...unbilledLine(totals, reader),
    ...missingBillsLine(totals, reader),
    ...gapLine({ evidence }, reader),
  ];
}

function unbilledLine(
  { tokens, unbilledTokens, unbilledShare }: TotalsReading,
  reader: Reader,
): string[] {
  if (unbilledTokens === 0) return [];
  const [part, all] = [unbilledTokens, tokens + unbilledTokens].map((each) =>
    wholeText(each, reader),
  );
  const shown = isZero(unbilledShare) ? '' : ` (${percent(unbilledShare, reader)})`;
  return [
    `No bill covers ${part} of ${all} tokens${shown}. They are left out of the comparison on ` +
      'both sides.',
  ];
}

const MOST_MONTHS = 6;

function missingBillsLine({ missingBills }: TotalsReading, reader: Reader): string[] {
  if (missingBills.length === 0) return [];
  const shown = missingBills.slice(0, MOST_MONTHS).map(({ source, month }) => {
    return `${shownName(source)} for ${monthName(month, reader)}`;
  });
  const left = missingBills.length - shown.length;
  const more = left > 0 ? ` and ${left} more` : '';
  return [`The spend is not reconciled. Bills are missing: ${shown.join(', ')}${more}.`];
}

/** `2026-10` is `Oct 2026`. */
export function monthName(month: string, reader: Reader): string {
  const atMs = parseInstant(`${month}-01`);
  return atMs === undefined ? oneLine(month, 24) : monthOfYear(atMs, reader);
}
