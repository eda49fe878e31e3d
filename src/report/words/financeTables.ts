/** Tables of finance's report: spend three ways, reconciliation, commitments, credits, invoices. */

import {
  compare,
  decimal,
  type Exact,
  exact,
  isZero,
  negate,
  subtract,
  sum,
} from '../../domain/exact.ts';
import type { ChargeCategory } from '../../domain/charge.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditReconciled } from '../../verdict/auditEvidence.ts';
import { counted, dollars, dollarsTo, plainNumber, UNKNOWN } from '../format.ts';
import { oneLine, shownName } from '../label.ts';
import { monthName } from './billed.ts';
import { dayName } from './period.ts';
import { known } from './reading.ts';
import { summedParts } from './summed.ts';
import type { Table, TableRow } from './table.ts';

/** So many rows of a table; the others are summed. */
const MOST_ROWS = 12;
/** Rows of the reconciliation: three months of eight providers. */
const MOST_MONTHS = 24;

/** Finance books cents. */
export function cents(usd: Exact): string {
  return dollarsTo(usd, 2);
}

/** What is billed, whose it is, and what kind of thing it is. */
interface Part {
  readonly source: string;
  readonly category: ChargeCategory;
  readonly deployment: string | null;
  readonly usd: Exact;
  readonly billedUsd: Exact;
}

/** Spend and hosted APIs. Audits of older versions list neither providers nor categories. */
function partsOf({ bill, deployments, totals }: Audit): Part[] {
  if (bill !== undefined) {
    return bill.lines.map(({ usd, billedUsd, ...line }) => {
      return { ...line, usd: decimal(usd), billedUsd: decimal(billedUsd) };
    });
  }
  const part = (deployment: string | null, usd: Exact, category: ChargeCategory): Part => {
    return { source: '', category, deployment, usd, billedUsd: usd };
  };
  const models = totals.hostedSpend?.models.filter(({ isSecondHand }) => !isSecondHand) ?? [];
  const bought = models.map(({ deployment, usd }) => part(deployment, decimal(usd), 'hosted'));
  const rest = subtract(decimal(totals.hostedSpendUsd), sum(bought.map(({ usd }) => usd)));
  return [
    ...deployments.map(({ id, spendUsd }) => part(id, decimal(spendUsd), 'compute')),
    part(null, decimal(totals.unattributedUsd), 'compute'),
    ...bought,
    part(null, rest, 'hosted'),
  ].filter(({ usd }) => !isZero(usd));
}

/** Spend and purchases from hosted APIs together. */
export function totalSpend({ totals }: Audit): Exact {
  return sum([decimal(totals.spendUsd), decimal(totals.hostedSpendUsd)]);
}

/** Each sums to the same total, to the cent. */
export function spendTables(audit: Audit): Table[] {
  const parts = partsOf(audit);
  if (parts.length === 0) return [];
  const total = totalSpend(audit);
  const byDeployment = spendTable(
    { title: 'Spend by deployment', name: 'Deployment', total },
    grouped(parts, ({ deployment }) => deployment).map(({ key, of }) => ({
      name: key === null ? 'Not attributed' : shownName(key),
      usd: totalOf(of),
      note: hostedNote(of),
      isLast: key === null,
    })),
  );
  if (audit.bill === undefined) return [byDeployment];
  return [
    providerTable(audit, parts, total),
    spendTable(
      { title: 'Spend by category', name: 'Category', total },
      grouped(parts, ({ category }) => category).map(({ key, of }) => {
        return { name: CATEGORIES[key], usd: totalOf(of), note: '', isLast: false };
      }),
    ),
    byDeployment,
  ];
}

/** In the words of FOCUS, with what they mean here. */
const CATEGORIES: Readonly<Record<ChargeCategory, string>> = {
  compute: 'Compute (GPUs)',
  storage: 'Storage',
  network: 'Network',
  fee: 'Fees',
  commitment: 'Commitments',
  credit: 'Credits',
  tax: 'Taxes',
  labor: 'Working hours',
  hosted: 'Hosted APIs',
};

function grouped<Key>(parts: readonly Part[], keyOf: (part: Part) => Key) {
  return [...Map.groupBy(parts, keyOf)].map(([key, of]) => ({ key, of }));
}

function totalOf(parts: readonly Part[]): Exact {
  return sum(parts.map(({ usd }) => usd));
}

function hostedNote(parts: readonly Part[]): string {
  const hosted = totalOf(parts.filter(({ category }) => category === 'hosted'));
  if (isZero(hosted) || parts.every(({ category }) => category === 'hosted')) return '';
  return `including ${dollars(hosted)} of hosted APIs`;
}

interface Spent {
  readonly name: string;
  readonly usd: Exact;
  readonly note: string;
  /** Stands below the others. */
  readonly isLast: boolean;
}

interface Asked {
  readonly title: string;
  readonly name: string;
  readonly total: Exact;
}

/** The most dollars first; those left out are one row. */
function spendTable({ title, name, total }: Asked, spent: readonly Spent[]): Table {
  const rows = capped(spent.filter(({ usd, note }) => !isZero(usd) || note !== ''));
  const printed = summedParts(
    rows.map(({ usd }) => usd),
    total,
    2,
  );
  return {
    title,
    head: [name, 'Spend'],
    rows: rows.map((row, at) => ({
      cells: [row.name, cents(printed[at] ?? row.usd)],
      note: row.note,
    })),
    total: ['Total', cents(total)],
    foot: '',
  };
}

function capped(spent: readonly Spent[]): Spent[] {
  const ordered = spent
    .filter(({ isLast }) => !isLast)
    .toSorted((a, b) => compare(size(b.usd), size(a.usd)));
  const rest = ordered.slice(MOST_ROWS);
  const more: Spent[] =
    rest.length === 0
      ? []
      : [
          {
            name: `${rest.length} more`,
            usd: sum(rest.map(({ usd }) => usd)),
            note: '',
            isLast: true,
          },
        ];
  return [...ordered.slice(0, MOST_ROWS), ...more, ...spent.filter(({ isLast }) => isLast)];
}

function size(usd: Exact): Exact {
  return usd.num < 0n ? negate(usd) : usd;
}

/** With what the bills list where that differs from the spend, and with taxes where there are. */
function providerTable(audit: Audit, parts: readonly Part[], total: Exact): Table {
  const sides = grouped(parts, ({ source }) => source).map(({ key, of }) => ({
    source: key,
    usd: totalOf(of),
    billedUsd: sum(of.map((part) => part.billedUsd)),
  }));
  const rows = sides.toSorted((a, b) => compare(size(b.usd), size(a.usd)));
  const [shown, rest] = [rows.slice(0, MOST_ROWS), rows.slice(MOST_ROWS)];
  const more = { source: null, usd: sum(rest.map((row) => row.usd)) };
  const billed = { billedUsd: sum(rest.map((row) => row.billedUsd)) };
  const all = [...shown, ...(rest.length === 0 ? [] : [{ ...more, ...billed }])];
  const isSame = parts.every((part) => compare(part.usd, part.billedUsd) === 0);
  const whole = sum([decimal(audit.totals.billedUsd), decimal(audit.totals.hostedSpendUsd)]);
  const columns = [
    { head: 'Spend', values: all.map(({ usd }) => usd), total },
    ...(isSame
      ? []
      : [{ head: 'As billed', values: all.map(({ billedUsd }) => billedUsd), total: whole }]),
  ].map(({ values, ...column }) => {
    return { ...column, printed: summedParts(values, column.total, 2).map(cents) };
  });
  return {
    title: 'Spend by provider',
    head: ['Provider', ...columns.map(({ head }) => head)],
    rows: all.map(({ source }, at) => ({
      cells: [
        source === null ? `${rest.length} more` : shownName(source),
        ...columns.map(({ printed }) => printed[at] ?? ''),
      ],
      note: '',
    })),
    total: ['Total', ...columns.map((column) => cents(column.total))],
    foot: isSame ? '' : 'Spend spreads prepaid purchases over their term.',
  };
}

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
