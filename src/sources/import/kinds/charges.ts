/** Reads the charges file: bill lines in FOCUS terms where possible. */

import {
  type Charge,
  CHARGE_BASES,
  CHARGE_CATEGORIES,
  type ChargeBasis,
  type ChargeCategory,
  parseTimeUnit,
  PRICING_CLASSES,
  type PricingClass,
} from '../../../domain/charge.ts';
import { CHARGE_COLUMNS } from '../../../domain/fileMapping.ts';
import type { ForeignCharge } from '../../../domain/currency.ts';
import { type Exact, multiply } from '../../../domain/exact.ts';
import { joinWithOr, nearestWord } from '../../../platform/text.ts';
import {
  readCount,
  readDecimal,
  readInstant,
  requireNotInFuture,
  refuseCell,
  readRequiredText,
  readPeriod,
  readText,
} from '../cells.ts';
import { type AmountColumns, type ChargeAmounts, readAmounts, withAmounts } from '../amounts.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import type { FileRow } from '../columns.ts';

export const chargesKind: FactKind<'charges'> = {
  name: 'charges',
  columns: {
    ...CHARGE_COLUMNS,
    keepsExtras: true,
  },
  read: readCharge,
  identified: (fact, key) => ({ ...fact, key }),
};

function readCharge(
  row: FileRow,
  { sourceId, nowMs }: ReadContext,
): ReadRow<Charge | ForeignCharge> {
  const id = readText(row, 'id');
  const period = readPeriod(row);
  // A month may be billed before it ends, but not before it begins.
  requireNotInFuture(row, 'start', { atMs: period.startMs, nowMs });
  const amounts = readAmounts(row, AMOUNTS);
  const terms = {
    sourceId,
    key: id ?? '',
    resourceId: readRequiredText(row, 'resource_id'),
    ...optionalText(row, 'resource_name', 'resourceName'),
    category: category(row),
    pricingClass: readPricingClass(row, 'pricing_class'),
    period,
    ...measure(row),
    ...optionalText(row, 'gpu_type', 'gpuType'),
    basis: basis(row),
    ...invoice(row),
    ...tags(row),
  };
  const fact = withAmounts(terms, amounts);
  const identifying = identity(terms, amounts);
  if (id === undefined) return { fact, values: JSON.stringify(identifying) };
  return { fact, key: id, values: JSON.stringify([identifying, toRestatable(terms, amounts)]) };
}

const AMOUNTS: AmountColumns = {
  currency: 'currency',
  billed: 'billed_cost',
  list: 'list_cost',
  effective: 'effective_cost',
};

function optionalText<Name extends string>(row: FileRow, column: string, name: Name) {
  const value = readText(row, column);
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: string };
}

const CATEGORY_ALIASES: Readonly<Record<string, ChargeCategory>> = {
  networking: 'network',
  credits: 'credit',
  fees: 'fee',
  taxes: 'tax',
};

/** The category for a bill's spelling of it; `undefined` if unknown. */
export function parseCategory(cell: string): ChargeCategory | undefined {
  const name = cell.toLowerCase();
  return CATEGORY_ALIASES[name] ?? CHARGE_CATEGORIES.find((one) => one === name);
}

function category(row: FileRow): ChargeCategory {
  const cell = row.cell('category').toLowerCase();
  const found = parseCategory(cell);
  if (found !== undefined) return found;
  const suggestion = nearestWord(cell, CHARGE_CATEGORIES);
  const todo = suggestion === undefined ? 'set what was paid for' : `did you mean "${suggestion}"?`;
  return refuseCell(row, 'category', { expected: joinWithOr(CHARGE_CATEGORIES), todo });
}

/** FOCUS uses Standard, Committed and Dynamic. Bills use various other terms. */
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

/** The pricing class in a cell. Empty means on-demand, as in most bills. */
export function readPricingClass(row: FileRow, column: string): PricingClass {
  const cell = row
    .cell(column)
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  const found = CLASS_ALIASES[cell] ?? PRICING_CLASSES.find((one) => one === cell);
  if (found !== undefined) return found;
  const suggestion = nearestWord(cell, PRICING_CLASSES);
  const todo =
    suggestion === undefined ? 'leave it empty for on-demand' : `did you mean "${suggestion}"?`;
  return refuseCell(row, column, { expected: joinWithOr(PRICING_CLASSES), todo });
}

/** The basis of the amount. It is billed unless the row says otherwise. */
function basis(row: FileRow): ChargeBasis {
  const cell = row.cell('basis').toLowerCase();
  const found = cell === '' ? 'billed' : CHARGE_BASES.find((one) => one === cell);
  if (found !== undefined) return found;
  const todo = 'leave it empty if the provider billed it';
  return refuseCell(row, 'basis', { expected: joinWithOr(CHARGE_BASES), todo });
}

function invoice(row: FileRow): Pick<Charge, 'invoice'> {
  const id = readText(row, 'invoice_id');
  const isIssued = row.cell('invoice_issued') !== '';
  if (id !== undefined) {
    return {
      invoice: { id, ...(isIssued ? { issuedMs: readInstant(row, 'invoice_issued') } : {}) },
    };
  }
  if (!isIssued) return {};
  const expected = 'the number of the issued invoice';
  return refuseCell(row, 'invoice_id', { expected, todo: 'fill it in, or clear invoice_issued' });
}

type Measure = Pick<Charge, 'quantity' | 'unit' | 'gpuCount'>;

/**
 * The quantity with its unit, and the number of GPUs. A refund's negative quantity is kept, but
 * buys no time. For a fraction of a GPU, the time becomes GPU time: 24 Hours of 0.25 GPUs are 6
 * GPU-Hours.
 */
function measure(row: FileRow): Measure {
  const quantity = readDecimal(row, 'quantity');
  const amount = {
    ...(quantity === undefined ? {} : { quantity }),
    ...optionalText(row, 'unit', 'unit'),
  };
  const gpus = readDecimal(row, 'gpu_count');
  if (gpus === undefined) return amount;
  if (gpus.den === 1n || gpus.num < 0n) return { ...amount, ...gpuCount(row) };
  const unit = parseTimeUnit(amount.unit ?? '');
  if (quantity !== undefined && unit !== undefined) {
    if (unit.of === 'gpu') return amount;
    return { quantity: multiply(quantity, gpus), unit: GPU_UNITS.get(unit.ms) ?? 'GPU-Hours' };
  }
  const expected = 'a whole number of 1 or more, or a part of a GPU with a quantity in hours';
  return refuseCell(row, 'gpu_count', {
    expected,
    todo: 'add quantity and unit, or leave it empty',
  });
}

const GPU_UNITS: ReadonlyMap<bigint, string> = new Map([
  [1_000n, 'GPU-Seconds'],
  [60_000n, 'GPU-Minutes'],
  [86_400_000n, 'GPU-Days'],
]);

/** More GPUs than any single rented cluster has. */
const MAX_GPUS = 100_000;

function gpuCount(row: FileRow): Pick<Charge, 'gpuCount'> {
  const gpus = readCount(row, 'gpu_count', MAX_GPUS);
  if (gpus === undefined) return {};
  if (gpus > 0) return { gpuCount: gpus };
  const todo = 'leave it empty if there is no GPU';
  return refuseCell(row, 'gpu_count', { expected: 'a whole number of 1 or more', todo });
}

function tags(row: FileRow): Pick<Charge, 'tags'> {
  const extras = row.extras();
  return extras === undefined ? {} : { tags: extras };
}

type Terms = Omit<Charge, 'billed' | 'list' | 'effective' | 'original'>;

/**
 * The values that identify a row without an id, independent of the order of its columns. Values
 * that a later export may add to the same line are left out.
 */
function identity(terms: Terms, amounts: ChargeAmounts): unknown {
  const { quantity, tags: labels = {}, period, sourceId: _, key: __, ...more } = terms;
  const { invoice: _invoice, ...rest } = more;
  return [
    Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)),
    [period.startMs, period.endMs, billedText(amounts), quantity && ratioText(quantity)],
    Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}

function billedText(amounts: ChargeAmounts): string {
  if (!('original' in amounts)) return String(amounts.billed);
  return `${ratioText(amounts.original.amount)} ${amounts.original.currency}`;
}

function ratioText({ num, den }: Exact): string {
  return `${num}/${den}`;
}

function toRestatable({ invoice: carrier }: Terms, amounts: ChargeAmounts): unknown {
  const { list, effective } = 'original' in amounts ? amounts.original : amounts;
  const texts = [list, effective].map((amount) =>
    typeof amount === 'object' ? ratioText(amount) : String(amount),
  );
  return [...texts, carrier?.id, carrier?.issuedMs];
}
