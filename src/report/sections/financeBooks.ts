/** The tables of finance's report: spend, reconciliation, commitments, credits, taxes, invoices. */

import { compare, type Exact, exact, isZero, subtract, sum } from '../../domain/exact.ts';
import { oneLine, shownName } from '../displayText.ts';
import { monthName } from './evidence.ts';
import type { AuditReading } from './auditReading.ts';
import type { AuditReconciled } from '../../verdict/auditEvidence.ts';
import type { Reading } from './storedAmounts.ts';
import {
  cents,
  MOST_ROWS,
  absoluteUsd,
  spendTable,
  spendTables,
  summedTable,
} from './financeSpend.ts';
import { counted, shortNumber, UNKNOWN, dayName } from '../format.ts';
import type { ReportTable, ReportTableRow } from './table.ts';
import type { BillTables } from '../figures/page.ts';
import type { Reader } from '../locale.ts';

/** Every table of amounts that finance books or checks, by the name in its figures' ids. */
export function billTables(audit: AuditReading, reader: Reader): BillTables {
  return {
    spend: spendTables(audit, reader),
    reconciliation: reconciliationTables(audit, reader),
    commitments: commitmentTable(audit, reader),
    credits: creditTable(audit, reader),
    beside: outsideSpendTables(audit, reader),
    invoices: invoiceTable(audit, reader),
    unattributed: unattributedTable(audit, reader),
  };
}

/** Amounts compared with invoices and provider totals, and amounts with neither. */
function reconciliationTables({ evidence, bill }: AuditReading, reader: Reader): ReportTable[] {
  const matched = evidence.reconciliation.filter((month) => month.class === 'matched');
  const sizeOf = (month: Reading<AuditReconciled>) => absoluteUsd(reconciliationDifference(month));
  const mismatched = evidence.reconciliation
    .filter((month) => month.class !== 'matched')
    .toSorted((a, b) => compare(sizeOf(b), sizeOf(a)) || byMonthKey(a, b));
  const compared = new Set(evidence.reconciliation.map(monthKey));
  const rest = (bill?.months ?? []).filter((month) => !compared.has(monthKey(month)));
  return [
    ...mismatchTable(mismatched, reader),
    ...monthTable(
      'Billed amounts that match the ledger',
      // An invoice takes precedence over the provider's own total of the same month.
      [...Map.groupBy(matched, monthKey).values()].flatMap(([first]) =>
        first === undefined ? [] : [{ ...first, usd: first.billedUsd, note: invoiceNote(first) }],
      ),
      reader,
    ),
    ...monthTable(
      'Ledger amounts without an invoice or a provider total',
      rest.map((month) => ({
        ...month,
        usd: month.billedUsd,
        note: isZero(month.estimatedUsd) ? '' : 'estimated',
      })),
      reader,
    ),
  ];
}

/** Ledger amount less the billed amount, in dollars. */
export function reconciliationDifference({ billedUsd, heldUsd }: Reading<AuditReconciled>): Exact {
  return subtract(heldUsd, billedUsd);
}

interface Month {
  readonly source: string;
  readonly month: string;
}

function monthKey({ source, month }: Month): string {
  return JSON.stringify([source, month]);
}

function byMonthKey(a: Month, b: Month): number {
  return monthKey(a) < monthKey(b) ? -1 : 1;
}

export function providerMonthText({ source, month }: Month, reader: Reader): string {
  return `${shownName(source)}, ${monthName(month, reader)}`;
}

/** Without a sum, because a provider's totals may overlap. */
function mismatchTable(
  mismatched: readonly Reading<AuditReconciled>[],
  reader: Reader,
): ReportTable[] {
  if (mismatched.length === 0) return [];
  const rows = mismatched.slice(0, MOST_ROWS).map((month): ReportTableRow => {
    const amounts = [month.billedUsd, month.heldUsd, reconciliationDifference(month)];
    const note = [MISMATCH_NOTES[month.class], invoiceNote(month)]
      .filter((text) => text !== '')
      .join(', ');
    return {
      cells: [providerMonthText(month, reader), ...amounts.map((each) => cents(each, reader))],
      note,
    };
  });
  const left = mismatched.length - rows.length;
  return [
    {
      title: 'Billed amounts that do not match the ledger',
      head: ['Provider and month', 'Billed', 'Ledger', 'Difference'],
      rows,
      foot: left > 0 ? `${counted(left, 'more month', reader)} in report.json.` : '',
    },
  ];
}

const MISMATCH_NOTES: Readonly<Record<AuditReconciled['class'], string>> = {
  matched: '',
  different: '',
  'bill only': 'the ledger has no charge',
  'ours only': 'not billed',
};

const MOST_NUMBERS = 4;

/** `invoice L-2026-07`, `invoices A, B`. Empty for a provider's total. */
function invoiceNote({ invoices }: Reading<AuditReconciled>): string {
  if (invoices.length === 0) return '';
  const shown = invoices.slice(0, MOST_NUMBERS).map((number) => oneLine(number, 40));
  const left = invoices.length - shown.length;
  const noun = invoices.length === 1 ? 'invoice' : 'invoices';
  return `${noun} ${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

interface Booked extends Month {
  readonly usd: Exact;
  readonly note: string;
}

/** Maximum number of month columns. */
const MOST_MONTHS = 3;

/** A row per provider and a column per month. Longer periods have only a total. */
function monthTable(title: string, booked: readonly Booked[], reader: Reader): ReportTable[] {
  if (booked.length === 0) return [];
  const all = [...new Set(booked.map(({ month }) => month))].sort();
  const months = all.length > MOST_MONTHS ? [] : all;
  const rows = [...Map.groupBy(booked, ({ source }) => source)]
    .map(([source, entries]) => ({ source, entries, usd: sum(entries.map(({ usd }) => usd)) }))
    .toSorted(
      (a, b) => compare(absoluteUsd(b.usd), absoluteUsd(a.usd)) || (a.source < b.source ? -1 : 1),
    );
  const amounts = (entries: readonly Booked[]) =>
    [
      ...months.map((month) => entries.filter((each) => each.month === month)),
      ...(months.length === 1 ? [] : [entries]),
    ].map((some) => (some.length === 0 ? NOTHING : cents(sum(some.map(({ usd }) => usd)), reader)));
  const table = summedTable(rows, {
    nameOf: ({ source }) => shownName(source),
    amountsOf: (some) => amounts(some.flatMap(({ entries }) => entries)),
    noteOf: ({ entries }) =>
      [...new Set(entries.map(({ note }) => note))].filter((note) => note !== '').join(', '),
  });
  return [
    {
      ...table,
      title,
      head: [
        'Provider',
        ...months.map((each) => monthName(each, reader)),
        ...(months.length === 1 ? [] : ['Total']),
      ],
      foot: 'Months are in UTC. Taxes, credits and engineering time are left out.',
    },
  ];
}

const NOTHING = '\u2013';

/** Committed, unused and remaining amounts, largest remaining first. */
function commitmentTable({ stack }: AuditReading, reader: Reader): ReportTable[] {
  if (stack.commitments.length === 0) return [];
  const rows = stack.commitments.toSorted((a, b) => compare(b.remainingUsd, a.remainingUsd));
  const table = summedTable(rows, {
    nameOf: grantName,
    amountsOf: (some) => {
      const unused = some.flatMap((row) => row.unusedUsd ?? []);
      return [
        cents(sum(some.map(({ committedUsd }) => committedUsd)), reader),
        unused.length === some.length ? cents(sum(unused), reader) : UNKNOWN,
        cents(sum(some.map(({ remainingUsd }) => remainingUsd)), reader),
      ];
    },
    noteOf: ({ until, noticeBy, remainingUsd, remainingMonths }) => {
      const end = dayName(until, reader);
      if (isZero(remainingUsd)) return `ended on ${end}`;
      const left = `${monthsText(remainingMonths, reader)} left, until ${end}`;
      return noticeBy === null ? left : `${left}, notice by ${dayName(noticeBy, reader)}`;
    },
  });
  const head = ['Commitment', 'Committed this period', 'Unused', 'Remaining'];
  return [{ ...table, title: '', head, foot: '' }];
}

function monthsText(months: Exact, reader: Reader): string {
  return `${shortNumber(months, reader)} ${compare(months, ONE_MONTH) === 0 ? 'month' : 'months'}`;
}

/** `coreweave, h100-2026`: the provider, and the id if there is one. */
function grantName({ source, id }: { readonly source: string; readonly id: string | null }) {
  return id === null ? shownName(source) : `${shownName(source)}, ${shownName(id)}`;
}

const ONE_MONTH = exact(1n);

/** Credit grants in the config: used and left. */
function creditTable({ stack }: AuditReading, reader: Reader): ReportTable[] {
  if (stack.credits.length === 0) return [];
  const table = summedTable(stack.credits, {
    nameOf: grantName,
    amountsOf: (some) =>
      (['usd', 'usedUsd', 'leftUsd'] as const).map((key) =>
        cents(sum(some.map((row) => row[key])), reader),
      ),
    noteOf: ({ until, usedBeforeUsd, lostUsd }) =>
      [
        `last day ${dayName(until, reader)}`,
        ...(isZero(usedBeforeUsd) ? [] : [`${cents(usedBeforeUsd, reader)} used before`]),
        ...(isZero(lostUsd) ? [] : [`${cents(lostUsd, reader)} expired unused`]),
      ].join(', '),
  });
  return [
    { ...table, title: '', head: ['Credits', 'Granted', 'Used this period', 'Left'], foot: '' },
  ];
}

/** Taxes and billed engineering time by provider. Neither is part of the spend. */
function outsideSpendTables({ bill, totals }: AuditReading, reader: Reader): ReportTable[] {
  const titles = { tax: 'Taxes', labor: 'Engineering time on bills' } as const;
  return (['tax', 'labor'] as const).flatMap((category) => {
    const spent = (bill?.beside ?? [])
      .filter((line) => line.category === category)
      .map(({ source, usd }) => ({ name: shownName(source), usd }));
    if (spent.length === 0) return [];
    const total = category === 'tax' ? totals.taxUsd : sum(spent.map(({ usd }) => usd));
    const heading = { title: titles[category], head: ['Provider', 'Amount'], total };
    return [spendTable(heading, spent, reader)];
  });
}

/** Invoice numbers on charges, to look up. */
function invoiceTable({ bill }: AuditReading, reader: Reader): ReportTable[] {
  const spent = (bill?.invoices ?? []).map(({ source, number, billedUsd }) => ({
    name: `${shownName(source)}, ${oneLine(number, 40)}`,
    usd: billedUsd,
  }));
  if (spent.length === 0) return [];
  const head = ['Provider and invoice', 'Billed in this period'];
  const total = sum(spent.map(({ usd }) => usd));
  return [spendTable({ title: 'Invoice numbers on charges', head, total }, spent, reader)];
}

/** Resources that match no deployment. */
function unattributedTable({ stack, totals }: AuditReading, reader: Reader): ReportTable[] {
  if (stack.unattributed.length === 0) return [];
  const heading = {
    title: '',
    head: ['Resource', 'Spend'],
    total: totals.unattributedUsd,
  };
  const spent = stack.unattributed.map(({ source, resource, name, resources, usd }) => ({
    name:
      resource === null || source === null
        ? counted(resources, 'other resource', reader)
        : `${shownName(name ?? resource)} (${shownName(source)})`,
    usd,
    isLast: resource === null,
  }));
  return [spendTable(heading, spent, reader)];
}
