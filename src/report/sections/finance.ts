/**
 * Builds finance's report: what to book, what to check, and the spend by provider and deployment.
 */

import { divide, type Exact, isZero, negate, sum, compare } from '../../domain/exact.ts';
import { counted, dollars, percent, listed, dayName } from '../format.ts';
import { shownName } from '../displayText.ts';
import type { PageText, ReportText } from '../reportText.ts';
import { NO_ACTIONS } from './actions.ts';
import { monthName } from './evidence.ts';
import { hostedPurchaseLines } from './hostedPurchases.ts';
import { providerMonthText, reconciliationDifference } from './financeBooks.ts';
import { totalSpend } from './financeSpend.ts';
import type { AuditReading } from './auditReading.ts';
import type { AuditGap } from '../../verdict/auditEvidence.ts';
import type { Reading } from './storedAmounts.ts';
import type { AuditFindings } from '../findings.ts';
import { EDITION_TITLE, filledSections } from './appendix.ts';
import { summedDollars } from './summedAmounts.ts';
import type { Reader } from '../locale.ts';

/** Contents of each attached file, in order. */
const TABLES: Readonly<Record<string, string>> = {
  'deployments.csv': 'one row per deployment with spend, tokens, prices, utilization and verdict',
  'options.csv': 'one row per option of each deployment with cost, saving, range and probability',
  'figures.csv': 'every figure with its id and its source',
  'changes.csv': 'the differences from the edition that this one corrects',
};

/** Builds the report. `attached` are file names. */
export function buildFinanceText(
  { audit, bill }: AuditFindings,
  leader: ReportText,
  attached: readonly string[],
  reader: Reader,
): PageText {
  const { kicker, headline, notices, identity, sections } = leader;
  const files = attached.flatMap((name) => {
    const what = TABLES[name];
    return what === undefined ? [] : [`${name}: ${what}.`];
  });
  const hosted = hostedPurchaseLines(audit, reader);
  return {
    kicker: `${kicker}, for finance`,
    headline,
    notices,
    lead: bookLines(audit, reader),
    actions: NO_ACTIONS,
    page: filledSections([
      { title: 'What to check before booking', lines: checkLines(audit, reader) },
      { title: 'Spend', tables: bill.spend },
    ]),
    sections: filledSections([
      // The corrected edition's notices and changes.
      ...sections.filter(({ title }) => title === EDITION_TITLE),
      { title: 'Reconciliation', tables: bill.reconciliation },
      { title: 'Commitments', tables: bill.commitments },
      { title: 'Credits', tables: bill.credits },
      {
        title: 'Taxes and other amounts outside the spend',
        tables: bill.beside,
      },
      { title: 'Invoices', tables: bill.invoices },
      { title: 'Spend that is not attributed', tables: bill.unattributed },
      { title: 'Purchases from hosted APIs', lines: hosted },
      { title: 'Attached files', lines: files },
    ]),
    identity,
  };
}

/** Parts of the total spend. They sum to it. */
function bookLines(audit: AuditReading, reader: Reader): string[] {
  const { spendUsd: spend, hostedSpendUsd: hosted, taxUsd: tax, billedUsd: billed } = audit.totals;
  const total = totalSpend(audit);
  const when = audit.withinPeriod;
  if (isZero(total) && isZero(billed)) return [`No spend was billed ${when}.`];
  const [rented = '', bought = ''] = summedDollars([spend, hosted], total, reader);
  const parts = isZero(hosted) ? '' : `: ${rented} for rented GPUs and ${bought} for hosted APIs`;
  return [
    `The total spend ${when} is ${dollars(total, reader)}${parts}.`,
    ...(compare(spend, billed) === 0
      ? []
      : [
          `The bills for rented GPUs total ${dollars(billed, reader)}. ` +
            'The spend spreads prepaid purchases over their term.',
        ]),
    ...(isZero(tax) ? [] : [`Taxes of ${dollars(tax, reader)} are not part of it.`]),
  ];
}

/** What is missing, estimated, not matched and due. One or two sentences each. */
function checkLines(audit: AuditReading, reader: Reader): string[] {
  const lines = [
    ...missingBills(audit, reader),
    ...reconciledLines(audit, reader),
    ...doubleBillingLines(audit, reader),
    ...estimatedLine(audit, reader),
    ...unattributedLine(audit, reader),
    ...dueLines(audit, reader),
  ];
  return lines.length > 0 ? lines : ['No bill is missing, estimated or not attributed.'];
}

const MOST = 4;

/** At most four lines, then the number of others. */
function atMost(lines: readonly string[], what: string, reader: Reader): string[] {
  const left = lines.length - MOST;
  return left > 0
    ? [...lines.slice(0, MOST), `${counted(left, `more ${what}`, reader)} in report.json.`]
    : [...lines];
}

function missingBills({ totals, evidence }: AuditReading, reader: Reader): string[] {
  const months = totals.missingBills.filter(
    ({ source, month }) =>
      !evidence.gaps.some((gap) => gap.source === source && gap.times.includes(month)),
  );
  const missing = [
    ...evidence.gaps.map((each) => gapText(each, reader)),
    ...months.map(({ source, month }) => `${shownName(source)} for ${monthName(month, reader)}`),
  ];
  return atMost(
    missing.map((what) => `Missing bill: ${what}.`),
    'missing bill',
    reader,
  );
}

/** `digitalocean, storage, for Aug 2026 (about $20)`, `pod-7 of runpod since Jul 3, 2026`. */
function gapText(
  { source, unit, category, resource, times, likelyUsd, ongoing }: Reading<AuditGap>,
  reader: Reader,
): string {
  const [first = ''] = times;
  const when = unit === 'month' ? monthName(first, reader) : dayName(first, reader);
  const others = times.length - 1;
  const noun = unit === 'month' ? 'month' : 'day';
  const more = others === 0 ? '' : ` and ${counted(others, `more ${noun}`, reader)}`;
  const time = ongoing ? `since ${when}` : `for ${when}${more}`;
  const about = likelyUsd === undefined ? '' : ` (about ${dollars(likelyUsd, reader)})`;
  if (resource !== null) return `${shownName(resource)} of ${shownName(source)} ${time}${about}`;
  return `${shownName(source)}${category === null ? '' : `, ${category},`} ${time}${about}`;
}

/** Months that do not match, and the number compared. */
function reconciledLines({ evidence, bill }: AuditReading, reader: Reader): string[] {
  const compared = evidence.reconciliation;
  const mismatched = compared.filter((month) => month.class !== 'matched');
  const lines = mismatched.map((month) => {
    const difference = reconciliationDifference(month);
    const [by, side] = difference.num < 0n ? [negate(difference), 'less'] : [difference, 'more'];
    return (
      `${providerMonthText(month, reader)}: the provider billed ` +
      `${dollars(month.billedUsd, reader)}. ` +
      `The ledger lists ${dollars(by, reader)} ${side}.`
    );
  });
  const names = new Set(compared.map(({ source, month }) => `${month} ${source}`));
  const open = (bill?.months ?? []).filter(({ source, month }) => !names.has(`${month} ${source}`));
  const matched = compared.length - mismatched.length;
  return [
    ...atMost(lines, 'month', reader),
    ...(compared.length === 0
      ? []
      : [
          `${matched} of ${counted(compared.length, 'monthly amount', reader)} ` +
            `${matched === 1 ? 'matches' : 'match'} the provider's invoice or total.`,
        ]),
    ...(open.length === 0
      ? []
      : [
          `${counted(open.length, 'monthly amount', reader)} ` +
            `${open.length === 1 ? 'has' : 'have'} no ` +
            'invoice or provider total to check against.',
        ]),
  ];
}

/** Charges that count twice, and charges left out so they do not. */
function doubleBillingLines({ evidence }: AuditReading, reader: Reader): string[] {
  const { doubleBilled = [], leftOut = [] } = evidence;
  return [
    ...atMost(
      doubleBilled.map(({ sources, usd, category }) => {
        const both = sources.map(shownName).join(' and ');
        return `Billed twice: ${both} both list ${dollars(usd, reader)} of ${category}.`;
      }),
      'double bill',
      reader,
    ),
    ...atMost(
      leftOut.map(({ source, billOfRecord, usd }) => {
        const amount = dollars(usd, reader);
        const record = shownName(billOfRecord);
        return `Left out: ${amount} of ${shownName(source)}. ${record} is the bill of record.`;
      }),
      'amount left out',
      reader,
    ),
  ];
}

function estimatedLine({ totals, bill }: AuditReading, reader: Reader): string[] {
  const { estimatedUsd: estimated, spendUsd: spend } = totals;
  if (isZero(estimated)) return [];
  const bySource = Map.groupBy(bill?.months ?? [], ({ source }) => source);
  const parts = [...bySource]
    .map(([source, months]) => ({
      source,
      usd: sum(months.map(({ estimatedUsd }) => estimatedUsd)),
    }))
    .filter(({ usd }) => !isZero(usd));
  const names = parts.slice(0, MOST).map(({ source }) => shownName(source));
  const left = parts.length - names.length;
  const who =
    names.length === 0 ? 'its provider' : listed([...names, ...(left > 0 ? [`${left} more`] : [])]);
  return [
    `${dollars(estimated, reader)}${shareOf(estimated, spend, reader)} is estimated. ` +
      `The ledger has no billed amount for it from ${who}.`,
  ];
}

function shareOf(usd: Exact, spend: Exact, reader: Reader): string {
  if (spend.num <= 0n || usd.num <= 0n) return '';
  return ` (${percent(divide(usd, spend), reader)} of the GPU spend)`;
}

function unattributedLine({ totals, bill }: AuditReading, reader: Reader): string[] {
  const { unattributedUsd: usd, unattributedShare: share } = totals;
  const bought = (bill?.lines ?? []).filter(
    ({ category, deployment }) => category === 'hosted' && deployment === null,
  );
  const hosted = sum(bought.map((line) => line.usd));
  const aside = share === undefined ? '' : ` (${percent(share, reader)})`;
  const parts = [
    ...(isZero(usd) ? [] : [`${dollars(usd, reader)} of GPU spend${aside}`]),
    ...(isZero(hosted) ? [] : [`${dollars(hosted, reader)} of hosted APIs`]),
  ];
  if (parts.length === 0) return [];
  const [verb, whom] = parts.length === 1 ? ['is', 'It matches'] : ['are', 'They match'];
  return [`${listed(parts)} ${verb} not attributed. ${whom} no deployment in rentcheck.yaml.`];
}

/** Money at risk or due: unused commitments, notices, credits. */
function dueLines({ stack }: AuditReading, reader: Reader): string[] {
  const unused = stack.commitments.flatMap(({ source, unusedUsd: usd, committedUsd }) => {
    if (usd === undefined || isZero(usd)) return [];
    const all = dollars(committedUsd, reader);
    return [`Unused commitment: ${dollars(usd, reader)} of ${all} at ${shownName(source)}.`];
  });
  const notices = stack.commitments.flatMap(({ source, noticeBy, remainingUsd }) =>
    noticeBy === null || isZero(remainingUsd)
      ? []
      : [
          `Notice to ${shownName(source)} is possible until ${dayName(noticeBy, reader)}. ` +
            `${dollars(remainingUsd, reader)} remains committed.`,
        ],
  );
  const credits = stack.credits.flatMap(({ source, leftUsd: left, until }) => {
    if (isZero(left)) return [];
    return [
      `${dollars(left, reader)} of credits at ` +
        `${shownName(source)} expire after ${dayName(until, reader)}.`,
    ];
  });
  return [
    ...atMost(unused, 'unused commitment', reader),
    ...atMost(notices, 'notice', reader),
    ...atMost(credits, 'credit', reader),
  ];
}
