/** Pulls a Hyperstack organization's prices and inventory, then its bill. */

import { z } from 'zod';
import type { Resource } from '../../domain/charge.ts';
import { decimal } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { instantMsSchema, wholeNumber } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import {
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  type FailedQuestion,
  nextPage,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { anyProviderId, freeText, gpuCount, providerName, usdAmount } from '../fieldTypes.ts';
import { type ObservationContext, readRecords, requireTotal, wrongTotal } from '../records.ts';
import { requestsFact } from '../source.ts';
import { hyperstackBillQuestions, PAGE_SIZE } from './bill.ts';
import type { HyperstackDetails } from './history.ts';
import type { HyperstackOptions } from './options.ts';

const api: Api<HyperstackOptions> = {
  kind: 'hyperstack',
  auth: {
    secrets: ({ apiKey }) => [apiKey.reveal()],
    headers: ([key = '']) => ({ api_key: key }),
  },
  // Hyperstack allows 500 requests a minute per address.
  minIntervalMs: 125,
  questions,
};

export const pull = createPull(api);

function* questions(pull: ApiPull<HyperstackOptions>): Generator<ApiQuestion | FailedQuestion> {
  const { id, nowMs, request } = pull;
  const seen: ObservationContext = { sourceId: id, seenAtMs: nowMs };
  const detailsById = new Map<string, HyperstackDetails>();
  if (requestsFact(request, 'rates')) yield* priceQuestions(seen);
  if (requestsFact(request, 'inventory', 'charges')) yield* machineQuestions(seen, detailsById);
  if (requestsFact(request, 'inventory')) {
    const listing = { kind: 'volume', name: 'volumes', path: 'volumes', record: listed } as const;
    yield inventory({ ...listing, answer: volumesAnswer, gpusOf: () => ({}) }, seen);
  }
  if (requestsFact(request, 'charges')) yield* hyperstackBillQuestions(pull, detailsById);
}

const flavor = z
  .object({ name: freeText.nullish(), gpu: freeText.nullish(), gpu_count: gpuCount.nullish() })
  .refine(({ gpu, gpu_count: count }) => !gpu || typeof count === 'number', {
    path: ['gpu_count'],
    error: 'expected a number of GPUs',
  });

const listed = z.object({
  id: anyProviderId,
  name: freeText.nullish(),
  status: freeText.nullish(),
});
type Listed = z.output<typeof listed>;

const vm = listed.extend({ flavor: flavor.nullish() });

const instance = z.object({ id: anyProviderId.nullish() }).nullish();
const nodeGroup = z.object({ count: gpuCount.nullish(), flavor: flavor.nullish() });
const cluster = listed.extend({
  nodes: z.array(z.object({ instance })).nullish(),
  node_groups: z.array(nodeGroup).nullish(),
});

const counts = { count: wholeNumber.nullish(), page_size: wholeNumber.nullish() };
const vmsAnswer = z.object({ instances: recordList(vm), ...counts });
const volumesAnswer = z.object({ volumes: recordList(listed), ...counts });
const clustersAnswer = z.object({ clusters: recordList(cluster), ...counts });

/** VMs, then clusters. A cluster gets GPUs of its own only if the VM list has none of its nodes. */
function* machineQuestions(
  seen: ObservationContext,
  detailsById: Map<string, HyperstackDetails>,
): Generator<ApiQuestion> {
  let areVmsKnown = false;
  const vms: Listing<z.output<typeof vm>> = {
    kind: 'instance',
    name: 'instances',
    path: 'virtual-machines',
    record: vm,
    answer: vmsAnswer,
    gpusOf: (one, resourceId) => {
      const gpus = toGpus(one.flavor);
      const isSpot = /-spot$/i.test(one.flavor?.name ?? '');
      detailsById.set(resourceId, { ...gpus, ...(isSpot ? { isSpot } : {}) });
      return gpus;
    },
    onWhole: () => {
      areVmsKnown = true;
    },
  };
  yield inventory(vms, seen);
  const clusters: Listing<z.output<typeof cluster>> = {
    kind: 'cluster',
    name: 'clusters',
    path: 'clusters',
    record: cluster,
    answer: clustersAnswer,
    gpusOf: ({ nodes, node_groups: groups }, resourceId) => {
      const ids = (nodes ?? []).flatMap((node) => node.instance?.id ?? []);
      const isShared = !areVmsKnown || ids.some((id) => detailsById.has(`vm-${id}`));
      const gpus = isShared ? {} : sumGpus(groups ?? []);
      detailsById.set(resourceId, gpus);
      return gpus;
    },
  };
  yield inventory(clusters, seen);
}

type Gpus = Pick<HyperstackDetails, 'gpuType' | 'gpuCount'>;

function toGpus(of: z.output<typeof flavor> | null | undefined): Gpus {
  const { gpu, gpu_count: count } = of ?? {};
  return gpu && count ? { gpuType: gpu, gpuCount: count } : {};
}

/** Total GPUs of all node groups if they are of one model. */
function sumGpus(groups: readonly z.output<typeof nodeGroup>[]): Gpus {
  const all = groups.flatMap(({ count, flavor: of }) => {
    const { gpuType, gpuCount: each } = toGpus(of);
    return gpuType && each && count ? [{ gpuType, gpus: each * count }] : [];
  });
  const [first] = all;
  if (first === undefined || all.some(({ gpuType }) => gpuType !== first.gpuType)) return {};
  return { gpuType: first.gpuType, gpuCount: all.reduce((sum, { gpus }) => sum + gpus, 0) };
}

interface Listing<T extends Listed> {
  readonly kind: keyof typeof ID_PREFIXES;
  readonly name: string;
  readonly path: string;
  readonly record: z.ZodType<T>;
  readonly answer: z.ZodType<z.output<z.ZodObject<typeof counts>>>;
  readonly gpusOf: (one: T, resourceId: string) => Gpus;
  /** Called if every record of the list was read. */
  readonly onWhole?: () => void;
}

/** VMs and volumes have separate number sequences. */
const ID_PREFIXES = { instance: 'vm', volume: 'volume', cluster: 'cluster' } as const;

function inventory<T extends Listed>(
  { kind, name, path, record, answer, gpusOf, onWhole }: Listing<T>,
  { sourceId, seenAtMs }: ObservationContext,
): ApiQuestion {
  const resource = (one: T): Resource => {
    const resourceId = `${ID_PREFIXES[kind]}-${one.id}`;
    const named = { sourceId, resourceId, kind, name: one.name || resourceId };
    const status = one.status ? { status: one.status } : {};
    return { ...named, ...status, seenAtMs, ...gpusOf(one, resourceId) };
  };
  let [count, pages, isLast, hasRejects] = [0, 0, false, false];
  let listTotal: number | undefined;
  return question({
    kind: `hyperstack.${name}`,
    path: ['core', path],
    expects: name,
    pages: {
      first: { page: '1', page_size: String(PAGE_SIZE) },
      next: (_frame, query) => (isLast ? undefined : nextPage(query)),
    },
    answer,
    read: (frame, { where, ...list }): AnswerFacts => {
      count += list.count;
      pages += 1;
      // Hyperstack does not document whether `count` is of the list or of the page.
      const isAll = pages === 1 ? frame.count !== list.count : list.count === 0;
      if (isAll) listTotal ??= frame.count || undefined;
      const isWrongCount =
        frame.count !== (listTotal ?? list.count) && typeof frame.count === 'number';
      if (isWrongCount) throw wrongTotal({ total: frame.count ?? 0, count }, where);
      const total = listTotal ?? (typeof frame.count === 'number' ? count : undefined);
      const isFull = list.count >= (frame.page_size ?? PAGE_SIZE) || count < (total ?? 0);
      isLast = list.count === 0 || !isFull;
      if (typeof total === 'number') requireTotal({ total, count }, isLast, where);
      const { facts, ...trouble } = readRecords(list.items(), record, resource);
      hasRejects ||= trouble.rejects.length > 0;
      if (isLast && !hasRejects) onWhole?.();
      const isListed = isLast && pages === 1 && typeof total === 'number' && !hasRejects;
      return { resources: facts, ...trouble, ...(isListed ? { listed: [kind] } : {}) };
    },
  });
}

/** GPU models; flavors themselves are read with each VM. */
const flavorGpu = z.object({ gpu: freeText.nullish() });
const flavorsAnswer = z.object({ data: recordList(flavorGpu) });

/** Hourly price of a resource for this customer, before discounts. */
const pricebookEntry = z.object({
  name: providerName,
  value: usdAmount.nullish(),
  start_time: instantMsSchema.nullish(),
  end_time: instantMsSchema.nullish(),
});
type PricebookEntry = z.output<typeof pricebookEntry>;

function* priceQuestions(seen: ObservationContext): Generator<ApiQuestion> {
  const gpus = new Set<string>();
  yield question({
    kind: 'hyperstack.flavors',
    path: ['core', 'flavors'],
    expects: 'data',
    answer: flavorsAnswer,
    read: (_body, answer) => {
      const { facts, ...trouble } = readRecords(answer.items(), flavorGpu, ({ gpu }) => gpu);
      for (const { fact } of facts) if (fact) gpus.add(fact);
      return trouble;
    },
  });
  yield question({
    kind: 'hyperstack.pricebook',
    path: ['pricebook'],
    // The response is a bare list; an error is an object.
    expects: '',
    answer: recordList(pricebookEntry),
    read: (entries, { where }) => {
      const read = readPricebook(entries, seen, gpus);
      // A bare list has no key to recognize it by.
      if (entries.length === 0 || entries.length > (read.rejects?.length ?? 0)) return read;
      const message = `${where} returned a list of something other than prices`;
      throw new Failure('malformed', message, { where });
    },
  });
}

/**
 * Reads hourly prices per GPU from entries named like a GPU, spot if the name says so. If a GPU has
 * two prices, neither is used.
 */
function readPricebook(
  records: Iterable<unknown>,
  seen: ObservationContext,
  gpus: ReadonlySet<string>,
): AnswerFacts {
  const { facts, rejects, warnings } = readRecords(records, pricebookEntry, (one) => one);
  const rates = new Map<string, Located<GpuRate>>();
  const unclear = new Set<string>();
  for (const { position, fact } of facts) {
    const rate = rateOf(fact, seen, gpus);
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
  { name, value, start_time: startMs, end_time: endMs }: PricebookEntry,
  { sourceId, seenAtMs }: ObservationContext,
  gpus: ReadonlySet<string>,
): GpuRate | undefined {
  const gpuType = name.replace(/-spot$/i, '');
  const isNow = (startMs ?? 0) <= seenAtMs && (endMs ?? Infinity) > seenAtMs;
  if (!isNow || !value || !gpus.has(gpuType)) return undefined;
  const price = decimal(value);
  if (price.num <= 0n) return undefined;
  return {
    sourceId,
    provider: 'hyperstack',
    gpuType,
    pricingClass: gpuType === name ? 'on-demand' : 'spot',
    validFromMs: seenAtMs,
    usdPerGpuHour: nanoFromUsd(price),
  };
}
