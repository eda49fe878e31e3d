/** Builds the spend tables by provider, category and deployment. Each sums to the same total. */

import type { ChargeCategory } from '../../domain/charge.ts';
import { add, compare, type Exact, isZero, negate, subtract, sum } from '../../domain/exact.ts';
import { dollars, dollarsTo } from '../format.ts';
import { shownName } from '../displayText.ts';
import { summedParts } from './summedAmounts.ts';
import type { ReportTable } from './table.ts';
import type { Reader } from '../locale.ts';
import type { AuditReading } from './auditReading.ts';

/** Maximum rows of a table. The others are one summed row. */
export const MOST_ROWS = 12;
/** Dollars and cents, as finance books them. */
export function cents(usd: Exact, reader: Reader): string {
  return dollarsTo(usd, 2, reader);
}

/** An amount with its provider, category and deployment. */
interface Part {
  readonly source: string;
  readonly category: ChargeCategory;
  readonly deployment: string | null;
  readonly usd: Exact;
  readonly billedUsd: Exact;
}

/** Spend and hosted APIs. Audits of older versions list neither providers nor categories. */
function partsOf({ bill, deployments, totals }: AuditReading): readonly Part[] {
  if (bill !== undefined) {
    return bill.lines;
  }
  const part = (deployment: string | null, usd: Exact, category: ChargeCategory): Part => {
    return { source: '', category, deployment, usd, billedUsd: usd };
  };
  const models = totals.hostedSpend?.models.filter(({ isSecondHand }) => !isSecondHand) ?? [];
  const bought = models.map(({ deployment, usd }) => part(deployment, usd, 'hosted'));
  const rest = subtract(totals.hostedSpendUsd, sum(bought.map(({ usd }) => usd)));
  return [
    ...deployments.map(({ id, spendUsd }) => part(id, spendUsd, 'compute')),
    part(null, totals.unattributedUsd, 'compute'),
    ...bought,
    part(null, rest, 'hosted'),
  ].filter(({ usd }) => !isZero(usd));
}

/** Total of GPU spend and purchases from hosted APIs. */
export function totalSpend({ totals }: AuditReading): Exact {
  return add(totals.spendUsd, totals.hostedSpendUsd);
}

/** The spend tables. Each sums to the same total, to the cent. */
export function spendTables(audit: AuditReading, reader: Reader): ReportTable[] {
  const parts = partsOf(audit);
  if (parts.length === 0) return [];
  const total = totalSpend(audit);
  const byDeployment = spendTable(
    { title: 'Spend by deployment', head: ['Deployment', 'Spend'], total },
    grouped(parts, ({ deployment }) => deployment).map(({ key, members }) => ({
      name: key === null ? 'Not attributed' : shownName(key),
      usd: totalOf(members),
      note: hostedNote(members, reader),
      isLast: key === null,
    })),
    reader,
  );
  if (audit.bill === undefined) return [byDeployment];
  return [
    providerTable(audit, parts, total, reader),
    spendTable(
      { title: 'Spend by category', head: ['Category', 'Spend'], total },
      grouped(parts, ({ category }) => category).map(({ key, members }) => {
        return { name: CATEGORIES[key], usd: totalOf(members) };
      }),
      reader,
    ),
    byDeployment,
  ];
}

/** Category names, following FOCUS. */
const CATEGORIES: Readonly<Record<ChargeCategory, string>> = {
  compute: 'Compute (GPUs)',
  storage: 'Storage',
  network: 'Network',
  fee: 'Fees',
  commitment: 'Commitments',
  credit: 'Credits',
  tax: 'Taxes',
  labor: 'Engineering time',
  hosted: 'Hosted APIs',
};

function grouped<Key>(parts: readonly Part[], keyOf: (part: Part) => Key) {
  return [...Map.groupBy(parts, keyOf)].map(([key, members]) => ({ key, members }));
}

function totalOf(parts: readonly Part[]): Exact {
  return sum(parts.map(({ usd }) => usd));
}

function hostedNote(parts: readonly Part[], reader: Reader): string {
  const hosted = totalOf(parts.filter(({ category }) => category === 'hosted'));
  if (isZero(hosted) || parts.every(({ category }) => category === 'hosted')) return '';
  return `including ${dollars(hosted, reader)} of hosted APIs`;
}

interface SpendRow {
  readonly name: string;
  readonly usd: Exact;
  readonly note?: string;
  /** Placed below all other rows. */
  readonly isLast?: boolean;
}

interface SpendHeading {
  readonly title: string;
  readonly head: readonly string[];
  readonly total: Exact;
}

/** A table with the largest amounts first. Rows beyond the limit are one row. */
export function spendTable(
  { title, head, total }: SpendHeading,
  spent: readonly SpendRow[],
  reader: Reader,
): ReportTable {
  const rows = capped(spent.filter(({ usd, note = '' }) => !isZero(usd) || note !== ''));
  const printed = summedParts(
    rows.map(({ usd }) => usd),
    total,
    2,
  );
  return {
    title,
    head,
    rows: rows.map((row, at) => ({
      cells: [row.name, cents(printed[at] ?? row.usd, reader)],
      note: row.note ?? '',
    })),
    total: ['Total', cents(total, reader)],
    foot: '',
  };
}

function capped(spent: readonly SpendRow[]): SpendRow[] {
  const ordered = spent
    .filter(({ isLast }) => !isLast)
    .toSorted((a, b) => compare(absoluteUsd(b.usd), absoluteUsd(a.usd)));
  const rest = ordered.slice(MOST_ROWS);
  const more: SpendRow[] =
    rest.length === 0
      ? []
      : [
          {
            name: `${rest.length} more`,
            usd: sum(rest.map(({ usd }) => usd)),
            isLast: true,
          },
        ];
  return [...ordered.slice(0, MOST_ROWS), ...more, ...spent.filter(({ isLast }) => isLast)];
}

interface SummedColumns<Row> {
  readonly nameOf: (row: Row) => string;
  /** Amounts of the rows together, by column. */
  readonly amountsOf: (rows: readonly Row[]) => readonly string[];
  readonly noteOf: (row: Row) => string;
}

/** Rows beyond the limit are one row. The total is that of all. */
export function summedTable<Row>(
  rows: readonly Row[],
  { nameOf, amountsOf, noteOf }: SummedColumns<Row>,
): Pick<ReportTable, 'rows' | 'total'> {
  const rest = rows.slice(MOST_ROWS);
  const more = { cells: [`${rest.length} more`, ...amountsOf(rest)], note: '' };
  const shown = rows
    .slice(0, MOST_ROWS)
    .map((row) => ({ cells: [nameOf(row), ...amountsOf([row])], note: noteOf(row) }));
  return {
    rows: [...shown, ...(rest.length === 0 ? [] : [more])],
    total: ['Total', ...amountsOf(rows)],
  };
}

/** The absolute amount. */
export function absoluteUsd(usd: Exact): Exact {
  return usd.num < 0n ? negate(usd) : usd;
}

/** Spend by provider, with the billed amounts if they differ from the spend. */
function providerTable(
  audit: AuditReading,
  parts: readonly Part[],
  total: Exact,
  reader: Reader,
): ReportTable {
  const sides = grouped(parts, ({ source }) => source).map(({ key, members }) => ({
    source: key,
    usd: totalOf(members),
    billedUsd: sum(members.map((part) => part.billedUsd)),
  }));
  const rows = sides.toSorted((a, b) => compare(absoluteUsd(b.usd), absoluteUsd(a.usd)));
  const [shown, rest] = [rows.slice(0, MOST_ROWS), rows.slice(MOST_ROWS)];
  const more = { source: null, usd: sum(rest.map((row) => row.usd)) };
  const billed = { billedUsd: sum(rest.map((row) => row.billedUsd)) };
  const all = [...shown, ...(rest.length === 0 ? [] : [{ ...more, ...billed }])];
  const isSame = parts.every((part) => compare(part.usd, part.billedUsd) === 0);
  const whole = add(audit.totals.billedUsd, audit.totals.hostedSpendUsd);
  const columns = [
    { head: 'Spend', values: all.map(({ usd }) => usd), total },
    ...(isSame
      ? []
      : [{ head: 'As billed', values: all.map(({ billedUsd }) => billedUsd), total: whole }]),
  ].map(({ values, ...column }) => {
    return {
      ...column,
      printed: summedParts(values, column.total, 2).map((each) => cents(each, reader)),
    };
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
    total: ['Total', ...columns.map((column) => cents(column.total, reader))],
    foot: isSame ? '' : 'Spend spreads prepaid purchases over their term.',
  };
}
