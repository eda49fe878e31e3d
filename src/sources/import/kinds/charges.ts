/** The charges file: the lines of a bill, in the words of FOCUS where they fit. */

import {
  CHARGE_BASES,
  CHARGE_CATEGORIES,
  type Charge,
  type ChargeBasis,
  type ChargeCategory,
  PRICING_CLASSES,
  type PricingClass,
} from '../../../domain/charge.ts';
import { CHARGE_COLUMNS } from '../../../domain/importMapping.ts';
import type { ForeignCharge } from '../../../domain/currency.ts';
import { type Exact, multiply } from '../../../domain/exact.ts';
import { timeUnit } from '../../../domain/timeUnit.ts';
import { eitherOf, nearest } from '../../../platform/wording.ts';
import {
  count,
  decimalCell,
  instant,
  notAhead,
  refuse,
  requiredText,
  span,
  text,
} from '../cells.ts';
import { type AmountColumns, type Amounts, amountsOf, withAmounts } from '../amounts.ts';
import type { FactKind, Frame, ReadRow } from '../factKind.ts';
import type { Row } from '../row.ts';

export const chargesKind: FactKind<'charges'> = {
  name: 'charges',
  columns: {
    ...CHARGE_COLUMNS,
    keepsExtras: true,
  },
  read: readCharge,
  identified: (fact, key) => ({ ...fact, key }),
};

function readCharge(row: Row, { sourceId, nowMs }: Frame): ReadRow<Charge | ForeignCharge> {
  const id = text(row, 'id');
  const period = span(row);
  // A month is billed before it is over, but not before it has begun.
  notAhead(row, 'start', { atMs: period.startMs, nowMs });
  const amounts = amountsOf(row, AMOUNTS);
  const terms = {
    sourceId,
    key: id ?? '',
    resourceId: requiredText(row, 'resource_id'),
    ...optionalText(row, 'resource_name', 'resourceName'),
    category: category(row),
    pricingClass: pricingClass(row, 'pricing_class'),
    period,
    ...measure(row),
    ...optionalText(row, 'gpu_type', 'gpuType'),
    basis: basis(row),
    ...invoice(row),
    ...tags(row),
  };
  const fact = withAmounts(terms, amounts);
  const known = identity(terms, amounts);
  if (id === undefined) return { fact, says: JSON.stringify(known) };
  return { fact, key: id, says: JSON.stringify([known, later(terms, amounts)]) };
}

const AMOUNTS: AmountColumns = {
  currency: 'currency',
  billed: 'billed_cost',
  list: 'list_cost',
  effective: 'effective_cost',
};

function optionalText<Name extends string>(row: Row, column: string, name: Name) {
  const value = text(row, column);
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: string };
}

const CATEGORY_ALIASES: Readonly<Record<string, ChargeCategory>> = {
  networking: 'network',
  credits: 'credit',
  fees: 'fee',
  taxes: 'tax',
};

/** A category as bills spell it; `undefined` for what is none. */
export function categoryOf(cell: string): ChargeCategory | undefined {
  const name = cell.toLowerCase();
  return CATEGORY_ALIASES[name] ?? CHARGE_CATEGORIES.find((one) => one === name);
}

function category(row: Row): ChargeCategory {
  const cell = row.cell('category').toLowerCase();
  const found = categoryOf(cell);
  if (found !== undefined) return found;
  const meant = nearest(cell, CHARGE_CATEGORIES);
  const todo = meant === undefined ? 'set what was paid for' : `did you mean "${meant}"?`;
  return refuse(row, 'category', { expected: eitherOf(CHARGE_CATEGORIES), todo });
}

/** FOCUS says Standard, Committed and Dynamic; bills say what they like. */
const CLASS_ALIASES: Readonly<Record<string, PricingClass>> = {
  '': 'on-demand',
  standard: 'on-demand',
  ondemand: 'on-demand',
  committed: 'reserved',
  reservation: 'reserved',
  dynamic: 'spot',
  preemptible: 'spot',
  interruptible: 'spot',
};

/** An empty class is on demand, as most bills leave it out. */
export function pricingClass(row: Row, column: string): PricingClass {
  const cell = row
    .cell(column)
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  const found = CLASS_ALIASES[cell] ?? PRICING_CLASSES.find((one) => one === cell);
  if (found !== undefined) return found;
  const meant = nearest(cell, PRICING_CLASSES);
  const todo = meant === undefined ? 'leave it empty for on-demand' : `did you mean "${meant}"?`;
  return refuse(row, column, { expected: eitherOf(PRICING_CLASSES), todo });
}

/** A bill is billed, unless the row says how its money was worked out. */
function basis(row: Row): ChargeBasis {
  const cell = row.cell('basis').toLowerCase();
  const found = cell === '' ? 'billed' : CHARGE_BASES.find((one) => one === cell);
  if (found !== undefined) return found;
  const todo = 'leave it empty if the provider billed it';
  return refuse(row, 'basis', { expected: eitherOf(CHARGE_BASES), todo });
}

function invoice(row: Row): Pick<Charge, 'invoice'> {
  const id = text(row, 'invoice_id');
  const isIssued = row.cell('invoice_issued') !== '';
  if (id !== undefined) {
    return { invoice: { id, ...(isIssued ? { issuedMs: instant(row, 'invoice_issued') } : {}) } };
  }
  if (!isIssued) return {};
  const expected = 'the number of the issued invoice';
  return refuse(row, 'invoice_id', { expected, todo: 'fill it in, or clear invoice_issued' });
}

type Measure = Pick<Charge, 'quantity' | 'unit' | 'gpuCount'>;

/**
 * A refund may take its quantity back: it is kept with its sign, and buys no time. Of a part of a
 * GPU the time is kept as that of GPUs: 24 Hours at 0.25 are 6 GPU-Hours.
 */
function measure(row: Row): Measure {
  const quantity = decimalCell(row, 'quantity');
  const told = {
    ...(quantity === undefined ? {} : { quantity }),
    ...optionalText(row, 'unit', 'unit'),
  };
  const gpus = decimalCell(row, 'gpu_count');
  if (gpus === undefined) return told;
  if (gpus.den === 1n || gpus.num < 0n) return { ...told, ...gpuCount(row) };
  const unit = timeUnit(told.unit ?? '');
  if (quantity !== undefined && unit !== undefined) {
    if (unit.of === 'gpu') return told;
    return { quantity: multiply(quantity, gpus), unit: GPU_UNITS.get(unit.ms) ?? 'GPU-Hours' };
  }
  const expected = 'a whole number of 1 or more, or a part of a GPU with a quantity in hours';
  return refuse(row, 'gpu_count', { expected, todo: 'add quantity and unit, or leave it empty' });
}

const GPU_UNITS: ReadonlyMap<bigint, string> = new Map([
  [1_000n, 'GPU-Seconds'],
  [60_000n, 'GPU-Minutes'],
  [86_400_000n, 'GPU-Days'],
]);

/** The largest clusters that anyone rents as one thing. */
const MOST_GPUS = 100_000;

function gpuCount(row: Row): Pick<Charge, 'gpuCount'> {
  const gpus = count(row, 'gpu_count', MOST_GPUS);
  if (gpus === undefined) return {};
  if (gpus > 0) return { gpuCount: gpus };
  const todo = 'leave it empty if there is no GPU';
  return refuse(row, 'gpu_count', { expected: 'a whole number of 1 or more', todo });
}

function tags(row: Row): Pick<Charge, 'tags'> {
  const extras = row.extras();
  return extras === undefined ? {} : { tags: extras };
}

type Terms = Omit<Charge, 'billed' | 'list' | 'effective' | 'original'>;

/**
 * What a row without an id is known by, in one order, whatever the order of its columns. What a
 * later export may add to the same line is no part of it.
 */
function identity(terms: Terms, amounts: Amounts): unknown {
  const { quantity, tags: labels = {}, period, sourceId: _, key: __, ...more } = terms;
  const { invoice: _invoice, ...rest } = more;
  return [
    Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)),
    [period.startMs, period.endMs, billedText(amounts), quantity && ratioText(quantity)],
    Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}

function billedText(amounts: Amounts): string {
  if (!('original' in amounts)) return String(amounts.billed);
  return `${ratioText(amounts.original.amount)} ${amounts.original.currency}`;
}

function ratioText({ num, den }: Exact): string {
  return `${num}/${den}`;
}

function later({ invoice: carrier }: Terms, amounts: Amounts): unknown {
  const { list, effective } = 'original' in amounts ? amounts.original : amounts;
  const texts = [list, effective].map((one) =>
    typeof one === 'object' ? ratioText(one) : String(one),
  );
  return [...texts, carrier?.id, carrier?.issuedMs];
}
