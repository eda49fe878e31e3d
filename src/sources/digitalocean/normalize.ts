/** Converts DigitalOcean's estimates, Droplets and sizes to facts. */

import type { Charge, Resource } from '../../domain/charge.ts';
import { decimal, divide, exactInteger, isZero } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, dayText, type Period } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { firstFaultText } from '../../platform/wire.ts';
import type { AnswerFacts } from '../api.ts';
import { productCategory } from '../billLine.ts';
import { monthText } from '../../domain/months.ts';
import { readRecords, readRows, type ObservationContext } from '../records.ts';
import {
  droplet,
  type Droplet,
  estimate,
  type Estimate,
  dropletSize,
  type DropletSize,
} from './wire.ts';

interface Gpus {
  readonly gpuType?: string;
  readonly gpuCount?: number;
}

/** What earlier responses of a pull provide to later ones: GPUs by size and by Droplet. */
export interface DigitaloceanPullState {
  readonly sizes: Map<string, Gpus>;
  readonly droplets: Map<string, Gpus>;
}

function gpusOf(info: DropletSize['gpu_info']): Gpus {
  return info?.model && info.count ? { gpuType: info.model, gpuCount: info.count } : {};
}

/** Reads list prices per GPU, for each model from its smallest size. */
export function readSizes(
  records: Iterable<unknown>,
  seen: ObservationContext,
  { sizes }: DigitaloceanPullState,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, dropletSize, (one) => one);
  for (const { fact } of facts) sizes.set(fact.slug, gpusOf(fact.gpu_info));
  const rates = new Map<string, Located<GpuRate>>();
  const count = ({ fact }: Located<DropletSize>) => gpusOf(fact.gpu_info).gpuCount ?? 0;
  for (const { position, fact } of facts.toSorted((a, b) => count(a) - count(b))) {
    const { gpuType, gpuCount } = gpusOf(fact.gpu_info);
    const price = decimal(fact.price_hourly ?? '0');
    const isOffered = fact.available !== false && !isZero(price) && price.num > 0n;
    if (gpuType === undefined || gpuCount === undefined || !isOffered) continue;
    if (rates.has(gpuType)) continue;
    const rate: GpuRate = {
      sourceId: seen.sourceId,
      provider: 'digitalocean',
      gpuType,
      pricingClass: 'on-demand',
      validFromMs: seen.seenAtMs,
      usdPerGpuHour: nanoFromUsd(divide(price, exactInteger(gpuCount))),
    };
    rates.set(gpuType, { position, fact: rate });
  }
  return { rates: [...rates.values()].toSorted((a, b) => a.position - b.position), ...trouble };
}

/** Reads Droplets. A Droplet is billed at its size's rate while it exists, even when it is off. */
export function readDroplets(
  records: Iterable<unknown>,
  seen: ObservationContext,
  { droplets }: DigitaloceanPullState,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, droplet, (one: Droplet): Resource => {
    const gpus = gpusOf(one.gpu_info ?? one.size?.gpu_info);
    const rate = one.size?.price_hourly;
    droplets.set(one.id, gpus);
    return {
      sourceId: seen.sourceId,
      resourceId: one.id,
      kind: 'instance',
      name: one.name ? one.name : one.id,
      ...gpus,
      ...(rate ? { usdPerHour: nanoFromUsd(decimal(rate)) } : {}),
      ...(one.status ? { status: one.status } : {}),
      seenAtMs: seen.seenAtMs,
    };
  });
  return { resources: facts, ...trouble };
}

/** Key prefix of a month's charges, estimated or invoiced. */
export function monthKeyPrefix(month: Period): string {
  return `${monthText(month.startMs)}/`;
}

export interface DigitaloceanMonthContext {
  readonly sourceId: string;
  readonly month: Period;
  readonly state: DigitaloceanPullState;
  /** Times that each key was seen; repeated keys are numbered. */
  readonly seen: Map<string, number>;
}

/** Numbers repeated keys: the first is `a/b`, the second `a/b/2`. */
export function numberRepeatedKey(key: string, seen: Map<string, number>): string {
  const times = (seen.get(key) ?? 0) + 1;
  seen.set(key, times);
  return times === 1 ? key : `${key}/${times}`;
}

export const joinKeyParts = (parts: readonly (string | null | undefined)[]) =>
  parts.map((part) => encodeURIComponent(part ?? '')).join('/');

/** Splits `chat-1 (gpu-h100x1-80gb)` into the Droplet chat-1 and the GPUs of its size. */
export function parseDescription(text: string, { sizes }: DigitaloceanPullState) {
  const [, name = text, slug = ''] = /^(.*\S) \(([\w.-]+)\)$/.exec(text) ?? [];
  const gpus: Gpus = sizes.get(slug) ?? {};
  return { name, gpus };
}

/**
 * Reads a month's daily estimates. Each is the change since the day before, so it may be negative.
 */
export function readEstimates(
  records: Iterable<unknown>,
  context: DigitaloceanMonthContext,
): AnswerFacts {
  const { facts, rejects, warnings } = readRows(records, (raw) => {
    const read = estimate.safeParse(raw);
    if (!read.success) return firstFaultText(read.error);
    // The request includes the day after the month, because DigitalOcean does not document whether
    // the end date is inclusive.
    if (dayStartMs(read.data.start_date) === context.month.endMs) return [];
    return dayFault(read.data, context.month) ?? [estimateOf(read.data, context)];
  });
  return { charges: facts.filter(({ fact }) => fact.billed !== 0n), rejects, warnings };
}

function dayFault({ start_date: dateMs }: Estimate, month: Period): string | undefined {
  if (dateMs !== dayStartMs(dateMs)) return 'start_date: expected a date';
  if (dateMs >= month.startMs && dateMs < month.endMs) return undefined;
  return `start_date: expected a day inside ${monthText(month.startMs)}`;
}

function estimateOf(
  one: Estimate,
  { sourceId, month, state, seen }: DigitaloceanMonthContext,
): Charge {
  const { start_date: startMs, sku, region, group_description: group, description } = one;
  const { name, gpus } = parseDescription(description, state);
  const product = [description, group, sku].join(' ');
  const place = joinKeyParts([sku, region, group, description]);
  return {
    sourceId,
    key: numberRepeatedKey(`${monthKeyPrefix(month)}estimate/${dayText(startMs)}/${place}`, seen),
    resourceId: [name, sku].find(Boolean) ?? 'unnamed',
    ...(name === '' ? {} : { resourceName: name }),
    category: gpus.gpuType === undefined ? productCategory(product) : 'compute',
    pricingClass: 'on-demand',
    isClassPresumed: true,
    period: { startMs, endMs: startMs + DAY_MS },
    billed: nanoFromUsd(decimal(one.total_amount)),
    ...gpus,
    basis: 'uptime',
    tags: toTags({ sku, region, group, state: 'estimate' }),
  };
}

export function toTags(tags: Readonly<Record<string, string | null | undefined>>) {
  const entries = Object.entries(tags).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return Object.fromEntries(entries) as Record<string, string>;
}
