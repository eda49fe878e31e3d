/** Reads CoreWeave's usage by plan and by location, and multiplies each row with its rate. */

import { z } from 'zod';
import type { Charge } from '../../domain/charge.ts';
import {
  add,
  compare,
  decimal,
  type Exact,
  isZero,
  multiply,
  sum,
  toDecimal,
  ZERO,
} from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { shortText } from '../../platform/json.ts';
import { firstFaultText, instantMsSchema } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import type { AnswerFacts } from '../api.ts';
import { productCategory } from '../billLine.ts';
import { freeText, providerName, quantityField } from '../fieldTypes.ts';
import { readRecords, readRows, REJECT_LIMIT, rejectWarnings, toReject } from '../records.ts';
import {
  findInstanceGpus,
  LIST_PRICE_DATE,
  type PlanMix,
  type PlanShare,
  type RateCard,
  toPricingClass,
  type UnitPrice,
  usageHourKey,
} from './rates.ts';

const quantity = quantityField.refine((text) => Number(text) >= 0, {
  error: 'expected a quantity of 0 or more',
});

/** One hour of one SKU, in one zone and cluster or on one capacity plan. */
const usageFields = z.object({
  ChargePeriodStart: instantMsSchema,
  ChargePeriodEnd: instantMsSchema.nullish(),
  SkuId: providerName,
  PricingQuantity: quantity.nullish(),
  PricingUnit: providerName.nullish(),
  /** FOCUS uses the consumed quantity where there is no pricing quantity. */
  ConsumedQuantity: quantity.nullish(),
  ConsumedUnit: providerName.nullish(),
  ServiceName: freeText.nullish(),
  RegionId: freeText.nullish(),
  x_ClusterId: freeText.nullish(),
  x_ClusterName: freeText.nullish(),
  x_ProductFamily: freeText.nullish(),
  x_CapacityPlan: freeText.nullish(),
  /** Announced for a later release; read only to detect its arrival. */
  BilledCost: quantityField.nullish(),
});

const usageRow = usageFields.transform((row, context) => {
  const isPriced = Boolean(row.PricingQuantity);
  const amount = isPriced ? row.PricingQuantity : row.ConsumedQuantity;
  const unit = isPriced ? row.PricingUnit : row.ConsumedUnit;
  if (!amount || !unit) {
    const message = 'expected a quantity and its unit';
    context.addIssue({ code: 'custom', path: ['PricingQuantity'], message });
    return z.NEVER;
  }
  const { ChargePeriodStart: startMs, ChargePeriodEnd: end } = row;
  return {
    period: { startMs, endMs: end ?? startMs + HOUR_MS },
    sku: row.SkuId,
    quantity: decimal(amount),
    unit,
    zone: row.RegionId || undefined,
    clusterId: row.x_ClusterId || undefined,
    clusterName: row.x_ClusterName || undefined,
    product: row.x_ProductFamily || row.ServiceName || '',
    plan: row.x_CapacityPlan || undefined,
    hasCost: row.BilledCost ? !isZero(decimal(row.BilledCost)) : false,
  };
});
type UsageRow = z.output<typeof usageRow>;

export const coreweavePlanAnswer = z.object({
  data: recordList(usageFields),
  next_page_token: z.string().nullish(),
});
/** With the time up to which usage is complete, whose format is not documented. */
export const coreweaveUsageAnswer = coreweavePlanAnswer.extend({
  data_as_of: z.custom<unknown>().optional(),
});

/** Reads a page of the usage by capacity plan. Without all of its rows, no rate is certain. */
export function readCoreweavePlans(
  records: Iterable<unknown>,
  mix: PlanMix,
  isLastPage: boolean,
): AnswerFacts {
  const { rejects, warnings } = readRecords(records, usageRow, (row) => mix.addPlanned(row));
  mix.hasRejects ||= rejects.length > 0;
  mix.isWhole = isLastPage && !mix.hasRejects;
  return { rejects, warnings };
}

export interface CoreweaveUsageContext {
  readonly sourceId: string;
  readonly window: Period;
  readonly card: RateCard;
  readonly mix: PlanMix;
  /** Keys of the rows of this window that were read already. */
  readonly seen: Set<string>;
  readonly isLastPage: boolean;
  /** CoreWeave's `data_as_of`: usage before this time is complete. */
  readonly asOf: unknown;
}

/** Key prefix of the charges. */
const PREFIX = 'usage/';

/**
 * Multiplies the rows by location with their rates. A SKU without a rate is rejected once per
 * response.
 */
export function readCoreweaveUsage(
  records: Iterable<unknown>,
  context: CoreweaveUsageContext,
): AnswerFacts {
  const { window, mix, isLastPage, asOf } = context;
  const notes: Notes = { hasCosts: false, listed: new Map(), unpriced: new Map() };
  const rows = readRows(records, (record, position) =>
    readRow({ record, position }, context, notes),
  );
  const asOfMs = instantMsSchema.safeParse(asOf).data;
  const beforeMs = asOfMs ?? window.endMs;
  const differing = isLastPage ? [...mix.differences(beforeMs), ...mix.missing(beforeMs)] : [];
  const endMs = Math.min(window.endMs, Math.floor(beforeMs / HOUR_MS) * HOUR_MS);
  const isWhole = rows.rejected === 0 && differing.length === 0 && endMs > window.startMs;
  const more = [
    // It is unknown which of the two views is right, so the hour is reported as a reject.
    ...differing.map((name) => toReject(0, name, DIFFERS)),
    // Charges of a SKU that lost its rate are withdrawn: the rate was the user's, not CoreWeave's.
    ...[...notes.unpriced.values()].map(({ row, amount, missing, position, record }) => {
      const amountText = `${toDecimal(amount, 2)} ${row.unit} of ${shortText(row.sku, 80)}`;
      return toReject(position, record, `${amountText} not charged: ${missing}`);
    }),
  ];
  const completeFor = { keyPrefix: PREFIX, window: { startMs: window.startMs, endMs } };
  return {
    charges: rows.facts,
    rejects: [...rows.rejects, ...more].slice(0, REJECT_LIMIT),
    warnings: [
      ...rejectWarnings(rows.rejected + more.length),
      ...[...notes.listed].map(([sku, { unit, isReserved }]): PullWarning => {
        const of = { sku: shortText(sku, 80), unit: shortText(unit, 40) };
        return { code: 'list-price-charged', ...of, listedOn: LIST_PRICE_DATE, isReserved };
      }),
      ...(notes.hasCosts ? [{ code: 'focus-costs-not-read' } as const] : []),
      ...(asOfMs === undefined && (asOf ?? '') !== ''
        ? [{ code: 'completeness-not-read' } as const]
        : []),
    ],
    ...(isWhole ? { completeFor } : {}),
  };
}

const DIFFERS =
  'the usage by location and by capacity plan differ for this hour and SKU; the usage by ' +
  'location is charged. Pull again later, and ask CoreWeave Support if they still differ';

/** What a page is warned about or rejected for, beside single rows. */
interface Notes {
  hasCosts: boolean;
  /** By SKU that a list price was used for. */
  readonly listed: Map<string, Listed>;
  /** By SKU and unit without a rate. */
  readonly unpriced: Map<string, Unpriced>;
}

interface Listed {
  readonly unit: string;
  readonly isReserved: boolean;
}

interface Place {
  readonly position: number;
  readonly record: unknown;
}

interface Unpriced extends Place {
  readonly row: UsageRow;
  readonly missing: string;
  readonly amount: Exact;
}

/** A billion dollars. A larger amount is an error of units. */
const MOST_NANO_USD = 1_000_000_000_000_000_000n;

/** The charge of a row, if it has one, or its fault. */
function readRow(
  place: Place,
  { sourceId, window, card, mix, seen }: CoreweaveUsageContext,
  notes: Notes,
): readonly Charge[] | string {
  const read = usageRow.safeParse(place.record);
  if (!read.success) return firstFaultText(read.error);
  const row = read.data;
  const { sku, unit } = row;
  const { startMs, endMs } = row.period;
  // CoreWeave does not document whether the window's end is inclusive.
  if (startMs === window.endMs) return [];
  if (startMs < window.startMs || endMs > window.endMs || endMs <= startMs) {
    return `expected an hour from ${instantText(window.startMs)} to ${instantText(window.endMs)}`;
  }
  const name = [usageHourKey(row), row.zone, row.clusterId].join(' ');
  if (seen.has(name)) return 'duplicate row';
  seen.add(name);
  mix.addLocated(row);
  notes.hasCosts ||= row.hasCost;
  const shares = mix.sharesOf(row);
  if (shares === undefined) {
    return 'no matching row in the usage by capacity plan, so the rate is unknown';
  }
  if (isZero(row.quantity)) return [];
  const parts: Part[] = [];
  for (const { plan, share } of shares) {
    const price = card({ sku, unit, plan, startMs });
    if ('missing' in price) {
      const before = notes.unpriced.get(`${sku} ${unit}`) ?? {
        ...place,
        row,
        ...price,
        amount: ZERO,
      };
      const amount = add(before.amount, row.quantity);
      notes.unpriced.set(`${sku} ${unit}`, { ...before, amount });
      return [];
    }
    parts.push({ plan, share, price });
  }
  const charge = chargeOf(sourceId, row, parts);
  if (charge.billed >= MOST_NANO_USD) return 'expected an amount below a billion dollars';
  if (charge.basis === 'list') {
    const wasReserved = notes.listed.get(sku)?.isReserved === true;
    const isReserved = wasReserved || charge.pricingClass === 'reserved';
    notes.listed.set(sku, { unit, isReserved });
  }
  return [charge];
}

interface Part extends PlanShare {
  readonly price: UnitPrice;
}

/**
 * One charge per row, whatever its plans. Of 20 instance-hours, 16 reserved at $30 and 4 on demand
 * at $49.24 cost $676.96. The pricing class is that of the largest share, here reserved. Each SKU
 * of a cluster is a resource of its own, with the cluster in its tags.
 */
function chargeOf(sourceId: string, row: UsageRow, parts: readonly Part[]): Charge {
  const { period, sku, unit, zone, clusterId, clusterName, product, quantity: amount } = row;
  const place = [clusterId ?? '', zone ?? '', sku, unit].map(encodeURIComponent);
  const category = productCategory(product === '' ? unit : product);
  const gpus = category === 'compute' && !/cpu/i.test(product) ? findInstanceGpus(sku) : undefined;
  const [largest] = parts.toSorted((a, b) => compare(b.share, a.share));
  const cost = (usd: Exact) => nanoFromUsd(multiply(amount, usd));
  const paid = parts.map(({ share, price }) => multiply(share, price.usd));
  const listed = parts.flatMap(({ share, price: { list } }) =>
    list ? [multiply(share, list)] : [],
  );
  return {
    sourceId,
    key: `${PREFIX}${instantText(period.startMs)}/${place.join('/')}`,
    resourceId: clusterId === undefined ? sku : `${clusterId}/${sku}`,
    ...(clusterName === undefined ? {} : { resourceName: `${clusterName}/${sku}` }),
    category,
    pricingClass: toPricingClass(largest?.plan),
    ...(largest?.plan === undefined ? { isClassPresumed: true as const } : {}),
    period,
    billed: cost(sum(paid)),
    ...(listed.length === parts.length ? { list: cost(sum(listed)) } : {}),
    quantity: amount,
    unit,
    ...gpus,
    basis: parts.some(({ price }) => price.basis === 'list') ? 'list' : 'negotiated',
    tags: {
      sku,
      ...(clusterId === undefined ? {} : { cluster_id: clusterId }),
      ...(clusterName === undefined ? {} : { cluster: clusterName }),
      ...(zone === undefined ? {} : { zone }),
    },
  };
}
