/** Converts CoreWeave's usage rows to charges, and its clusters to resources. */

import type { Charge, Resource } from '../../domain/charge.ts';
import { add, compare, type Exact, isZero, multiply, toDecimal, ZERO } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { shortText } from '../../platform/json.ts';
import { firstFaultText, instantMsSchema } from '../../platform/responseSchemas.ts';
import type { AnswerFacts } from '../api.ts';
import { productCategory } from '../billLine.ts';
import {
  readRecords,
  REJECT_LIMIT,
  toReject,
  rejectWarnings,
  type ObservationContext,
} from '../records.ts';
import {
  findInstanceGpus,
  LIST_PRICE_DATE,
  type PlanMix,
  type PlanShare,
  type RateCard,
  toPricingClass,
  type UnitPrice,
  usageHourKey,
  withPlan,
} from './rates.ts';
import {
  coreweaveCluster,
  presentValue,
  type CoreweaveUsageRow,
  coreweaveUsageRow,
} from './wire.ts';

export function readCoreweaveClusters(
  records: Iterable<unknown>,
  seen: ObservationContext,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(
    records,
    coreweaveCluster,
    (item): Resource => ({
      ...seen,
      resourceId: item.id,
      kind: 'cluster',
      name: presentValue(item.name) ?? item.id,
      ...(presentValue(item.status) === undefined
        ? {}
        : { status: presentValue(item.status) ?? '' }),
    }),
  );
  return { resources: facts, ...trouble };
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
  const page = new Page(context);
  let position = 0;
  for (const record of records) {
    page.take(position, record);
    position += 1;
  }
  return page.result();
}

class Page {
  readonly #context: CoreweaveUsageContext;
  readonly #charges: Located<Charge>[] = [];
  readonly #rejects: Reject[] = [];
  #rejected = 0;
  #hasCosts = false;
  readonly #listed = new Map<string, Listed>();
  readonly #unpriced = new Map<string, Unpriced>();

  constructor(context: CoreweaveUsageContext) {
    this.#context = context;
  }

  take(position: number, record: unknown): void {
    const { window, mix, seen } = this.#context;
    const read = coreweaveUsageRow.safeParse(record);
    if (!read.success) return this.#reject(position, record, firstFaultText(read.error));
    const row = read.data;
    const { startMs, endMs } = row.period;
    // CoreWeave does not document whether the window's end is inclusive.
    if (startMs === window.endMs) return;
    if (startMs < window.startMs || endMs > window.endMs || endMs <= startMs) {
      const windowText = `${instantText(window.startMs)} to ${instantText(window.endMs)}`;
      return this.#reject(position, record, `expected an hour from ${windowText}`);
    }
    const name = [usageHourKey(row), row.zone, row.clusterId].join(' ');
    if (seen.has(name)) return this.#reject(position, record, 'duplicate row');
    seen.add(name);
    mix.addLocated(row);
    if (row.hasCost) this.#hasCosts = true;
    this.#charge(position, record, row);
  }

  #charge(position: number, record: unknown, row: CoreweaveUsageRow): void {
    const { sourceId, mix, card } = this.#context;
    const { sku, unit, period, quantity: amount } = row;
    const shares = mix.sharesOf(row);
    if (shares === undefined) {
      const reason = 'no matching row in the usage by capacity plan, so the rate is unknown';
      return this.#reject(position, record, reason);
    }
    if (isZero(amount)) return;
    const parts: Part[] = [];
    for (const { plan, share } of shares) {
      const price = card({ sku, unit, ...withPlan(plan), startMs: period.startMs });
      if ('missing' in price) return this.#noteUnpriced({ position, record, row, ...price });
      parts.push({ ...withPlan(plan), share, price });
    }
    const fact = chargeOf(sourceId, row, parts);
    if (fact.billed >= MOST_NANO_USD) {
      return this.#reject(position, record, 'expected an amount below a billion dollars');
    }
    if (fact.basis === 'list') this.#noteListed(row, fact);
    this.#charges.push({ position, fact });
  }

  #noteListed({ sku, unit }: CoreweaveUsageRow, { pricingClass }: Charge): void {
    const wasReserved = this.#listed.get(sku)?.isReserved === true;
    this.#listed.set(sku, { unit, isReserved: wasReserved || pricingClass === 'reserved' });
  }

  #noteUnpriced({ row, ...first }: Omit<Unpriced, 'amount'>): void {
    const name = `${row.sku} ${row.unit}`;
    const before = this.#unpriced.get(name) ?? { row, ...first, amount: ZERO };
    this.#unpriced.set(name, { ...before, amount: add(before.amount, row.quantity) });
  }

  #reject(position: number, record: unknown, reason: string): void {
    this.#rejected += 1;
    if (this.#rejects.length < REJECT_LIMIT) this.#rejects.push(toReject(position, record, reason));
  }

  result(): AnswerFacts {
    const { window, mix, isLastPage } = this.#context;
    const asOfMs = this.#asOfMs();
    const beforeMs = asOfMs ?? window.endMs;
    const isReadable = this.#rejected === 0;
    const differing = isLastPage ? [...mix.differences(beforeMs), ...mix.missing(beforeMs)] : [];
    // It is unknown which of the two views is right, so the hour is reported as a reject.
    for (const name of differing) this.#reject(0, name, DIFFERS);
    // Charges of a SKU that lost its rate are withdrawn: the rate was the user's, not CoreWeave's.
    for (const { row, amount, missing, position, record } of this.#unpriced.values()) {
      const amountText = `${toDecimal(amount, 2)} ${row.unit} of ${shortText(row.sku, 80)}`;
      this.#reject(position, record, `${amountText} not charged: ${missing}`);
    }
    const hourMs = Math.floor((asOfMs ?? window.endMs) / HOUR_MS) * HOUR_MS;
    const endMs = Math.min(window.endMs, hourMs);
    const isWhole = isReadable && differing.length === 0 && endMs > window.startMs;
    const { startMs } = window;
    return {
      charges: this.#charges,
      rejects: this.#rejects,
      warnings: [
        ...rejectWarnings(this.#rejected),
        ...[...this.#listed].map(([sku, listed]) => listedText(sku, listed)),
        ...(this.#hasCosts ? [{ code: 'focus-costs-not-read' } as const] : []),
        ...(asOfMs === undefined && presentValue(this.#context.asOf) !== undefined
          ? [{ code: 'completeness-not-read' } as const]
          : []),
      ],
      ...(isWhole ? { completeFor: { keyPrefix: PREFIX, window: { startMs, endMs } } } : {}),
    };
  }

  #asOfMs(): number | undefined {
    const read = instantMsSchema.safeParse(this.#context.asOf);
    return read.success ? read.data : undefined;
  }
}

/** A billion dollars. A larger amount is an error of units. */
const MOST_NANO_USD = 1_000_000_000_000_000_000n;

interface Listed {
  readonly unit: string;
  readonly isReserved: boolean;
}

interface Unpriced {
  readonly row: CoreweaveUsageRow;
  readonly missing: string;
  readonly amount: Exact;
  readonly position: number;
  readonly record: unknown;
}

interface Part extends PlanShare {
  readonly price: UnitPrice;
}

/**
 * One charge per row, whatever its plans. Of 20 instance-hours, 16 reserved at $30 and 4 on demand
 * at $49.24 cost $676.96. The pricing class is that of the largest share, here reserved. Each SKU
 * of a cluster is a resource of its own, with the cluster in its tags.
 */
function chargeOf(sourceId: string, row: CoreweaveUsageRow, parts: readonly Part[]): Charge {
  const { period, sku, unit, zone, clusterId, clusterName, product, quantity: amount } = row;
  const place = [clusterId ?? '', zone ?? '', sku, unit].map(encodeURIComponent);
  const category = productCategory(product === '' ? unit : product);
  const gpus = category === 'compute' && !/cpu/i.test(product) ? findInstanceGpus(sku) : undefined;
  const [largest] = parts.toSorted((a, b) => compare(b.share, a.share));
  const cost = (usd: Exact) => nanoFromUsd(multiply(amount, usd));
  const list = listOfParts(parts);
  return {
    sourceId,
    key: `${PREFIX}${instantText(period.startMs)}/${place.join('/')}`,
    resourceId: clusterId === undefined ? sku : `${clusterId}/${sku}`,
    ...(clusterName === undefined ? {} : { resourceName: `${clusterName}/${sku}` }),
    category,
    pricingClass: toPricingClass(largest?.plan),
    ...(largest?.plan === undefined ? { isClassPresumed: true as const } : {}),
    period,
    billed: cost(blended(parts.map(({ share, price }) => ({ share, usd: price.usd })))),
    ...(list === undefined ? {} : { list: cost(list) }),
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

function listOfParts(parts: readonly Part[]): Exact | undefined {
  const lists = parts.flatMap(({ share, price }) =>
    price.list === undefined ? [] : [{ share, usd: price.list }],
  );
  return lists.length === parts.length ? blended(lists) : undefined;
}

function blended(parts: readonly { readonly share: Exact; readonly usd: Exact }[]): Exact {
  return parts.reduce((sum, { share, usd }) => add(sum, multiply(share, usd)), ZERO);
}

function listedText(sku: string, { unit, isReserved }: Listed): PullWarning {
  return {
    code: 'list-price-charged',
    sku: shortText(sku, 80),
    unit: shortText(unit, 40),
    listedOn: LIST_PRICE_DATE,
    isReserved,
  };
}

const DIFFERS =
  'the usage by location and by capacity plan differ for this hour and SKU; the usage by ' +
  'location is charged. Pull again later, and ask CoreWeave Support if they still differ';
