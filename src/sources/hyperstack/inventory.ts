/** Converts Hyperstack's VMs, volumes, clusters and prices to facts. */

import type { Resource } from '../../domain/charge.ts';
import { compare, decimal, isZero } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { AnswerFacts } from '../api.ts';
import { readRecords, type ObservationContext } from '../records.ts';
import {
  type HyperstackCluster,
  hyperstackCluster,
  type Flavor,
  flavorGpu,
  type PricebookEntry,
  pricebookEntry,
  type HyperstackVm,
  hyperstackVm,
  type Volume,
  hyperstackVolume,
} from './wire.ts';

/** What a charge takes from the inventory. */
export interface HyperstackDetails {
  readonly gpuType?: string;
  readonly gpuCount?: number;
  readonly isSpot?: true;
}

/** What earlier responses of a pull provide to later ones. */
export interface HyperstackPullState {
  /** By resource id. */
  readonly detailsById: Map<string, HyperstackDetails>;
  /** GPU models in the list of flavors. */
  readonly gpus: Set<string>;
  /** Whether the list of VMs was read completely. A cluster's GPUs are those of its VMs. */
  areVmsKnown: boolean;
}

function gpusOf(flavor: Flavor | null | undefined): HyperstackDetails {
  const { gpu: gpuType, gpu_count: gpuCount } = flavor ?? {};
  return gpuType && gpuCount ? { gpuType, gpuCount } : {};
}

/** VMs and volumes have separate number sequences. */
const ID_PREFIXES = { instance: 'vm', volume: 'volume', cluster: 'cluster' } as const;

interface Listed {
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly status?: string | null | undefined;
}

function resourceOf(
  one: Listed,
  seen: ObservationContext,
  kind: keyof typeof ID_PREFIXES,
): Resource {
  const prefix = ID_PREFIXES[kind];
  const resourceId = `${prefix}-${one.id}`;
  return {
    sourceId: seen.sourceId,
    resourceId,
    kind,
    name: one.name ? one.name : resourceId,
    ...(one.status ? { status: one.status } : {}),
    seenAtMs: seen.seenAtMs,
  };
}

export function readHyperstackVms(
  records: Iterable<unknown>,
  seen: ObservationContext,
  { detailsById }: HyperstackPullState,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(
    records,
    hyperstackVm,
    (one: HyperstackVm): Resource => {
      const resource = resourceOf(one, seen, 'instance');
      const counted = gpusOf(one.flavor);
      const isSpot = /-spot$/i.test(one.flavor?.name ?? '');
      detailsById.set(resource.resourceId, { ...counted, ...(isSpot ? { isSpot } : {}) });
      return { ...resource, ...counted };
    },
  );
  return { resources: facts, ...trouble };
}

export function readHyperstackVolumes(
  records: Iterable<unknown>,
  seen: ObservationContext,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, hyperstackVolume, (one: Volume) =>
    resourceOf(one, seen, 'volume'),
  );
  return { resources: facts, ...trouble };
}

/** Reads clusters. A cluster gets GPUs of its own only if the VM list has none of its nodes. */
export function readHyperstackClusters(
  records: Iterable<unknown>,
  seen: ObservationContext,
  learned: HyperstackPullState,
): AnswerFacts {
  const { detailsById, areVmsKnown } = learned;
  const { facts, ...trouble } = readRecords(
    records,
    hyperstackCluster,
    (one: HyperstackCluster): Resource => {
      const resource = resourceOf(one, seen, 'cluster');
      const ids = (one.nodes ?? []).flatMap(({ instance }) => instance?.id ?? []);
      const isShared = !areVmsKnown || ids.some((id) => detailsById.has(`vm-${id}`));
      const counted = isShared ? {} : groupsOf(one);
      detailsById.set(resource.resourceId, counted);
      return { ...resource, ...counted };
    },
  );
  return { resources: facts, ...trouble };
}

/** Total GPUs of all node groups if they are of one model. */
function groupsOf({ node_groups: groups }: HyperstackCluster): HyperstackDetails {
  const groupGpus = (groups ?? []).flatMap(({ count, flavor }) => {
    const { gpuType, gpuCount } = gpusOf(flavor);
    return gpuType && gpuCount && count ? [{ gpuType, gpuCount: gpuCount * count }] : [];
  });
  const [first] = groupGpus;
  if (first === undefined || groupGpus.some(({ gpuType }) => gpuType !== first.gpuType)) return {};
  const gpuCount = groupGpus.reduce((all, one) => all + one.gpuCount, 0);
  return { gpuType: first.gpuType, gpuCount };
}

export function readHyperstackGpus(
  records: Iterable<unknown>,
  learned: HyperstackPullState,
): AnswerFacts {
  const { facts: _facts, ...trouble } = readRecords(records, flavorGpu, ({ gpu }) => {
    if (gpu) learned.gpus.add(gpu);
  });
  return trouble;
}

/**
 * Reads hourly prices per GPU from entries named like a GPU, spot if the name says so. If a GPU has
 * two prices, neither is used.
 */
export function readPricebook(
  records: Iterable<unknown>,
  seen: ObservationContext,
  learned: HyperstackPullState,
): AnswerFacts {
  const { facts, rejects, warnings } = readRecords(records, pricebookEntry, (one) => one);
  const rates = new Map<string, Located<GpuRate>>();
  const unclear = new Set<string>();
  for (const { position, fact } of facts) {
    const rate = rateOf(fact, seen, learned);
    if (rate === undefined) continue;
    const before = rates.get(fact.name)?.fact;
    if (before && before.usdPerGpuHour !== rate.usdPerGpuHour) unclear.add(fact.name);
    if (!before) rates.set(fact.name, { position, fact: rate });
  }
  for (const name of unclear) rates.delete(name);
  const notes = [...unclear].map((gpu) => ({ code: 'two-gpu-prices', gpu }) as const);
  return { rates: [...rates.values()], rejects, warnings: [...warnings, ...notes] };
}

function rateOf(
  entry: PricebookEntry,
  seen: ObservationContext,
  learned: HyperstackPullState,
): GpuRate | undefined {
  const { name, value, start_time: startMs, end_time: endMs } = entry;
  const gpuType = name.replace(/-spot$/i, '');
  const isNow = (startMs ?? 0) <= seen.seenAtMs && (endMs ?? Infinity) > seen.seenAtMs;
  if (!isNow || !value || !learned.gpus.has(gpuType)) return undefined;
  const price = decimal(value);
  if (isZero(price) || compare(price, decimal('0')) < 0) return undefined;
  return {
    sourceId: seen.sourceId,
    provider: 'hyperstack',
    gpuType,
    pricingClass: gpuType === name ? 'on-demand' : 'spot',
    validFromMs: seen.seenAtMs,
    usdPerGpuHour: nanoFromUsd(price),
  };
}
