/** Splits one billing record into charges that sum to its total, to the nano-dollar. */

import type { Charge } from '../../domain/charge.ts';
import { add, decimal, type Exact, toDecimal, ZERO } from '../../domain/exact.ts';
import { nanoFromUsd, type NanoUsd, nanoUsd, sumNano, usd } from '../../domain/money.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { BillingRecord, RunpodFamily, RunpodPart } from './wire.ts';
import { computePaidHours, type WorkerHours } from './hours.ts';
import type { RunpodDetails } from './inventory.ts';
import { usdDigits } from '../../domain/figures.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { shortText } from '../../platform/json.ts';

export interface RecordContext {
  readonly sourceId: string;
  readonly family: RunpodFamily;
  readonly span: Period;
  readonly details: RunpodDetails;
}

export interface RecordCharges {
  readonly charges: readonly Charge[];
  /** The part of the total that no named part explains; absent if they agree. */
  readonly unexplained?: NanoUsd;
  /** Whether the bill exceeds the current rate, so that hours are unknown. */
  readonly aboveRate: boolean;
  /** Whether the resource ran the whole bucket and the bill is below its rate. */
  readonly belowRate: boolean;
  /** Whether hours come from today's list price alone. */
  readonly isByList: boolean;
  /** Bounds of the worker hours, if the bill gives no single quantity. */
  readonly between?: WorkerHours;
}

interface Amount {
  readonly part: RunpodPart;
  readonly usd: Exact;
  readonly billed: NanoUsd;
}

/**
 * One charge per non-zero part. Rounding may leave up to a nano-dollar per part, which the largest
 * part absorbs. A larger gap becomes a charge of its own: parts of 1.11 and 1.24 with a total of
 * 2.36 leave 0.01.
 */
export function splitRecord(record: BillingRecord, context: RecordContext): RecordCharges {
  const total = nanoFromUsd(decimal(record.totalAmount));
  const amounts = amountsOf(record, context.family);
  const gap = total - sumNano(amounts.map(({ billed }) => billed));
  const isRounding = gap <= amounts.length && -gap <= amounts.length;
  const rounded = isRounding ? addToLargest(amounts, gap) : amounts;
  const nonZero = rounded.filter(({ billed }) => billed !== 0n);
  const hours = computePaidHours(nonZero, context.span, context.details);
  const resource = { id: record.id, since: instantText(context.span.startMs) };
  const charges = nonZero.map((amount) => ({
    ...chargeOf(resource, amount, context),
    ...(hours.part === amount.part.name ? { quantity: hours.quantity, unit: 'Hours' } : {}),
    ...(hours.part === amount.part.name && hours.gpuType !== undefined
      ? { gpuType: hours.gpuType }
      : {}),
  }));
  const { aboveRate = false, belowRate = false, isByList = false, between } = hours;
  const notes = { aboveRate, belowRate, isByList, ...(between === undefined ? {} : { between }) };
  if (isRounding) return { charges, ...notes };
  const rest: Amount = { part: UNEXPLAINED, usd: ZERO, billed: nanoUsd(gap) };
  return {
    charges: [...charges, chargeOf(resource, rest, context)],
    unexplained: nanoUsd(gap),
    ...notes,
  };
}

const UNEXPLAINED: RunpodPart = { name: 'unexplained', field: 'totalAmount', category: 'fee' };

function amountsOf(record: BillingRecord, family: RunpodFamily): Amount[] {
  return family.parts.flatMap((part) => {
    const text = record[part.field];
    if (text === null || text === undefined) return [];
    const usd = decimal(text);
    return { part, usd, billed: nanoFromUsd(usd) };
  });
}

function addToLargest(amounts: readonly Amount[], gap: bigint): Amount[] {
  if (gap === 0n) return [...amounts];
  const size = ({ billed }: Amount) => (billed < 0n ? 0n - billed : billed);
  let largest = 0;
  for (const [index, amount] of amounts.entries()) {
    const best = amounts[largest];
    if (best !== undefined && size(amount) > size(best)) largest = index;
  }
  return amounts.map((amount, index) =>
    index === largest ? { ...amount, billed: nanoUsd(amount.billed + gap) } : amount,
  );
}

function chargeOf(
  { id, since }: { readonly id: string; readonly since: string },
  { part, billed }: Amount,
  context: RecordContext,
): Charge {
  const { sourceId, family, span, details } = context;
  const { name, gpuType, gpuCount } = details;
  const onGpu = part.name === 'gpu';
  const place = `${family.name}/${encodeURIComponent(id)}/${part.name}`;
  return {
    sourceId,
    key: `${place}/${since}`,
    resourceId: id,
    ...(name === undefined ? {} : { resourceName: name }),
    category: part.category,
    pricingClass: details.pricingClass ?? family.pricingClass,
    ...(family.isClassListed === true && details.pricingClass === undefined
      ? { isClassPresumed: true as const }
      : {}),
    period: span,
    billed,
    ...(onGpu && gpuType !== undefined ? { gpuType } : {}),
    ...(onGpu && gpuCount !== undefined ? { gpuCount } : {}),
    basis: 'billed',
  };
}

/** Collects what the user is told of the records of a response. */
export function newNotes(family: RunpodFamily) {
  const aboveRate = new Map<string, number>();
  const belowRate = new Map<string, number>();
  const byList = new Set<string>();
  const ranges = new Map<string, { readonly id: string; readonly hours: WorkerHours }>();
  const unknownFields = new Set<string>();
  let unexplained = { nanoUsd: 0n, records: 0 };
  return {
    take(resourceId: string, raw: unknown, record: RecordCharges): void {
      if (record.aboveRate) aboveRate.set(resourceId, (aboveRate.get(resourceId) ?? 0) + 1);
      if (record.belowRate) belowRate.set(resourceId, (belowRate.get(resourceId) ?? 0) + 1);
      if (record.isByList) byList.add(resourceId);
      if (record.between !== undefined) {
        const { between } = record;
        const { by } = between;
        const place = `${by} ${resourceId}`;
        const { low, high } = ranges.get(place)?.hours ?? { low: ZERO, high: ZERO };
        const hours = { low: add(low, between.low), high: add(high, between.high), by };
        ranges.set(place, { id: resourceId, hours });
      }
      for (const field of unknownAmounts(raw, family)) unknownFields.add(field);
      if (record.unexplained === undefined) return;
      const { nanoUsd, records } = unexplained;
      unexplained = { nanoUsd: nanoUsd + record.unexplained, records: records + 1 };
    },
    all(holdings: ReadonlyMap<string, RunpodDetails>): PullWarning[] {
      const nameOf = (id: string) => shortText(holdings.get(id)?.name ?? id, 80);
      const bill = `RunPod ${family.name}`;
      const warnings: PullWarning[] = [];
      if (unknownFields.size > 0) {
        const items = shortText([...unknownFields].sort().join(', '), 200);
        warnings.push({ code: 'unknown-bill-items', bill, items });
      }
      const { records, nanoUsd } = unexplained;
      const amount = usdDigits(usd(nanoUsd));
      if (records > 0) warnings.push({ code: 'unexplained-amount', bill, records, usd: amount });
      for (const [id, buckets] of aboveRate) {
        warnings.push({ code: 'billed-above-rate', resource: nameOf(id), buckets });
      }
      for (const [id, buckets] of belowRate) {
        warnings.push({ code: 'billed-below-rate', resource: nameOf(id), buckets });
      }
      for (const id of byList)
        warnings.push({ code: 'hours-from-list-price', endpoint: nameOf(id) });
      for (const { id, hours } of ranges.values()) {
        const leastHours = toDecimal(hours.low, 2, 'floor');
        const mostHours = toDecimal(hours.high, 2, 'ceiling');
        const range = { leastHours, mostHours, by: hours.by };
        warnings.push({ code: 'worker-hours-uncertain', endpoint: nameOf(id), ...range });
      }
      return warnings;
    },
  };
}

function unknownAmounts(raw: unknown, family: RunpodFamily): string[] {
  const known = new Set<string>(['totalAmount', ...family.parts.map(({ field }) => field)]);
  const fields = Object.keys(raw as object);
  return fields.filter((field) => field.endsWith('Amount') && !known.has(field));
}
