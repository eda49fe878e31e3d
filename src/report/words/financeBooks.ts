/** Reconciliation, commitments, credits, taxes and invoices: the tables of finance's appendix. */

import { compare, decimal, type Exact, exact, isZero, subtract, sum } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditReconciled } from '../../verdict/auditEvidence.ts';
import { counted, plainNumber, UNKNOWN } from '../format.ts';
import { oneLine, shownName } from '../label.ts';
import { monthName } from './billed.ts';
import { cents, MOST_ROWS, size, spendTable } from './financeSpend.ts';
import { dayName } from './period.ts';
import { known } from './reading.ts';
import type { Table, TableRow } from './table.ts';

/** Rows of the reconciliation: three months of eight providers. */
const MOST_MONTHS = 24;

/** Of what is compared with an invoice or a total of the provider; and what is not. */
export function reconciliationTables({ evidence, bill }: Audit): Table[] {
  const compared = evidence.reconciliation
    .map((month) => ({ month, off: differenceOf(month) }))
    .toSorted((a, b) => compare(size(b.off), size(a.off)) || order(a.month, b.month));
  const told = new Set(evidence.reconciliation.map(nameOf));
  const rest = (bill?.months ?? []).filter((month) => !told.has(nameOf(month)));
  return [
    ...(compared.length === 0 ? [] : [comparedTable(compared)]),
    ...(rest.length === 0 ? [] : [uncomparedTable(rest)]),
  ];
}

export function differenceOf({ billedUsd, heldUsd }: AuditReconciled): Exact {
  return subtract(decimal(heldUsd), decimal(billedUsd));
}

interface Month {
  readonly source: string;
  readonly month: string;
}

function nameOf({ source, month }: Month): string {
  return JSON.stringify([source, month]);
}

function order(a: Month, b: Month): number {
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

export function monthOf({ source, month }: Month): string {
  return `${shownName(source)}, ${monthName(month)}`;
}

interface Compared {
  readonly month: AuditReconciled;
  readonly off: Exact;
}

function comparedTable(compared: readonly Compared[]): Table {
  const amounts = (of: readonly Compared[]) =>
    [
      sum(of.map(({ month }) => decimal(month.billedUsd))),
      sum(of.map(({ month }) => decimal(month.heldUsd))),
      sum(of.map(({ off }) => off)),
    ].map(cents);
  const rest = compared.slice(MOST_MONTHS);
  const rows = compared.slice(0, MOST_MONTHS).map((one): TableRow => {
    return { cells: [monthOf(one.month), ...amounts([one])], note: statusOf(one.month) };
  });
  const more: TableRow = { cells: [`${rest.length} more`, ...amounts(rest)], note: '' };
  return {
    title: 'Provider and ledger, month by month',
    head: ['Provider and month', 'Billed', 'Ledger', 'Difference'],
    rows: [...rows, ...(rest.length === 0 ? [] : [more])],
    total: ['Total', ...amounts(compared)],
    foot:
      "Billed is the invoice where one is named, otherwise the provider's own total. " +
      'Difference: ledger minus billed. Months are in UTC. Taxes, credits and working hours are ' +
      'left out on both sides.',
  };
}

const OFF: Readonly<Record<Exclude<AuditReconciled['class'], 'matched'>, string>> = {
  different: 'does not match',
  'bill only': 'the ledger has no charge',
  'ours only': 'not billed',
};

const MOST_NUMBERS = 3;

/** `invoice L-2026-07`, `does not match, invoice L-2026-07`; empty for a total that matches. */
function statusOf({ against, invoices, class: match }: AuditReconciled): string {
  const numbers = invoices.slice(0, MOST_NUMBERS).map((number) => oneLine(number, 40));
  const left = invoices.length - numbers.length;
  const more = left > 0 ? ` and ${left} more` : '';
  const noun = invoices.length === 1 ? 'invoice' : 'invoices';
  const status = match === 'matched' ? '' : OFF[match];
  const named = against === 'own total' || numbers.length === 0;
  const number = named ? '' : `${noun} ${numbers.join(', ')}${more}`;
  return [status, number].filter((text) => text !== '').join(', ');
}

function uncomparedTable(months: NonNullable<Audit['bill']>['months']): Table {
  const ordered = months.toSorted(
    (a, b) => compare(size(decimal(b.billedUsd)), size(decimal(a.billedUsd))) || order(a, b),
  );
  const rest = ordered.slice(MOST_MONTHS);
  const total = (of: typeof ordered) => cents(sum(of.map(({ billedUsd }) => decimal(billedUsd))));
  const rows = ordered.slice(0, MOST_MONTHS).map((month): TableRow => {
    const estimated = decimal(month.estimatedUsd);
    const whole = compare(estimated, decimal(month.billedUsd)) === 0;
    const note = isZero(estimated)
      ? ''
      : whole
        ? 'estimated'
        : `${cents(estimated)} of it is estimated`;
    return { cells: [monthOf(month), cents(decimal(month.billedUsd))], note };
  });
  const more: TableRow = { cells: [`${rest.length} more`, total(rest)], note: '' };
  return {
    title: 'Not confirmed by an invoice or a provider total',
    head: ['Provider and month', 'Ledger'],
    rows: [...rows, ...(rest.length === 0 ? [] : [more])],
    total: ['Total', total(ordered)],
    foot: '',
  };
}

/** Committed, unused and remaining; of many the largest remainders. */
export function commitmentTable({ stack }: Audit): Table[] {
  const all = stack.commitments.toSorted((a, b) =>
    compare(decimal(b.remainingUsd), decimal(a.remainingUsd)),
  );
  if (all.length === 0) return [];
  const total = (of: typeof all) => {
    const unused = of.map(({ unusedUsd }) => known(unusedUsd));
    const isKnown = unused.every((usd) => usd !== undefined);
    return [
      cents(sum(of.map(({ committedUsd }) => decimal(committedUsd)))),
      isKnown ? cents(sum(unused.filter((usd) => usd !== undefined))) : UNKNOWN,
      cents(sum(of.map(({ remainingUsd }) => decimal(remainingUsd)))),
    ];
  };
  const rest = all.slice(MOST_ROWS);
  const rows = all.slice(0, MOST_ROWS).map((one): TableRow => {
    const name =
      one.id === null ? shownName(one.source) : `${shownName(one.source)}, ${shownName(one.id)}`;
    return { cells: [name, ...total([one])], note: commitmentNote(one) };
  });
  const more: TableRow = { cells: [`${rest.length} more`, ...total(rest)], note: '' };
  return [
    {
      title: '',
      head: ['Commitment', 'This period', 'Unused', 'Remaining'],
      rows: [...rows, ...(rest.length === 0 ? [] : [more])],
      total: ['Total', ...total(all)],
      foot: '',
    },
  ];
}

function commitmentNote(commitment: Audit['stack']['commitments'][number]): string {
  const { until, noticeBy, remainingUsd, remainingMonths } = commitment;
  if (isZero(decimal(remainingUsd))) return `ended on ${dayName(until)}`;
  const months = decimal(remainingMonths);
  const isOne = compare(months, ONE_MONTH) === 0;
  const left = `${plainNumber(months)} ${isOne ? 'month' : 'months'} left, until ${dayName(until)}`;
  return noticeBy === null ? left : `${left}, notice by ${dayName(noticeBy)}`;
}

const ONE_MONTH = exact(1n);

/** Grants of the config: what they paid, and what is left. */
export function creditTable({ stack }: Audit): Table[] {
  if (stack.credits.length === 0) return [];
  const amounts = (of: typeof stack.credits) =>
    (['usd', 'usedUsd', 'leftUsd'] as const).map((key) =>
      cents(sum(of.map((credit) => decimal(credit[key])))),
    );
  const rest = stack.credits.slice(MOST_ROWS);
  const rows = stack.credits.slice(0, MOST_ROWS).map((credit): TableRow => {
    const { source, id, until, usedBeforeUsd, lostUsd } = credit;
    const notes = [
      `last day ${dayName(until)}`,
      ...(isZero(decimal(usedBeforeUsd)) ? [] : [`${cents(decimal(usedBeforeUsd))} used before`]),
      ...(isZero(decimal(lostUsd)) ? [] : [`${cents(decimal(lostUsd))} expired unused`]),
    ];
    const name = id === null ? shownName(source) : `${shownName(source)}, ${shownName(id)}`;
    return { cells: [name, ...amounts([credit])], note: notes.join(', ') };
  });
  const more: TableRow = { cells: [`${rest.length} more`, ...amounts(rest)], note: '' };
  return [
    {
      title: '',
      head: ['Credits', 'Granted', 'This period', 'Left'],
      rows: [...rows, ...(rest.length === 0 ? [] : [more])],
      total: ['Total', ...amounts(stack.credits)],
      foot: '',
    },
  ];
}

/** Taxes and working hours by provider; neither is in the spend. */
export function besideTables({ bill, totals }: Audit): Table[] {
  const of = (category: 'tax' | 'labor') =>
    (bill?.beside ?? []).filter((line) => line.category === category);
  const told = [
    { title: 'Taxes', lines: of('tax') },
    { title: 'Working hours on bills', lines: of('labor') },
  ].filter(({ lines }) => lines.length > 0);
  return told.map(({ title, lines }) => {
    const total =
      title === 'Taxes' ? decimal(totals.taxUsd) : sum(lines.map(({ usd }) => decimal(usd)));
    const asked = { title, name: 'Provider', total };
    const spent = lines.map(({ source, usd }) => {
      return { name: shownName(source), usd: decimal(usd), note: '', isLast: false };
    });
    const table = spendTable(asked, spent);
    return { ...table, head: ['Provider', 'Amount'] };
  });
}

/** Invoices that charges name: numbers to look up. */
export function invoiceTable({ bill }: Audit): Table[] {
  const lines = bill?.invoices ?? [];
  if (lines.length === 0) return [];
  const total = sum(lines.map(({ billedUsd }) => decimal(billedUsd)));
  const table = spendTable(
    { title: 'Invoices named by charges', name: 'Provider and invoice', total },
    lines.map(({ source, number, billedUsd }) => ({
      name: `${shownName(source)}, ${oneLine(number, 40)}`,
      usd: decimal(billedUsd),
      note: '',
      isLast: false,
    })),
  );
  return [{ ...table, head: ['Provider and invoice', 'In this period'] }];
}

/** Resources that match no deployment. */
export function unattributedTable({ stack, totals }: Audit): Table[] {
  const total = decimal(totals.unattributedUsd);
  if (stack.unattributed.length === 0) return [];
  const table = spendTable(
    { title: '', name: 'Resource', total },
    stack.unattributed.map(({ source, resource, name, resources, usd }) => ({
      name:
        resource === null || source === null
          ? `${counted(resources, 'other resource')}`
          : `${shownName(name ?? resource)} (${shownName(source)})`,
      usd: decimal(usd),
      note: '',
      isLast: resource === null,
    })),
  );
  return [table];
}
