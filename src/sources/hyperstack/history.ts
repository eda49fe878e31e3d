/** Reads the rows of Hyperstack's billing history of a day, and converts them to charges. */

import { z } from 'zod';
import type { Charge, ChargeCategory } from '../../domain/charge.ts';
import {
  add,
  compare,
  decimal,
  divide,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import { nanoFromUsd, usdText } from '../../domain/money.ts';
import { dayText, type Period } from '../../domain/period.ts';
import { firstFaultText } from '../../platform/responseSchemas.ts';
import type { AnswerFacts } from '../api.ts';
import { anyProviderId, freeText, quantityField, usdAmount } from '../fieldTypes.ts';
import { readRows, toReject } from '../records.ts';

const paid = usdAmount.refine((text) => Number(text) >= 0, {
  error: 'expected an amount of 0 or more',
});

const attributes = z
  .object({
    id: anyProviderId.nullish(),
    infrahub_id: anyProviderId.nullish(),
    resource_name: freeText.nullish(),
    contract_id: anyProviderId.nullish(),
    base_model: freeText.nullish(),
    base_model_display_name: freeText.nullish(),
  })
  .refine((ids) => (ids.infrahub_id ?? ids.id ?? ids.resource_name ?? '') !== '', {
    error: 'expected an id or a name',
  });

const metrics = z.object({
  incurred_bill: paid,
  non_discounted_bill: paid.nullish(),
  price_per_hour: usdAmount.nullish(),
  /** Hours by the documentation, seconds by its example. */
  usage_time: quantityField.nullish(),
});

/** What one resource cost in the requested period. */
export const billedHistoryRow = z.object({ attributes, metrics });
export type BilledHistoryRow = z.output<typeof billedHistoryRow>;

/** A cluster and the cost of each of its VMs; lists may omit the VMs. */
export const billedCluster = billedHistoryRow.extend({
  nodes: z.array(billedHistoryRow).nullish(),
});
export type BilledCluster = z.output<typeof billedCluster>;

/** What a charge takes from the inventory. */
export interface HyperstackDetails {
  readonly gpuType?: string;
  readonly gpuCount?: number;
  readonly isSpot?: true;
}

/** Cloud charges are checked against the organization's total; AI Studio is a separate service. */
export type HyperstackPart = 'cloud' | 'studio';

export interface HyperstackFamily {
  readonly part: HyperstackPart;
  /** Last segment of the URL. */
  readonly path: string;
  /** Suffix of its response key and prefix of its resource ids: `vm-8429`. */
  readonly name: string;
  readonly category: ChargeCategory;
}

/** VMs come before clusters, whose nodes they are. */
export const HYPERSTACK_FAMILIES: readonly HyperstackFamily[] = [
  { part: 'studio', path: 'serverless_inference', category: 'hosted' },
  { part: 'studio', path: 'fine_tuning', category: 'fee' },
  { part: 'studio', path: 'model_evaluation', category: 'fee' },
  { part: 'studio', path: 'data_synthesis', category: 'fee' },
  { part: 'cloud', path: 'virtual-machine', name: 'vm', category: 'compute' },
  { part: 'cloud', path: 'volume', category: 'storage' },
  { part: 'cloud', path: 'snapshot', category: 'storage' },
  { part: 'cloud', path: 'bucket', category: 'storage' },
  { part: 'cloud', path: 'contract', category: 'compute' },
  { part: 'cloud', path: 'cluster', category: 'compute' },
].map((family) => ({ name: family.path, ...family }) as HyperstackFamily);

/** What one day's requests have in common while its families are read. */
export function newBillDay({ sourceId, window, detailsById }: BillDayOf) {
  return {
    sourceId,
    window,
    detailsById,
    keys: new Set<string>(),
    vms: new Array<BilledHistoryRow>(),
    /** Clusters whose list row omits the cost of their VMs. */
    undecided: new Array<BilledCluster>(),
    /** Exact US dollars. */
    sums: { cloud: ZERO, studio: ZERO },
    /** Families read completely and without a reject. */
    readFamilies: new Set<string>(),
    rejected: { cloud: 0, studio: 0 },
  };
}

export type BillDay = ReturnType<typeof newBillDay>;

interface BillDayOf {
  readonly sourceId: string;
  readonly window: Period;
  /** By resource id. */
  readonly detailsById: ReadonlyMap<string, HyperstackDetails>;
}

/** Prefix of the charge keys that are complete together. */
export function familyKeyPrefix({ part, name }: Pick<HyperstackFamily, 'part' | 'name'>): string {
  return part === 'cloud' ? 'cloud/' : `studio/${name}/`;
}

export function readHistory(
  records: Iterable<unknown>,
  family: HyperstackFamily,
  day: BillDay,
): AnswerFacts {
  const { facts, rejected, ...trouble } = readRows(records, (raw) => readRow(raw, family, day));
  day.rejected[family.part] += rejected;
  return { window: day.window, charges: facts, ...trouble };
}

/** The charges of a row, or its fault. Empty if it costs nothing or is decided later. */
function readRow(raw: unknown, family: HyperstackFamily, day: BillDay): readonly Charge[] | string {
  const read = (family.name === 'cluster' ? billedCluster : billedHistoryRow).safeParse(raw);
  if (!read.success) return firstFaultText(read.error);
  const row: BilledCluster = read.data;
  const key = keyOf(row, family, day);
  if (day.keys.has(key)) return 'duplicate resource; only the first one was used';
  day.keys.add(key);
  if (family.name === 'vm') day.vms.push(row);
  const isUndecided = family.name === 'cluster' && day.vms.length > 0 && !row.nodes?.length;
  if (isUndecided && !isZero(decimal(row.metrics.incurred_bill))) {
    day.undecided.push(row);
    return [];
  }
  return rowCharge(row, family, day);
}

/** Reads a cluster requested by itself, whose row the list already had. */
export function readSingleCluster(
  row: BilledCluster,
  family: HyperstackFamily,
  day: BillDay,
): AnswerFacts {
  const result =
    row.nodes?.length || day.vms.length === 0
      ? rowCharge(row, family, day)
      : 'nodes: expected the VMs of the cluster, because the bill of VMs may also include them';
  if (typeof result !== 'string') {
    const charges = result.map((fact) => ({ position: 0, fact }));
    return { window: day.window, charges, rejects: [] };
  }
  day.rejected[family.part] += 1;
  return { window: day.window, rejects: [toReject(0, row, result)] };
}

function rowCharge(
  row: BilledCluster,
  family: HyperstackFamily,
  day: BillDay,
): readonly Charge[] | string {
  const shared = (row.nodes ?? []).filter((node) => isAmong(node, day.vms));
  const total = decimal(row.metrics.incurred_bill);
  const rest = subtract(total, sum(shared.map(({ metrics }) => decimal(metrics.incurred_bill))));
  if (compare(rest, DOUBLES_USD) < 0) {
    const text = usdText(total);
    return `metrics.incurred_bill: $${text} is less than the sum of the VMs of the cluster`;
  }
  const cost = rest.num < 0n ? ZERO : rest;
  day.sums[family.part] = add(day.sums[family.part], cost);
  const charge = chargeOf(row, { family, day, cost, isShared: shared.length > 0 });
  return charge.billed === 0n ? [] : [charge];
}

/** Tolerance for Hyperstack's sums of doubles, in US dollars. */
const DOUBLES_USD = exact(-1n, 1_000_000n);

/** Whether the VM bill includes this node: by id, or by number and name. */
function isAmong(
  { attributes: node }: BilledHistoryRow,
  vms: readonly BilledHistoryRow[],
): boolean {
  return vms.some(({ attributes: vm }) => {
    if (node.id && vm.id) return node.id === vm.id;
    const { infrahub_id: number, resource_name: name } = node;
    return Boolean(number) && number === vm.infrahub_id && name === vm.resource_name;
  });
}

interface Cost {
  readonly family: HyperstackFamily;
  readonly day: BillDay;
  readonly cost: Exact;
  /** Set if VMs of the cluster are billed separately. */
  readonly isShared: boolean;
}

function chargeOf(row: BilledHistoryRow, { family, day, cost, isShared }: Cost): Charge {
  const { attributes, metrics } = row;
  const resourceId = resourceOf(row, family);
  const holding = isShared ? {} : (day.detailsById.get(resourceId) ?? {});
  const { isSpot: _isSpot, ...gpus } = holding;
  const name = [attributes.base_model_display_name, attributes.resource_name].find(Boolean);
  const list = isShared ? undefined : metrics.non_discounted_bill;
  const { contract_id: contract, base_model: model } = attributes;
  return {
    sourceId: day.sourceId,
    key: keyOf(row, family, day),
    resourceId,
    ...(name ? { resourceName: name } : {}),
    category: family.category,
    ...classOf(row, family, holding),
    period: day.window,
    billed: nanoFromUsd(cost),
    ...(list ? { list: nanoFromUsd(decimal(list)) } : {}),
    ...(isShared ? {} : hoursOf(metrics)),
    ...gpus,
    basis: 'billed',
    tags: {
      family: family.path,
      ...(contract ? { contract } : {}),
      ...(model ? { model } : {}),
    },
  };
}

function numberOf({
  attributes: { infrahub_id: number, id, resource_name: name },
}: BilledHistoryRow) {
  return [number, id, name].find(Boolean) ?? '';
}

function resourceOf(row: BilledHistoryRow, { name }: HyperstackFamily): string {
  return `${name}-${numberOf(row)}`;
}

function keyOf(
  row: BilledHistoryRow,
  { part, name }: HyperstackFamily,
  { window }: BillDay,
): string {
  return `${part}/${name}/${encodeURIComponent(numberOf(row))}/${dayText(window.startMs)}`;
}

function classOf(
  { attributes }: BilledHistoryRow,
  { category, name }: HyperstackFamily,
  { isSpot }: HyperstackDetails,
) {
  if (category === 'hosted') return { pricingClass: 'serverless' as const };
  if (name === 'contract' || attributes.contract_id) return { pricingClass: 'reserved' as const };
  if (isSpot === true) return { pricingClass: 'spot' as const };
  return { pricingClass: 'on-demand' as const, isClassPresumed: true as const };
}

const HOUR_SECONDS = exactInteger(3600);

/**
 * Hyperstack documents `usage_time` in hours, but its example is in seconds, so the bill decides.
 * $0.015774 at $0.3483871 an hour are 163 seconds or 0.0453 hours. If neither unit fits, as after a
 * price change, no quantity is returned.
 */
function hoursOf({ incurred_bill: bill, price_per_hour: price, usage_time: time }: Metrics) {
  if (!price || !time) return {};
  const [asHours, cost] = [multiply(decimal(price), decimal(time)), decimal(bill)];
  if (isNear(asHours, cost)) return { quantity: decimal(time), unit: 'Hours' };
  if (!isNear(divide(asHours, HOUR_SECONDS), cost)) return {};
  return { quantity: divide(decimal(time), HOUR_SECONDS), unit: 'Hours' };
}

type Metrics = BilledHistoryRow['metrics'];

/** Whether two amounts differ by at most 1%. */
function isNear(a: Exact, b: Exact): boolean {
  if (isZero(b)) return false;
  const share = divide(subtract(a, b), b);
  return compare(share, exact(-1n, 100n)) >= 0 && compare(share, exact(1n, 100n)) <= 0;
}
