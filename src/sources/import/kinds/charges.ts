/** Knows the charges file: the lines of a bill, in the words of FOCUS where they fit. */

import {
  CHARGE_CATEGORIES,
  type Charge,
  type ChargeCategory,
  PRICING_CLASSES,
  type PricingClass,
} from '../../../domain/charge.ts';
import { eitherOf, nearest } from '../../../platform/wording.ts';
import { count, decimalCell, money, notAhead, refuse, requiredText, span, text } from '../cells.ts';
import type { FactKind, Frame, ReadRow } from '../factKind.ts';
import type { Row } from '../row.ts';

export const chargesKind: FactKind<'charges'> = {
  name: 'charges',
  columns: {
    required: ['resource_id', 'category', 'start', 'end', 'billed_cost', 'currency'],
    optional: ['id', 'resource_name', 'pricing_class', 'quantity', 'unit', 'gpu_type', 'gpu_count'],
    keepsExtras: true,
  },
  read: readCharge,
  identified: (fact, key) => ({ ...fact, key }),
};

function readCharge(row: Row, { sourceId, nowMs }: Frame): ReadRow<Charge> {
  const id = text(row, 'id');
  const period = span(row);
  // A month is billed before it is over, but not before it has begun.
  notAhead(row, 'start', { atMs: period.startMs, nowMs });
  const fact: Charge = {
    sourceId,
    key: id ?? '',
    resourceId: requiredText(row, 'resource_id'),
    ...optionalText(row, 'resource_name', 'resourceName'),
    category: category(row),
    pricingClass: pricingClass(row, 'pricing_class'),
    period,
    billed: dollars(row),
    ...measure(row),
    ...optionalText(row, 'gpu_type', 'gpuType'),
    ...gpuCount(row),
    basis: 'billed',
    ...tags(row),
  };
  const says = JSON.stringify(canonical(fact));
  return id === undefined ? { fact, says } : { fact, key: id, says };
}

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

function category(row: Row): ChargeCategory {
  const cell = row.cell('category').toLowerCase();
  const found = CATEGORY_ALIASES[cell] ?? CHARGE_CATEGORIES.find((one) => one === cell);
  if (found !== undefined) return found;
  const meant = nearest(cell, CHARGE_CATEGORIES);
  const todo = meant === undefined ? 'say what was paid for' : `did you mean "${meant}"?`;
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

function dollars(row: Row) {
  if (row.cell('currency').toUpperCase() !== 'USD') {
    refuse(row, 'currency', { expected: 'USD', todo: 'convert the amount to USD first' });
  }
  return money(row, 'billed_cost');
}

/** A refund may take its quantity back: it is kept with its sign, and buys no time. */
function measure(row: Row): Pick<Charge, 'quantity' | 'unit'> {
  const quantity = decimalCell(row, 'quantity');
  return {
    ...(quantity === undefined ? {} : { quantity }),
    ...optionalText(row, 'unit', 'unit'),
  };
}

/** The largest clusters that anyone rents as one thing. */
const MOST_GPUS = 100_000;

function gpuCount(row: Row): Pick<Charge, 'gpuCount'> {
  const gpus = count(row, 'gpu_count', MOST_GPUS);
  if (gpus === undefined) return {};
  if (gpus > 0) return { gpuCount: gpus };
  const todo = 'leave it empty where there is no GPU';
  return refuse(row, 'gpu_count', { expected: 'a whole number from 1 up', todo });
}

function tags(row: Row): Pick<Charge, 'tags'> {
  const extras = row.extras();
  return extras === undefined ? {} : { tags: extras };
}

/** Everything a row says, in one order, whatever the order of its columns. */
function canonical(fact: Charge): unknown {
  const { quantity, tags: labels = {}, period, billed, sourceId: _, key: __, ...rest } = fact;
  return [
    Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)),
    [period.startMs, period.endMs, String(billed), quantity && `${quantity.num}/${quantity.den}`],
    Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}
