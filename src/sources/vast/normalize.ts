/** Vast.ai's responses, of which only these fields are stored, and its inventory and market. */

import { z } from 'zod';
import type { PricingClass, Resource } from '../../domain/charge.ts';
import { compare, divide, type Exact, exactInteger, parseExact } from '../../domain/exact.ts';
import { invariant } from '../../domain/failure.ts';
import { parseGpu } from '../../domain/gpu.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { decimalText, plainNumber, wholeNumber } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { anyProviderId, providerId, usdAmount } from '../fieldTypes.ts';
import { type ObservationContext, readRecords, toReject } from '../records.ts';

const label = z.string().max(1000);
/** Names are stored as they are, so they have visible characters only. */
const code = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'expected a name of 1 to 200 visible characters',
});
/** US dollars per hour of a whole machine. */
const rate = decimalText.refine((text) => Number(text) >= 0 && Number(text) < 1e6, {
  error: 'expected a rate from 0 to a million dollars per hour',
});

/** Members beside every list: an error may come with status 200. */
const beside = {
  success: z.boolean().nullish(),
  error: z.string().nullish(),
  msg: z.string().nullish(),
};
export const vastFrame = z.object(beside);

/** `next_token` is null on the last page. */
const paging = { next_token: z.string().nullish() };

const chargeItem = z.object({
  type: code,
  amount: usdAmount,
  /**
   * E.g. `96.000 hours at $0.389/hour`. Only the hours are read, and only if they match the amount.
   */
  description: z.string().nullish(),
});
export type ChargeItem = z.output<typeof chargeItem>;

/** One contract in one day. */
export const chargeRow = z.object({
  source: providerId,
  type: label.nullish(),
  /** Rounded to a tenth of a cent. */
  amount: usdAmount,
  metadata: z
    .object({
      label: label.nullish(),
      endpoint_id: anyProviderId.nullish(),
      workergroup_id: anyProviderId.nullish(),
    })
    .nullish(),
  items: z.array(chargeItem).nullish(),
});
export type VastChargeRow = z.output<typeof chargeRow>;

export const chargesAnswer = z.object({
  ...beside,
  ...paging,
  total: wholeNumber.nullish(),
  results: recordList(chargeRow),
});

const count = wholeNumber.refine((value) => value >= 0, { error: 'expected a count' });

const vastInstance = z.object({
  id: anyProviderId,
  label: label.nullish(),
  gpu_name: code.nullish(),
  num_gpus: count.nullish(),
  /** MiB per GPU. */
  gpu_ram: plainNumber.nullish(),
  dph_total: rate.nullish(),
  is_bid: z.boolean().nullish(),
  actual_status: label.nullish(),
  cur_state: label.nullish(),
});
type VastInstance = z.output<typeof vastInstance>;

export const vastInstancesAnswer = z.object({
  ...beside,
  ...paging,
  total_instances: wholeNumber.nullish(),
  instances: recordList(vastInstance),
});

const vastEndpoint = z.object({
  id: anyProviderId,
  endpoint_name: label.nullish(),
  endpoint_state: label.nullish(),
});

export const vastEndpointsAnswer = z.object({ ...beside, results: recordList(vastEndpoint) });

/** An offer of some GPUs of one machine; a machine may be in several offers. */
const offer = z.object({
  machine_id: anyProviderId.nullish(),
  gpu_name: code.nullish(),
  num_gpus: count.nullish(),
  gpu_ram: plainNumber.nullish(),
  dph_total: rate.nullish(),
  rentable: z.boolean().nullish(),
  verification: label.nullish(),
});
type VastOffer = z.output<typeof offer>;

/** A list by its schema, but a single offer in its example. */
export const offersAnswer = z.object({ ...beside, offers: z.union([recordList(offer), offer]) });

/** What the inventory of the same pull provides for a billed contract or endpoint. */
export interface VastDetails {
  readonly name?: string;
  readonly gpuType?: string;
  readonly gpuCount?: number;
  /** Absent if the inventory does not report it. */
  readonly isBid?: boolean;
}

/** By resource id: `instance-123`, `endpoint-7`. */
export type VastDetailsById = Map<string, VastDetails>;

export function readVastInstances(
  records: Iterable<unknown>,
  seen: ObservationContext,
  holdings: VastDetailsById,
) {
  const { facts, ...trouble } = readRecords(records, vastInstance, (item): Resource => {
    const resourceId = `instance-${item.id}`;
    const holding = instanceHolding(item);
    holdings.set(resourceId, holding);
    const { name = resourceId, gpuType, gpuCount } = holding;
    const usdPerHour = parseExact(item.dph_total ?? '');
    const status = item.actual_status ?? item.cur_state;
    return {
      sourceId: seen.sourceId,
      resourceId,
      kind: 'instance',
      name,
      ...(gpuType === undefined ? {} : { gpuType }),
      ...(gpuCount === undefined ? {} : { gpuCount }),
      ...(usdPerHour === undefined ? {} : { usdPerHour: nanoFromUsd(usdPerHour) }),
      ...(status === null || status === undefined ? {} : { status }),
      seenAtMs: seen.seenAtMs,
    };
  });
  return { resources: facts, ...trouble };
}

function instanceHolding({ label, num_gpus, is_bid, ...item }: VastInstance): VastDetails {
  const gpuType = toVastGpuType(item);
  return {
    ...(isNamed(label) ? { name: label } : {}),
    ...(gpuType === undefined ? {} : { gpuType }),
    ...(num_gpus === null || num_gpus === undefined || num_gpus === 0
      ? {}
      : { gpuCount: num_gpus }),
    ...(is_bid === null || is_bid === undefined ? {} : { isBid: is_bid }),
  };
}

export const isNamed = (text: string | null | undefined): text is string =>
  text !== null && text !== undefined && text !== '';

/**
 * GPU type as Vast.ai spells it, plus the memory if the name is ambiguous. `A100 SXM4` with 81,920
 * MiB is `A100 SXM4 80GB`.
 */
export function toVastGpuType({
  gpu_name: name,
  gpu_ram: mebibytes,
}: Pick<VastInstance, 'gpu_name' | 'gpu_ram'>): string | undefined {
  if (name === null || name === undefined) return undefined;
  const known = parseGpu(name);
  if (known === undefined || known.memoryGb !== undefined) return name;
  if (mebibytes === null || mebibytes === undefined) return name;
  const withMemory = `${name} ${Math.round(mebibytes / 1024)}GB`;
  return parseGpu(withMemory) === undefined ? name : withMemory;
}

export function readVastEndpoints(
  records: Iterable<unknown>,
  seen: ObservationContext,
  holdings: VastDetailsById,
) {
  const { facts, ...trouble } = readRecords(records, vastEndpoint, (item): Resource => {
    const resourceId = `endpoint-${item.id}`;
    const { endpoint_name: name, endpoint_state: status } = item;
    holdings.set(resourceId, isNamed(name) ? { name } : {});
    return {
      sourceId: seen.sourceId,
      resourceId,
      kind: 'serverless',
      name: isNamed(name) ? name : resourceId,
      ...(isNamed(status) ? { status } : {}),
      seenAtMs: seen.seenAtMs,
    };
  });
  return { resources: facts, ...trouble };
}

/** Progress of reading a list over its pages. */
export interface ListProgress {
  /** Ids read so far. */
  readonly ids: Set<string>;
  records: number;
  /** Whether a page was read. */
  hasPage: boolean;
}

/** A reject if a list ends with fewer items than its stated total. */
export function missingItems(
  { records }: ListProgress,
  total: number | null | undefined,
  isLast: boolean,
): Reject[] {
  if (!isLast || total === null || total === undefined || records >= total) return [];
  const reason = `Vast.ai reports a total of ${total}, but listed ${records}; pull again`;
  return [toReject(0, { total }, reason)];
}

interface GpuPrice {
  readonly position: number;
  readonly gpus: number;
  readonly usdPerGpuHour: Exact;
}

/**
 * Computes the market rate of each GPU. It is the median over verified machines of the price per
 * GPU in their largest offer, the lower of two middle values. Machines at $1.10, $1.20 and $4.00
 * make $1.20. The cheapest machine is gone once rented, so the median is what a few machines cost.
 * Each machine counts once, because it is offered as a whole and in parts.
 */
export function readOffers(
  records: Iterable<unknown>,
  pricingClass: PricingClass,
  seen: ObservationContext,
): { rates: Located<GpuRate>[]; rejects: Reject[]; warnings: PullWarning[] } {
  const { facts, ...trouble } = readRecords(records, offer, (item) => item);
  const byType = new Map<string, Map<string, GpuPrice>>();
  for (const { position, fact } of facts) {
    const gpuType = toVastGpuType(fact);
    const gpuPrice = gpuPriceOf(fact, position);
    if (gpuType === undefined || gpuPrice === undefined) continue;
    const machines = byType.get(gpuType) ?? new Map<string, GpuPrice>();
    byType.set(gpuType, machines);
    const machine = fact.machine_id ?? `offer ${position}`;
    const other = machines.get(machine);
    if (other === undefined || isBetter(gpuPrice, other)) machines.set(machine, gpuPrice);
  }
  const rates = [...byType].map(([gpuType, machines]): Located<GpuRate> => {
    const { position, usdPerGpuHour } = medianOf([...machines.values()]);
    const price = { provider: 'vast', gpuType, pricingClass, validFromMs: seen.seenAtMs };
    const nano = nanoFromUsd(usdPerGpuHour);
    return { position, fact: { sourceId: seen.sourceId, ...price, usdPerGpuHour: nano } };
  });
  return { rates: rates.sort((a, b) => (a.fact.gpuType < b.fact.gpuType ? -1 : 1)), ...trouble };
}

/** Price per GPU of an offer; `undefined` if it is not rentable or not verified. */
function gpuPriceOf(item: VastOffer, position: number): GpuPrice | undefined {
  const { dph_total: text, num_gpus: gpus, rentable, verification } = item;
  const price = parseExact(text ?? '');
  if (price === undefined || price.num <= 0n || gpus === null || gpus === undefined) return;
  if (gpus === 0 || rentable === false || (verification ?? 'verified') !== 'verified') return;
  return { position, gpus, usdPerGpuHour: divide(price, exactInteger(gpus)) };
}

function isBetter(a: GpuPrice, b: GpuPrice): boolean {
  return a.gpus === b.gpus ? compare(a.usdPerGpuHour, b.usdPerGpuHour) < 0 : a.gpus > b.gpus;
}

function medianOf(gpuPrices: readonly GpuPrice[]): GpuPrice {
  const sorted = gpuPrices.toSorted((a, b) => compare(a.usdPerGpuHour, b.usdPerGpuHour));
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  invariant(median !== undefined, 'a GPU type without an offer');
  return median;
}
