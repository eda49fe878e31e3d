/** Converts a model's list of endpoints to a dated snapshot of its prices, by stable host names. */

import { decimal, multiply, parseExact, toInteger } from '../../domain/exact.ts';
import {
  type HostAvailability,
  type HostedPrice,
  type PriceSnapshot,
  SERVICE_TIERS,
  type ServiceTier,
} from '../../domain/price.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { Reject } from '../../domain/provenance.ts';
import { shortText } from '../../platform/json.ts';
import { recordExcerpt, firstFaultText, parseResponse } from '../../platform/responseSchemas.ts';
import {
  endpointOwner,
  type EndpointPrices,
  type EndpointPricing,
  type OpenrouterEndpoint,
  openrouterEndpoint,
  openrouterEndpointsAnswer,
  readEndpointPrices,
} from './prices.ts';

export interface SnapshotContext {
  readonly sourceId: string;
  readonly model: string;
  /** Set if the response is for the batch variant of the model. */
  readonly isBatch?: boolean;
  readonly takenAtMs: number;
  readonly where: string;
}

/**
 * Reads one response. An endpoint without a usable price is rejected.
 * @throws {Failure} `malformed` if it is not a list of endpoints.
 */
export function readSnapshot(value: unknown, context: SnapshotContext) {
  const { data } = parseResponse(openrouterEndpointsAnswer, value, context.where);
  const { sourceId, model, takenAtMs, isBatch = false } = context;
  const { rows, rejects, unread } = readRows(data.endpoints, takenAtMs);
  const { hosts, repeated } = nameHosts(rows.map(offerOf), unread);
  const named = rows.map((row, index) => ({
    ...row,
    host: hosts[index] ?? row.item.provider_name,
  }));
  const prices = named.map((row) => priceOf(row, context));
  // Batch hosts are the model's hosts, whose availability its own list reports.
  const availability = isBatch ? [] : named.map((row) => availabilityOf(row, context));
  const tiers = isBatch ? (['batch'] as const) : OTHER_TIERS;
  const askedModel = isBatch ? `${model}:batch` : model;
  const noted = shortText(model, 80);
  const warnings: PullWarning[] = [];
  const returned = data.id ?? askedModel;
  if (returned !== askedModel) {
    const names = { model: shortText(askedModel, 80), returned: shortText(returned, 80) };
    warnings.push({ code: 'model-renamed', ...names });
  }
  if (data.endpoints.length === 0) warnings.push({ code: 'no-provider-listed', model: noted });
  for (const host of repeated) {
    warnings.push({ code: 'offer-repeated', host: shortText(host, 80), model: noted });
  }
  for (const { pricing, host: name } of named.filter((row) => row.pricing.unknown.length > 0)) {
    const conditions = shortText([...new Set(pricing.unknown)].join(', '), 200);
    const host = shortText(name, 80);
    warnings.push({ code: 'unknown-price-conditions', host, model: noted, conditions });
  }
  const unreadNames = unread.length === 0 ? {} : { unread: unread.map(({ name }) => name) };
  const listed = { tiers, prices, ...unreadNames, availability };
  const snapshot: PriceSnapshot = { sourceId, model, takenAtMs, ...listed };
  return { snapshot, rejects, warnings };
}

/** Batches are in a response of their own. */
const OTHER_TIERS = ['standard', 'flex', 'priority'] as const;

interface Row {
  readonly item: OpenrouterEndpoint;
  readonly pricing: EndpointPricing;
}

interface NamedRow extends Row {
  readonly host: string;
}

/**
 * Splits the endpoints into readable rows and rejects. If only prices distinguish several offers
 * and one is unreadable, all of them are rejected, because they cannot be matched to hosts.
 */
function readRows(records: readonly unknown[], askedAtMs: number) {
  const rows: (Row & { position: number })[] = [];
  const seen = new Set<string>();
  const faults = new Map<number, string>();
  const unread: UnreadableOffer[] = [];
  for (const [position, record] of records.entries()) {
    const read = openrouterEndpoint.safeParse(record);
    const pricing = read.success
      ? readEndpointPrices(read.data.pricing, askedAtMs)
      : firstFaultText(read.error);
    if (typeof pricing === 'string') {
      faults.set(position, pricing);
    } else if (read.success) {
      // Identical offers count once, however often they are listed.
      const text = JSON.stringify(read.data);
      if (!seen.has(text)) rows.push({ item: read.data, pricing, position });
      seen.add(text);
      continue;
    }
    const owner = endpointOwner.safeParse(record);
    unread.push(owner.success ? toUnreadableOffer(owner.data) : { name: null });
  }
  const isTwin = (row: Row) => unread.some((offer) => mayBeSameHost(offerOf(row), offer));
  for (const { position } of rows.filter(isTwin)) faults.set(position, TWIN);
  const rejects = [...faults]
    .sort(([a], [b]) => a - b)
    .map(([position, fault]): Reject => {
      const excerpt = recordExcerpt(records[position]);
      return { position, reason: `endpoint ${position}: ${fault}`, excerpt };
    });
  return { rows: rows.filter((row) => !isTwin(row)), rejects, unread };
}

const TWIN = 'another offer of the same provider is unreadable, and only prices distinguish them';

function offerOf({ item, pricing }: Row) {
  const { provider_name: provider, tag } = item;
  const quantization = quantizationOf(item);
  return { tag: tag ?? undefined, provider, quantization, prices: pricing.prices };
}

function quantizationOf(item: OpenrouterEndpoint): string {
  return item.quantization?.toLowerCase() ?? 'unknown';
}

function priceOf({ item, pricing, host }: NamedRow, context: SnapshotContext): HostedPrice {
  const { sourceId, model, takenAtMs, isBatch } = context;
  const { prices, overrides } = pricing;
  const costsNothing = prices.inputPerMtok === 0n && prices.outputPerMtok === 0n;
  const isFreeVariant = [model, item.model_id ?? ''].some((id) => id.endsWith(':free'));
  const { context_length: contextLength, supported_parameters: supports } = item;
  const { tier, ...terms } = termsOf(item.tag);
  const serviceTier = isBatch === true ? 'batch' : tier;
  return {
    sourceId,
    model,
    host,
    hostName: item.provider_name,
    quantization: quantizationOf(item),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    validFromMs: takenAtMs,
    ...prices,
    ...(overrides.length === 0 ? {} : { overrides }),
    ...(Number.isSafeInteger(contextLength) && contextLength ? { contextLength } : {}),
    free: costsNothing || isFreeVariant,
    offered: true,
    ...terms,
    ...(supports === null || supports === undefined ? {} : { supports: supports.toSorted() }),
  };
}

/** Tier, region and data policy from the tag: `openai/priority`, `mistral/zdr`, `google/eu`. */
function termsOf(tag: string | null | undefined) {
  const [, ...words] = (tag ?? '').toLowerCase().split('/');
  const tier: ServiceTier | undefined = SERVICE_TIERS.find((name) => words.includes(name));
  const region = words.find((word) => /^(?:us|eu|europe|global|asia)(?:-|$)/.test(word));
  return {
    tier,
    ...(region === undefined ? {} : { region }),
    ...(words.includes('zdr') ? { dataPolicy: 'zdr' } : {}),
  };
}

function availabilityOf({ item, host }: NamedRow, context: SnapshotContext): HostAvailability {
  const { sourceId, model, takenAtMs } = context;
  const uptime = uptimeMillionths(item.uptime_last_1d);
  return {
    sourceId,
    model,
    host,
    observedAtMs: takenAtMs,
    ...(uptime === undefined ? {} : { uptimeMillionths: uptime }),
    healthy: (item.status ?? 0) >= 0,
    ...mediansOf(item),
  };
}

function mediansOf({
  latency_last_30m: latency,
  throughput_last_30m: throughput,
}: OpenrouterEndpoint) {
  const [ms, tokens] = [latency?.p50, throughput?.p50];
  return {
    ...(typeof ms === 'number' && ms >= 0 ? { latencyMs: Math.round(ms) } : {}),
    ...(typeof tokens === 'number' && tokens >= 0 ? { tokensPerSecond: tokens } : {}),
  };
}

/** Percent from 0 to 100 as millionths of 1: 99.95 is 999,500. Other values are ignored. */
function uptimeMillionths(percent: string | null | undefined): number | undefined {
  const value = percent === null || percent === undefined ? undefined : parseExact(percent);
  if (value === undefined) return undefined;
  const millionths = Number(toInteger(multiply(value, decimal('10000'))));
  return millionths >= 0 && millionths <= 1_000_000 ? millionths : undefined;
}

interface EndpointOffer {
  readonly tag: string | undefined;
  readonly provider: string;
  readonly quantization: string;
  readonly prices: EndpointPrices;
}

/** An offer that cannot be read, with what is known of its host. */
interface UnreadableOffer {
  /** Beginning of the host name; `null` if unknown. */
  readonly name: string | null;
  /** Absent if it cannot be read. */
  readonly quantization?: string;
}

/** Names an unreadable offer by its tag, or by its provider if it has no tag. */
function toUnreadableOffer(owner: {
  readonly tag?: string | null | undefined;
  readonly provider_name: string | null;
  readonly quantization?: string | null | undefined;
}): UnreadableOffer {
  const { tag, provider_name: provider, quantization } = owner;
  const known =
    typeof quantization === 'string' ? { quantization: quantization.toLowerCase() } : {};
  // An unreadable tag could be that of any host.
  if (tag === '') return { name: null, ...known };
  return { name: tag ?? provider?.toLowerCase() ?? null, ...known };
}

/**
 * Whether an offer may share host and quantization with an unreadable one, so that only prices
 * distinguish them.
 */
function mayBeSameHost(offer: EndpointOffer, unread: UnreadableOffer): boolean {
  if (unread.name === null || unread.name !== offer.tag) return false;
  return unread.quantization === undefined || unread.quantization === offer.quantization;
}

/**
 * Returns a host name per offer, in order: the tag, or `provider/quantization` without one. Shared
 * tags get the quantization as a suffix. Offers still equal are numbered `#2`, `#3` by price,
 * cheapest first. Unreadable offers count too, so that names stay the same while one is unreadable.
 * `repeated` has the names that were numbered.
 */
function nameHosts(
  offers: readonly EndpointOffer[],
  unread: readonly UnreadableOffer[] = [],
): {
  readonly hosts: readonly string[];
  readonly repeated: readonly string[];
} {
  const plain = offers.map(({ tag, provider, quantization }) =>
    tag === undefined ? `${provider.toLowerCase()}/${quantization}` : tag,
  );
  const others = unread.map(({ name }) => name);
  const named = offers.map((offer, index) => withQuantization([...plain, ...others], offer, index));
  return numberByPrice(named, offers);
}

function withQuantization(
  plain: readonly (string | null)[],
  offer: EndpointOffer,
  index: number,
): string {
  const name = plain[index] ?? offer.provider;
  const isShared = plain.filter((other) => other === name).length > 1;
  const suffix = `/${offer.quantization}`;
  return isShared && !name.endsWith(suffix) ? `${name}${suffix}` : name;
}

function numberByPrice(names: readonly string[], offers: readonly EndpointOffer[]) {
  const hosts = [...names];
  const taken = new Set(names);
  const repeated = [...taken].filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  for (const name of repeated) {
    const sharing = [...names.keys()].filter((index) => names[index] === name);
    sharing.sort((a, b) => byPrice(offers[a], offers[b]));
    let number = 1;
    for (const index of sharing.slice(1)) {
      do number += 1;
      while (taken.has(`${name}#${number}`));
      hosts[index] = `${name}#${number}`;
      taken.add(`${name}#${number}`);
    }
  }
  return { hosts, repeated };
}

function byPrice(a: EndpointOffer | undefined, b: EndpointOffer | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const input = a.prices.inputPerMtok - b.prices.inputPerMtok;
  const difference = input === 0n ? a.prices.outputPerMtok - b.prices.outputPerMtok : input;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
