/** Converts a DigitalOcean invoice to charges that sum to its amount. */

import type { Charge, Invoice } from '../../domain/charge.ts';
import { exactDollarText, usdDigits } from '../../domain/figures.ts';
import { decimal } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { type NanoUsd, nanoFromUsd, nanoUsd, usd } from '../../domain/money.ts';
import { dayText, monthText, type Period } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import { firstFaultText } from '../../platform/responseSchemas.ts';
import type { Answered, AnswerFacts } from '../api.ts';
import { productCategory } from '../billLine.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import {
  type DigitaloceanMonthContext,
  invoiceItem,
  type InvoiceItem,
  type InvoiceSummary,
  joinKeyParts,
  monthKeyPrefix,
  numberRepeatedKey,
  parseDescription,
  toTags,
} from './normalize.ts';

/** Sum of the invoices of a month read so far; the month has `of` invoices. */
export interface InvoiceTotals {
  nanoUsd: bigint;
  invoices: number;
  readonly expected: number;
}

export interface InvoiceContext extends DigitaloceanMonthContext {
  readonly uuid: string;
  readonly invoice: Invoice;
  readonly stated: InvoiceTotals;
}

/**
 * Reads the items of one page. An invoice is read entirely or not at all: without one item its sum
 * would be wrong, and the month's estimates stay instead.
 * @throws {Failure} `malformed` for an item that cannot be read.
 */
export function readInvoiceItems({ where, ...answer }: Answered, context: InvoiceContext) {
  const charges: Located<Charge>[] = [];
  let [position, outside, sum] = [-1, 0, 0n];
  for (const raw of answer.items()) {
    position += 1;
    const read = invoiceItem.safeParse(raw);
    if (!read.success) {
      const item = `item ${position} of the invoice ${context.invoice.id}`;
      const fault = `${item}: ${firstFaultText(read.error)}`;
      throw new Failure('malformed', `${where} returned an unexpected response: ${fault}`, {
        where,
        hint: 'the invoice was not stored; the estimates of its month remain',
      });
    }
    const period = periodOf(read.data, context.month);
    if (period === undefined && hasTime(read.data)) outside += 1;
    const fact = itemOf(read.data, context, period ?? context.month);
    sum += fact.billed;
    if (fact.billed !== 0n) charges.push({ position, fact });
  }
  const elsewhere = {
    code: 'invoice-items-elsewhere',
    invoice: context.invoice.id,
    items: outside,
    month: monthText(context.month.startMs),
  } as const;
  const warnings = outside === 0 ? [] : [elsewhere];
  return { charges, warnings, sum };
}

/** The period of an item, or `undefined` if it has none inside the month. */
function periodOf({ start_time, end_time }: InvoiceItem, month: Period): Period | undefined {
  if (typeof start_time !== 'number' || typeof end_time !== 'number') return undefined;
  const isInside = start_time >= month.startMs && end_time <= month.endMs;
  return isInside && start_time < end_time ? { startMs: start_time, endMs: end_time } : undefined;
}

/** Fees and refunds have no time and count for the whole month. */
function hasTime({ start_time, end_time }: InvoiceItem): boolean {
  return typeof start_time === 'number' || typeof end_time === 'number';
}

function itemOf(one: InvoiceItem, context: InvoiceContext, period: Period): Charge {
  const { sourceId, month, state, uuid, invoice, seen } = context;
  const { product, description, group_description: group } = one;
  const resource = [one.resource_id, one.resource_uuid].find(Boolean) ?? '';
  const { name, gpus: bySize } = parseDescription(description ?? '', state);
  const gpus = state.droplets.get(resource) ?? bySize;
  const place = joinKeyParts([product, resource, group, description, dayText(period.startMs)]);
  const [label] = [name, group, product].filter(Boolean);
  const words = [product, description, group].join(' ');
  return {
    sourceId,
    key: numberRepeatedKey(`${monthKeyPrefix(month)}invoice/${uuid}/${place}`, seen),
    resourceId: [resource, label].find(Boolean) ?? 'unnamed',
    ...(label ? { resourceName: label } : {}),
    category: gpus.gpuType === undefined ? productCategory(words) : 'compute',
    pricingClass: 'on-demand',
    isClassPresumed: true,
    period,
    billed: nanoFromUsd(decimal(one.amount)),
    ...(one.duration && one.duration_unit
      ? { quantity: decimal(one.duration), unit: one.duration_unit }
      : {}),
    ...gpus,
    basis: 'billed',
    invoice,
    tags: toTags({ product, group, project: one.project_name }),
  };
}

/**
 * Reads tax, credits, overages, and the part of the product charges that the items do not explain.
 * Together with the items they sum to the invoice's amount.
 */
export function readInvoiceSummary(
  summary: InvoiceSummary,
  sum: bigint,
  context: InvoiceContext,
): AnswerFacts {
  const { product_charges: products, overages, taxes, credits_and_adjustments: credits } = summary;
  const others = [
    { name: 'overages', category: 'network', part: overages },
    { name: 'taxes', category: 'tax', part: taxes },
    { name: 'credits', category: 'credit', part: credits },
  ] as const;
  const parts = others.map(({ part, ...rest }) => ({ ...rest, billed: nanoOf(part) }));
  const besides = parts.reduce((all, { billed }) => all + billed, 0n);
  const amount = nanoFromUsd(decimal(summary.amount));
  const [stated, gap] = [nanoOf(products) + besides, amount - besides - sum];
  if (products?.amount && !isNear(stated, amount))
    throw unequalParts(context.invoice, amount, stated);
  const rest = { name: 'unexplained', category: 'fee', billed: nanoUsd(gap) } as const;
  const charges = [...parts, rest].filter(({ billed }) => billed !== 0n);
  context.stated.nanoUsd += amount;
  context.stated.invoices += 1;
  return {
    charges: charges.map((one) => ({ position: 0, fact: summaryCharge(one, context) })),
    warnings: gap === 0n ? [] : [gapNote(context.invoice, gap)],
  };
}

function nanoOf(part: InvoiceSummary['taxes']): NanoUsd {
  return nanoFromUsd(decimal(part?.amount ?? '0'));
}

/** Tolerance: four amounts, each rounded to cents. */
const ROUNDING_NANO = 40_000_000n;

function isNear(a: bigint, b: bigint): boolean {
  return a - b <= ROUNDING_NANO && b - a <= ROUNDING_NANO;
}

function unequalParts({ id }: Invoice, amount: bigint, stated: bigint): Failure {
  const [whole, parts] = [amount, stated].map((nano) => exactDollarText(usd(nano)));
  const message = `the invoice ${id} is for ${whole}, but its parts add up to ${parts}`;
  return new Failure('malformed', message, {
    hint: 'the invoice was not stored; the estimates of its month remain',
  });
}

function gapNote({ id }: Invoice, gap: bigint): PullWarning {
  return { code: 'invoice-items-differ', invoice: id, usd: usdDigits(usd(gap)) };
}

interface SummaryPart {
  readonly name: string;
  readonly category: Charge['category'];
  readonly billed: NanoUsd;
}

function summaryCharge({ name, category, billed }: SummaryPart, context: InvoiceContext): Charge {
  const { sourceId, month, uuid, invoice } = context;
  return {
    sourceId,
    key: `${monthKeyPrefix(month)}invoice/${uuid}/${name}`,
    resourceId: `invoice-${name}`,
    category,
    pricingClass: 'on-demand',
    isClassPresumed: true,
    period: month,
    billed,
    basis: 'billed',
    invoice,
  };
}
