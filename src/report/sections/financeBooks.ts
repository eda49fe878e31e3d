/** The tables of finance's appendix: reconciliation, commitments, credits, taxes, invoices. */

import { compare, decimal, type Exact, exact, isZero, subtract, sum } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditReconciled } from '../../verdict/auditEvidence.ts';
import { oneLine, shownName } from '../displayText.ts';
import { monthName } from './evidence.ts';
import { cents, MOST_ROWS, absoluteUsd, spendTable } from './financeSpend.ts';
import { dayName } from './periodText.ts';
import { counted, plainNumber, UNKNOWN, knownAmount } from '../format.ts';
import type { ReportTable, ReportTableRow } from './table.ts';
import type { Reader } from '../locale.ts';

/** Amounts compared with invoices and provider totals, and amounts with neither. */
export function reconciliationTables({ evidence, bill }: Audit, reader: Reader): ReportTable[] {
  const matched = evidence.reconciliation.filter((month) => month.class === 'matched');
  const sizeOf = (month: AuditReconciled) => absoluteUsd(reconciliationDifference(month));
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
        first === undefined
          ? []
          : [{ ...first, usd: decimal(first.billedUsd), note: invoiceNote(first) }],
      ),
      reader,
    ),
    ...monthTable(
      'Ledger amounts without an invoice or a provider total',
      rest.map((month) => ({
        ...month,
        usd: decimal(month.billedUsd),
        note: isZero(decimal(month.estimatedUsd)) ? '' : 'estimated',
      })),
      reader,
    ),
  ];
}

/** Ledger amount less the billed amount, in dollars. */
export function reconciliationDifference({ billedUsd, heldUsd }: AuditReconciled): Exact {
  return subtract(decimal(heldUsd), decimal(billedUsd));
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
function mismatchTable(mismatched: readonly AuditReconciled[], reader: Reader): ReportTable[] {
  if (mismatched.length === 0) return [];
  const rows = mismatched.slice(0, MOST_ROWS).map((month): ReportTableRow => {
    const amounts = [
      decimal(month.billedUsd),
      decimal(month.heldUsd),
      reconciliationDifference(month),
    ];
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
function invoiceNote({ invoices }: AuditReconciled): string {
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
  const rest = rows.slice(MOST_ROWS);
  const amounts = (entries: readonly Booked[]) =>
    [
      ...months.map((month) => entries.filter((each) => each.month === month)),
      ...(months.length === 1 ? [] : [entries]),
    ].map((some) => (some.length === 0 ? NOTHING : cents(sum(some.map(({ usd }) => usd)), reader)));
  const shown = rows.slice(0, MOST_ROWS).map(({ source, entries }): ReportTableRow => {
    const notes = [...new Set(entries.map(({ note }) => note))].filter((note) => note !== '');
    return { cells: [shownName(source), ...amounts(entries)], note: notes.join(', ') };
  });
  const more: ReportTableRow = {
    cells: [`${rest.length} more`, ...amounts(rest.flatMap(({ entries }) => entries))],
    note: '',
  };
  return [
    {
      title,
      head: [
        'Provider',
        ...months.map((each) => monthName(each, reader)),
        ...(months.length === 1 ? [] : ['Total']),
      ],
      rows: [...shown, ...(rest.length === 0 ? [] : [more])],
      total: ['Total', ...amounts(booked)],
      foot: 'Months are in UTC. Taxes, credits and engineering time are left out.',
    },
  ];
}

const NOTHING = '\u2013';

/** Committed, unused and remaining amounts, largest remaining first. */
export function commitmentTable({ stack }: Audit, reader: Reader): ReportTable[] {
  const all = stack.commitments.toSorted((a, b) =>
    compare(decimal(b.remainingUsd), decimal(a.remainingUsd)),
  );
  if (all.length === 0) return [];
  const total = (items: typeof all) => {
    const unused = items.map(({ unusedUsd }) => knownAmount(unusedUsd));
    const isKnown = unused.every((usd) => usd !== undefined);
    return [
      cents(sum(items.map(({ committedUsd }) => decimal(committedUsd))), reader),
      isKnown ? cents(sum(unused.filter((usd) => usd !== undefined)), reader) : UNKNOWN,
      cents(sum(items.map(({ remainingUsd }) => decimal(remainingUsd))), reader),
    ];
  };
  const rest = all.slice(MOST_ROWS);
  const rows = all.slice(0, MOST_ROWS).map((one): ReportTableRow => {
    const name =
      one.id === null ? shownName(one.source) : `${shownName(one.source)}, ${shownName(one.id)}`;
    return { cells: [name, ...total([one])], note: commitmentNote(one, reader) };
  });
  const more: ReportTableRow = { cells: [`${rest.length} more`, ...total(rest)], note: '' };
  return [
    {
      title: '',
      head: ['Commitment', 'Committed this period', 'Unused', 'Remaining'],
      rows: [...rows, ...(rest.length === 0 ? [] : [more])],
      total: ['Total', ...total(all)],
      foot: '',
    },
  ];
}

function commitmentNote(commitment: Audit['stack']['commitments'][number], reader: Reader): string {
  const { until, noticeBy, remainingUsd, remainingMonths } = commitment;
  if (isZero(decimal(remainingUsd))) return `ended on ${dayName(until, reader)}`;
  const months = decimal(remainingMonths);
  const isOne = compare(months, ONE_MONTH) === 0;
  const left =
    `${plainNumber(months, reader)} ${isOne ? 'month' : 'months'} ` +
    `left, until ${dayName(until, reader)}`;
  return noticeBy === null ? left : `${left}, notice by ${dayName(noticeBy, reader)}`;
}

const ONE_MONTH = exact(1n);

/** Credit grants in the config: used and left. */
export function creditTable({ stack }: Audit, reader: Reader): ReportTable[] {
  if (stack.credits.length === 0) return [];
  const amounts = (credits: typeof stack.credits) =>
    (['usd', 'usedUsd', 'leftUsd'] as const).map((key) =>
      cents(sum(credits.map((credit) => decimal(credit[key]))), reader),
    );
  const rest = stack.credits.slice(MOST_ROWS);
  const rows = stack.credits.slice(0, MOST_ROWS).map((credit): ReportTableRow => {
    const { source, id, until, usedBeforeUsd, lostUsd } = credit;
    const notes = [
      `last day ${dayName(until, reader)}`,
      ...(isZero(decimal(usedBeforeUsd))
        ? []
        : [`${cents(decimal(usedBeforeUsd), reader)} used before`]),
      ...(isZero(decimal(lostUsd)) ? [] : [`${cents(decimal(lostUsd), reader)} expired unused`]),
    ];
    const name = id === null ? shownName(source) : `${shownName(source)}, ${shownName(id)}`;
    return { cells: [name, ...amounts([credit])], note: notes.join(', ') };
  });
  const more: ReportTableRow = { cells: [`${rest.length} more`, ...amounts(rest)], note: '' };
  return [
    {
      title: '',
      head: ['Credits', 'Granted', 'Used this period', 'Left'],
      rows: [...rows, ...(rest.length === 0 ? [] : [more])],
      total: ['Total', ...amounts(stack.credits)],
      foot: '',
    },
  ];
}

/** Taxes and billed engineering time by provider. Neither is part of the spend. */
export function outsideSpendTables({ bill, totals }: Audit, reader: Reader): ReportTable[] {
  const linesOf = (category: 'tax' | 'labor') =>
    (bill?.beside ?? []).filter((line) => line.category === category);
  const groups = [
    { title: 'Taxes', lines: linesOf('tax') },
    { title: 'Engineering time on bills', lines: linesOf('labor') },
  ].filter(({ lines }) => lines.length > 0);
  return groups.map(({ title, lines }) => {
    const total =
      title === 'Taxes' ? decimal(totals.taxUsd) : sum(lines.map(({ usd }) => decimal(usd)));
    const heading = { title, name: 'Provider', total };
    const spent = lines.map(({ source, usd }) => {
      return { name: shownName(source), usd: decimal(usd), note: '', isLast: false };
    });
    const table = spendTable(heading, spent, reader);
    return { ...table, head: ['Provider', 'Amount'] };
  });
}

/** Invoice numbers on charges, to look up. */
export function invoiceTable({ bill }: Audit, reader: Reader): ReportTable[] {
  const lines = bill?.invoices ?? [];
  if (lines.length === 0) return [];
  const total = sum(lines.map(({ billedUsd }) => decimal(billedUsd)));
  const table = spendTable(
    { title: 'Invoice numbers on charges', name: 'Provider and invoice', total },
    lines.map(({ source, number, billedUsd }) => ({
      name: `${shownName(source)}, ${oneLine(number, 40)}`,
      usd: decimal(billedUsd),
      note: '',
      isLast: false,
    })),
    reader,
  );
  return [{ ...table, head: ['Provider and invoice', 'Billed in this period'] }];
}

/** Resources that match no deployment. */
export function unattributedTable({ stack, totals }: Audit, reader: Reader): ReportTable[] {
  const total = decimal(totals.unattributedUsd);
  if (stack.unattributed.length === 0) return [];
  const table = spendTable(
    { title: '', name: 'Resource', total },
    stack.unattributed.map(({ source, resource, name, resources, usd }) => ({
      name:
        resource === null || source === null
          ? counted(resources, 'other resource', reader)
          : `${shownName(name ?? resource)} (${shownName(source)})`,
      usd: decimal(usd),
      note: '',
      isLast: resource === null,
    })),
    reader,
  );
  return [table];
}
