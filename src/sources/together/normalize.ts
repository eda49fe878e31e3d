/** Converts Together's hardware, endpoints and clusters to facts, with their rules of uptime. */

import { z } from 'zod';
import type { Resource } from '../../domain/charge.ts';
import {
  decimal,
  divide,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
} from '../../domain/exact.ts';
import { usdDigits } from '../../domain/figures.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { nanoFromUsd, type NanoUsd, usd } from '../../domain/money.ts';
import { MINUTE_MS, monthsTouching, type Period } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { recordList } from '../../platform/schemaFields.ts';
import type { AnswerFacts } from '../api.ts';
import { freeText, gpuCount, providerId, providerName, usdAmount } from '../fieldTypes.ts';
import { type ObservationContext, readRecords } from '../records.ts';
import { UPTIME_PREFIX, USAGE_PREFIX } from './bill.ts';
import type { TogetherOptions } from './options.ts';

const MINUTES_AN_HOUR = 60n;
const CENTS = 100n;

/**
 * US dollars per hour of the whole configuration with all its GPUs: 5.42 cents a minute are $3.252
 * an hour.
 */
function hourlyUsd({ pricing }: Hardware): Exact | undefined {
  const cents = pricing?.cents_per_minute;
  if (cents === null || cents === undefined) return undefined;
  const rate = multiply(decimal(cents), exact(MINUTES_AN_HOUR, CENTS));
  return isZero(rate) ? undefined : rate;
}

/** GPU type with its link: `a100-80gb-sxm`. */
function gpuTypeOf({ specs }: Hardware): string {
  return [specs.gpu_type, ...(specs.gpu_link ? [specs.gpu_link] : [])].join('-');
}

/** Reads one rate per GPU type, from the configuration with the fewest GPUs. */
export function readHardware(
  records: Iterable<unknown>,
  seen: ObservationContext,
  hardwareById: Map<string, Hardware>,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, hardware, (item) => item);
  for (const { fact } of facts) hardwareById.set(fact.id, fact);
  const rates = new Map<string, Located<GpuRate>>();
  const smallestFirst = facts.toSorted((a, b) => a.fact.specs.gpu_count - b.fact.specs.gpu_count);
  for (const { position, fact } of smallestFirst) {
    const [usdPerHour, count] = [hourlyUsd(fact), fact.specs.gpu_count];
    if (usdPerHour === undefined || count === 0 || rates.has(gpuTypeOf(fact))) continue;
    const rate: GpuRate = {
      sourceId: seen.sourceId,
      provider: 'together',
      gpuType: gpuTypeOf(fact),
      pricingClass: 'on-demand',
      validFromMs: seen.seenAtMs,
      usdPerGpuHour: nanoFromUsd(divide(usdPerHour, exactInteger(count))),
    };
    rates.set(rate.gpuType, { position, fact: rate });
  }
  return { rates: [...rates.values()].toSorted((a, b) => a.position - b.position), ...trouble };
}

export interface EndpointRead {
  readonly resource: Resource;
  /** Hourly cost with the maximum number of replicas. */
  readonly most?: NanoUsd;
  readonly warnings: readonly PullWarning[];
}

/**
 * Converts a dedicated endpoint, with the GPUs and the rate of its minimum replicas. Together does
 * not report how many more autoscaling has started.
 */
export function toEndpointResource(
  item: TogetherEndpoint,
  seen: ObservationContext,
  hardwareById: ReadonlyMap<string, Hardware>,
): EndpointRead {
  const hardwareType = hardwareById.get(item.hardware ?? '');
  const { min_replicas: minReplicas, max_replicas: maxReplicas } = item.autoscaling ?? {};
  const usdPerHour = hardwareType === undefined ? undefined : hourlyUsd(hardwareType);
  const name = [item.display_name, item.name, item.id].find(Boolean) ?? item.id;
  const perHour =
    usdPerHour && minReplicas ? multiply(usdPerHour, exactInteger(minReplicas)) : undefined;
  const resource: Resource = {
    sourceId: seen.sourceId,
    resourceId: item.id,
    kind: 'serverless',
    name,
    ...(hardwareType === undefined ? {} : { gpuType: gpuTypeOf(hardwareType) }),
    ...(hardwareType === undefined || !minReplicas
      ? {}
      : { gpuCount: hardwareType.specs.gpu_count * minReplicas }),
    ...(perHour === undefined ? {} : { usdPerHour: nanoFromUsd(perHour) }),
    ...(item.state ? { status: item.state } : {}),
    seenAtMs: seen.seenAtMs,
  };
  const most =
    usdPerHour && maxReplicas
      ? nanoFromUsd(multiply(usdPerHour, exactInteger(maxReplicas)))
      : undefined;
  const bounded = { resource, ...(most === undefined ? {} : { most }) };
  if (!maxReplicas || maxReplicas === minReplicas) return { ...bounded, warnings: [] };
  const warning: PullWarning = {
    code: 'replicas-not-reported',
    endpoint: name,
    least: minReplicas ?? 0,
    most: maxReplicas,
    ...(most === undefined ? {} : { mostUsdPerHour: usdDigits(usd(most)) }),
  };
  return { ...bounded, warnings: [warning] };
}

/**
 * Reads the current state from the list; everything else comes from each endpoint's own response.
 */
export function readEndpointStates(
  records: Iterable<unknown>,
  { seenAtMs }: ObservationContext,
  endpoints: ReadonlyMap<string, EndpointRead>,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, listedEndpoint, (item) => item);
  const resources = facts.flatMap(({ position, fact: { id, state } }) => {
    const resource = endpoints.get(id)?.resource;
    if (resource === undefined) return [];
    return [{ position, fact: { ...resource, ...(state ? { status: state } : {}), seenAtMs } }];
  });
  const isWhole = trouble.rejects.length === 0 && resources.length === facts.length;
  return { resources, ...(isWhole ? { listed: ['serverless'] } : {}), ...trouble };
}

export function readTogetherClusters(
  records: Iterable<unknown>,
  { sourceId, seenAtMs }: ObservationContext,
  clusterRates: TogetherOptions['clusterRates'],
): AnswerFacts {
  const resource = (item: TogetherCluster): Resource => {
    const name = item.cluster_name ? item.cluster_name : item.cluster_id;
    const { gpu_type: gpuType, num_gpus: gpuCount, status } = item;
    const rate = Object.entries(clusterRates).find(
      ([pattern]) => matchesGlob(pattern, name) || matchesGlob(pattern, gpuType ?? ''),
    )?.[1];
    const perGpu = rate === undefined ? undefined : decimal(String(rate));
    const perHour = perGpu && gpuCount ? multiply(perGpu, exactInteger(gpuCount)) : undefined;
    return {
      sourceId,
      resourceId: item.cluster_id,
      kind: 'cluster',
      name,
      ...(gpuType ? { gpuType } : {}),
      ...(gpuCount ? { gpuCount } : {}),
      ...(perHour === undefined ? {} : { usdPerHour: nanoFromUsd(perHour) }),
      ...(status ? { status } : {}),
      seenAtMs,
    };
  };
  const { facts, ...trouble } = readRecords(records, togetherCluster, resource);
  const isWhole = trouble.rejects.length === 0;
  return { resources: facts, ...(isWhole ? { listed: ['cluster'] } : {}), ...trouble };
}

const hardwarePrice = usdAmount.refine((text) => Number(text) >= 0, {
  error: 'expected a price of 0 or more',
});

export const hardware = z.object({
  id: providerName,
  pricing: z.object({ cents_per_minute: hardwarePrice.nullish() }).nullish(),
  specs: z.object({ gpu_type: providerName, gpu_link: freeText.nullish(), gpu_count: gpuCount }),
});
export type Hardware = z.output<typeof hardware>;
export const hardwareAnswer = z.object({ data: recordList(hardware) });

export const listedEndpoint = z.object({ id: providerId, state: freeText.nullish() });
export const togetherEndpointsAnswer = z.object({ data: recordList(listedEndpoint) });

export const togetherEndpoint = z.object({
  id: providerId,
  name: freeText.nullish(),
  display_name: freeText.nullish(),
  hardware: providerName.nullish(),
  state: freeText.nullish(),
  autoscaling: z
    .object({ min_replicas: gpuCount.nullish(), max_replicas: gpuCount.nullish() })
    .nullish(),
});
export type TogetherEndpoint = z.output<typeof togetherEndpoint>;

export const togetherCluster = z.object({
  cluster_id: providerId,
  cluster_name: freeText.nullish(),
  gpu_type: providerName.nullish(),
  num_gpus: gpuCount.nullish(),
  status: freeText.nullish(),
});
export type TogetherCluster = z.output<typeof togetherCluster>;
export const togetherClustersAnswer = z.object({ clusters: recordList(togetherCluster) });

/** The list is read a second time after each endpoint's details. */
export const ENDPOINT_STATES = 'together.endpoints.states';
export const CLUSTERS = 'together.clusters';

/** Uptime in whole minutes, for periods without a bill. */
function ruleOf(window: Period) {
  return {
    window,
    unlessBilled: { keyPrefix: USAGE_PREFIX, periods: monthsTouching(window) },
    oneLife: false,
    unitMs: MINUTE_MS,
    pricingClass: 'on-demand',
  } as const;
}

export function endpointUptime(unbilled: Period, endpoints: ReadonlyMap<string, EndpointRead>) {
  const most = [...endpoints].flatMap(([id, one]) => (one.most ? [[id, one.most] as const] : []));
  return {
    ...ruleOf(unbilled),
    kind: 'together.uptime.endpoints',
    listing: ENDPOINT_STATES,
    of: 'serverless',
    keyPrefix: `${UPTIME_PREFIX}endpoints/`,
    idle: ['STOPPING', 'STOPPED', 'ERROR'],
    starting: ['PENDING', 'STARTING'],
    except: [],
    most: new Map(most),
  } as const;
}

export function clusterUptime(unbilled: Period, { reserved }: TogetherOptions) {
  return {
    ...ruleOf(unbilled),
    kind: 'together.uptime.clusters',
    listing: CLUSTERS,
    of: 'cluster',
    keyPrefix: `${UPTIME_PREFIX}clusters/`,
    idle: ['Paused', 'OnDemandComputePaused', 'Deleting'],
    starting: [
      'WaitingForControlPlaneNodes',
      'WaitingForDataPlaneNodes',
      'WaitingForSubnet',
      'WaitingForSharedVolume',
      'InstallingDrivers',
      'RunningAcceptanceTests',
    ],
    except: reserved,
    fix:
      'set their price per GPU hour under clusterRates of the source, list reserved ones ' +
      'under reserved, or import their charges from the invoice',
  } as const;
}
