/** One record of a bill as charges that sum to its total, to the nano-dollar. */

import type { Charge } from '../../domain/charge.ts';
import { decimal, type Exact, ZERO } from '../../domain/exact.ts';
import { type NanoUsd, nanoFromUsd, nanoUsd, sumNano } from '../../domain/money.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { Family, Part } from './family.ts';
import { hoursOf, type WorkerHours } from './hours.ts';
import type { Holding } from './inventory.ts';
import type { BillingRecord } from './wire.ts';

export interface RecordContext {
  readonly sourceId: string;
  readonly family: Family;
  readonly span: Period;
  readonly holding: Holding;
}

export interface RecordCharges {
  readonly charges: readonly Charge[];
  /** The part of the total that no named part explains; absent where they agree. */
  readonly unexplained?: NanoUsd;
  /** Where the bill is more than the present rate allows, so that hours cannot be told. */
  readonly aboveRate: boolean;
  /** Where the resource ran all the time and the bill is less than its rate asks. */
  readonly belowRate: boolean;
  /** Where hours rest on today's list price alone. */
  readonly isByList: boolean;
  /** Hours of workers between which the truth lies, where the bill tells no one quantity. */
  readonly between?: WorkerHours;
}

interface Amount {
  readonly part: Part;
  readonly usd: Exact;
  readonly billed: NanoUsd;
}

/**
 * One charge for each part that is not zero. Rounding each part to a nano-dollar may leave a
 * nano-dollar a part between them and the total: the largest part takes it. 1.11 + 1.24 against a
 * total of 2.36 is more than that: 0.01 becomes a charge of its own.
 */
export function chargesOf(record: BillingRecord, context: RecordContext): RecordCharges {
  const total = nanoFromUsd(decimal(record.totalAmount));
  const amounts = amountsOf(record, context.family);
  const gap = total - sumNano(amounts.map(({ billed }) => billed));
  const isRounding = gap <= amounts.length && -gap <= amounts.length;
  const settled = isRounding ? withGap(amounts, gap) : amounts;
  const told = settled.filter(({ billed }) => billed !== 0n);
  const hours = hoursOf(told, context.span, context.holding);
  const resource = { id: record.id, since: instantText(context.span.startMs) };
  const charges = told.map((amount) => ({
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

const UNEXPLAINED: Part = { name: 'unexplained', field: 'totalAmount', category: 'fee' };

function amountsOf(record: BillingRecord, family: Family): Amount[] {
  return family.parts.flatMap((part) => {
    const text = record[part.field];
    if (text === null || text === undefined) return [];
    const usd = decimal(text);
    return { part, usd, billed: nanoFromUsd(usd) };
  });
}

function withGap(amounts: readonly Amount[], gap: bigint): Amount[] {
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
  const { sourceId, family, span, holding } = context;
  const { name, gpuType, gpuCount } = holding;
  const onGpu = part.name === 'gpu';
  const place = `${family.name}/${encodeURIComponent(id)}/${part.name}`;
  return {
    sourceId,
    key: `${place}/${since}`,
    resourceId: id,
    ...(name === undefined ? {} : { resourceName: name }),
    category: part.category,
    pricingClass: holding.pricingClass ?? family.pricingClass,
    ...(family.isClassListed === true && holding.pricingClass === undefined
      ? { isClassPresumed: true as const }
      : {}),
    period: span,
    billed,
    ...(onGpu && gpuType !== undefined ? { gpuType } : {}),
    ...(onGpu && gpuCount !== undefined ? { gpuCount } : {}),
    basis: 'billed',
  };
}
