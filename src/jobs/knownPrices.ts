/**
 * Reads hosted prices from the ledger: which provider sells what, since when, according to which
 * source.
 */

import { QUARTER_DAYS } from '../calendar/horizons.ts';
import type { Config } from '../config/config.ts';
import { toDecimal } from '../domain/exact.ts';
import { matchesGlob } from '../domain/glob.ts';
import { usd } from '../domain/money.ts';
import { DAY_MS, instantText, period } from '../domain/period.ts';
import {
  type AnyServiceTier,
  type HostedPrice,
  isQuarantined,
  type PriceGap,
} from '../domain/price.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Finding } from '../domain/finding.ts';

export interface PriceQuery {
  /** A model name as its source has it, or a pattern with `*`; all models if absent. */
  readonly model?: string | undefined;
  readonly atMs: number;
  readonly nowMs: number;
}

interface PriceLedger {
  readonly config: Pick<Config, 'prices'>;
  readonly ledger: Pick<Ledger, 'facts'>;
}

/** `rentcheck/prices/1`: dollars per million tokens with six places; null if unknown. */
export interface PricesDocument {
  readonly schema: 'rentcheck/prices/1';
  /** The time at which the prices were in force. */
  readonly at: string;
  readonly models: readonly ModelPrices[];
  /** Prices of the listed models that are stored but not in force. */
  readonly quarantined: readonly ListedPrice[];
  readonly disagreements: readonly PriceDisagreement[];
}

export interface ModelPrices {
  readonly source: string;
  readonly model: string;
  /** Sorted by provider. */
  readonly prices: readonly ListedPrice[];
  /** Price range of the standard tier, without free offers. */
  readonly spread: { readonly input: PriceSpread | null; readonly output: PriceSpread | null };
  /** Periods without a pull, in the quarter before. */
  readonly gaps: readonly { readonly from: string; readonly to: string | null }[];
}

export interface PriceSpread {
  readonly leastUsd: string;
  readonly mostUsd: string;
}

/** Dollars per million tokens, and per request. */
export interface PriceTerms {
  readonly inputUsd: string | null;
  readonly cachedUsd: string | null;
  readonly cacheWriteUsd: string | null;
  readonly outputUsd: string | null;
  readonly requestUsd: string | null;
  /** Number of further prices that apply under conditions. */
  readonly conditions: number;
}

export interface ListedPrice extends PriceTerms {
  readonly source: string;
  readonly model: string;
  readonly host: string;
  readonly quantization: string;
  readonly tier: AnyServiceTier;
  readonly since: string;
  readonly free: boolean;
  /** False if the seller itself states the price. */
  readonly secondHand: boolean;
}

/** A catalog price that differs by more than a tenth from the provider's own. */
export interface PriceDisagreement {
  readonly side: 'input' | 'output';
  readonly own: ListedPrice;
  readonly catalog: ListedPrice;
}

export async function readKnownPrices(
  { config, ledger }: PriceLedger,
  { model: wanted = '*', atMs, nowMs }: PriceQuery,
): Promise<PricesDocument> {
  const asOfMs = await ledger.facts.asOfNow(nowMs);
  const all = await ledger.facts.pricedModels(asOfMs);
  const models = all.filter(({ model }) => matchesGlob(wanted, model));
  const window = period(atMs - QUARTER_DAYS * DAY_MS, atMs + 1);
  const { prices, gaps } = await ledger.facts.hostedPrices(models, window, asOfMs);
  const trust = config.prices?.trust ?? [];
  const begun = prices.filter(({ validFromMs }) => validFromMs <= atMs);
  const [kept, doubtful] = [false, true].map((isIn) =>
    newestPrices(begun.filter((price) => isQuarantined(price, trust) === isIn)),
  ) as [HostedPrice[], HostedPrice[]];
  const sold = kept.filter(({ offered }) => offered);
  return {
    schema: 'rentcheck/prices/1',
    at: instantText(atMs),
    models: models.flatMap((each) => modelPrices(each, { sold, gaps })),
    quarantined: doubtful.map(toListedPrice),
    disagreements: disagreementsIn(sold),
  };
}

/** Returns the newest price per provider, quantization, tier and kind of source. */
function newestPrices(prices: readonly HostedPrice[]): HostedPrice[] {
  const nameOf = ({ sourceId, model, host, quantization, serviceTier, secondHand }: HostedPrice) =>
    JSON.stringify([sourceId, model, host, quantization, serviceTier, secondHand]);
  const last = [...new Map(prices.map((price) => [nameOf(price), price])).values()];
  // A price from the seller takes precedence over a catalog's.
  const own = new Set(last.filter((price) => !price.secondHand).map(plainNameOf));
  return last.filter((price) => !price.secondHand || !own.has(plainNameOf(price)));
}

function plainNameOf({ sourceId, model, host, serviceTier }: HostedPrice): string {
  return JSON.stringify([sourceId, model, host, serviceTier]);
}

interface PriceFacts {
  readonly sold: readonly HostedPrice[];
  readonly gaps: readonly PriceGap[];
}

function modelPrices(
  { sourceId, model }: { readonly sourceId: string; readonly model: string },
  { sold, gaps }: PriceFacts,
): ModelPrices[] {
  const isOf = (one: { readonly sourceId: string; readonly model: string }) =>
    one.sourceId === sourceId && one.model === model;
  const own = sold.filter(isOf).sort(byHost);
  const unseen = gaps.filter(isOf);
  if (own.length === 0 && unseen.length === 0) return [];
  const standard = own.filter(({ serviceTier, free }) => serviceTier === undefined && !free);
  return [
    {
      source: sourceId,
      model,
      prices: own.map(toListedPrice),
      spread: {
        input: spreadOf(standard.map(({ inputPerMtok }) => inputPerMtok)),
        output: spreadOf(standard.map(({ outputPerMtok }) => outputPerMtok)),
      },
      gaps: unseen.map(({ startMs, endMs }) => ({
        from: instantText(startMs),
        to: endMs === undefined ? null : instantText(endMs),
      })),
    },
  ];
}

function byHost(a: HostedPrice, b: HostedPrice): number {
  const name = ({ host, quantization, serviceTier }: HostedPrice) =>
    [host, quantization, serviceTier ?? ''].join('\u0000');
  return name(a) < name(b) ? -1 : 1;
}

function spreadOf(prices: readonly (bigint | undefined)[]): PriceSpread | null {
  const known = prices.filter((price) => price !== undefined).sort((a, b) => (a < b ? -1 : 1));
  const [least, most] = [known[0], known.at(-1)];
  if (least === undefined || most === undefined) return null;
  return { leastUsd: usdText(least), mostUsd: usdText(most) };
}

function usdText(nano: bigint): string {
  return toDecimal(usd(nano), 6);
}

export function toPriceTerms(price: HostedPrice): PriceTerms {
  const text = (nano: bigint | undefined) => (nano === undefined ? null : usdText(nano));
  return {
    inputUsd: text(price.inputPerMtok),
    cachedUsd: text(price.cachedInputPerMtok),
    cacheWriteUsd: text(price.cacheWritePerMtok),
    outputUsd: text(price.outputPerMtok),
    requestUsd: text(price.perRequest),
    conditions: price.overrides?.length ?? 0,
  };
}

function toListedPrice(price: HostedPrice): ListedPrice {
  return {
    source: price.sourceId,
    model: price.model,
    host: price.host,
    quantization: price.quantization,
    tier: price.serviceTier ?? 'standard',
    since: instantText(price.validFromMs),
    ...toPriceTerms(price),
    free: price.free,
    secondHand: price.secondHand === true,
  };
}

/**
 * Finds catalog prices that differ by more than a tenth from the provider's own price, for the same
 * model and tier. If a provider has several prices, the nearest one counts. Names match by their
 * letters and digits: `meta-llama/Llama-3.3-70B` is `llama-3.3-70b`.
 */
function disagreementsIn(sold: readonly HostedPrice[]): PriceDisagreement[] {
  const own = Map.groupBy(
    sold.filter(({ secondHand }) => secondHand !== true),
    nameAcross,
  );
  return sold
    .filter(({ secondHand }) => secondHand === true)
    .flatMap((catalog) => {
      const others = own.get(nameAcross(catalog)) ?? [];
      return SIDES.flatMap(([side, field]) => {
        const catalogPrice = catalog[field];
        const nearest = others
          .filter((one) => one[field] !== undefined)
          .sort((a, b) =>
            distance(a[field], catalogPrice) < distance(b[field], catalogPrice) ? -1 : 1,
          )[0];
        const ownPrice = nearest?.[field];
        if (nearest === undefined || catalogPrice === undefined || ownPrice === undefined)
          return [];
        if (distance(ownPrice, catalogPrice) * 10n <= ownPrice) return [];
        return [{ side, own: toListedPrice(nearest), catalog: toListedPrice(catalog) }];
      });
    });
}

const SIDES = [
  ['input', 'inputPerMtok'],
  ['output', 'outputPerMtok'],
] as const;

function distance(a: bigint | undefined, b: bigint | undefined): bigint {
  const difference = (a ?? 0n) - (b ?? 0n);
  return difference < 0n ? -difference : difference;
}

function nameAcross({ model, host, hostName, serviceTier }: HostedPrice): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const seller = plain(hostName ?? host.split('/')[0] ?? host);
  return [plain(model.split('/').at(-1) ?? model), seller, serviceTier ?? ''].join(' ');
}

type PriceExamination = Parameters<typeof readKnownPrices>[0] & { readonly nowMs: number };

/** Number of findings of each kind that are listed individually. */
const MAX_LISTED_PRICES = 5;

/** Returns at most five findings of each kind, and the number of further ones. */
export async function examinePrices({
  nowMs,
  ...examination
}: PriceExamination): Promise<Finding[]> {
  const document = await readKnownPrices(examination, { atMs: nowMs, nowMs });
  const { quarantined, disagreements } = document;
  return [
    ...bounded(quarantined.map(quarantineFinding), 'quarantined'),
    ...bounded(disagreements.map(disagreementFinding), 'disagreements'),
  ];
}

function quarantineFinding({ source, model, host, inputUsd, outputUsd }: ListedPrice): Finding {
  const where = { area: 'source', subject: source, state: 'warn' } as const;
  return { ...where, code: 'price-in-quarantine', host, model, inputUsd, outputUsd };
}

function disagreementFinding({ side, own, catalog }: PriceDisagreement): Finding {
  const { host, model, source: ownSource, since } = own;
  const usdOf = ({ inputUsd, outputUsd }: ListedPrice) => (side === 'input' ? inputUsd : outputUsd);
  return {
    area: 'source',
    subject: catalog.source,
    state: 'warn',
    code: 'catalog-price-differs',
    side,
    host,
    model,
    catalogUsd: usdOf(catalog),
    ownSource,
    ownUsd: usdOf(own),
    since: since.slice(0, 10),
  };
}

function bounded(
  findings: readonly Finding[],
  kind: 'quarantined' | 'disagreements',
): readonly Finding[] {
  const shown = findings.slice(0, MAX_LISTED_PRICES);
  const prices = findings.length - shown.length;
  if (prices === 0) return shown;
  return [...shown, { area: 'source', state: 'warn', code: 'more-prices', of: kind, prices }];
}
