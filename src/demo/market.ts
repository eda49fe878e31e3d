/**
 * The fictional market: the providers that sell the fleet's models, since when and at what price.
 * Prices follow public price lists of 2026. Dates, changes, uptimes and discounts are invented.
 */

import { DAY_MS, HOUR_MS } from '../domain/period.ts';
import { PRICE_PULLS } from './calendar.ts';

/** Dollars per million tokens as decimals; `cached` is absent if cache reads are not sold. */
export interface OfferPrice {
  readonly fromMs: number;
  readonly input: string;
  readonly cached?: string;
  readonly output: string;
}

/** Prices for some hours of the UTC day; the end hour is excluded. */
export interface PeakPrice {
  readonly startHour: number;
  readonly endHour: number;
  readonly input: string;
  readonly output: string;
}

export interface DemoOffer {
  readonly model: string;
  /** Unique within the model. A router uses it to pin requests to the provider. */
  readonly tag: string;
  readonly provider: string;
  readonly quantization: string;
  readonly contextLength: number;
  /** Percent of the last day; the emulator varies it by up to 0.03 percentage points. */
  readonly uptime: number;
  /** The discount on the list price, as a fraction. `prices` are already net of it. */
  readonly discount: number;
  readonly free: boolean;
  readonly prices: readonly OfferPrice[];
  readonly peak?: PeakPrice;
  /** True for a price in an implausible unit, which is quarantined and never used. */
  readonly isQuarantined?: true;
  /** When the provider stops selling the model. */
  readonly untilMs?: number;
}

/** Prices change exactly at a price pull, so the recorded prices are always the ones in force. */
export const PRICE_CHANGE_AT_MS = PRICE_PULLS[7] ?? Number.NaN;
export const PROVIDER_APPEARS_AT_MS = PRICE_PULLS[9] ?? Number.NaN;
export const PROVIDER_LEAVES_AT_MS = PRICE_PULLS[10] ?? Number.NaN;

const ALWAYS_MS = Date.UTC(2026, 0, 1);

type Details = Partial<Omit<DemoOffer, 'model' | 'tag' | 'provider' | 'quantization'>>;

/** Tag, provider, quantization, dollars per Mtok (input, output, cached), and other details. */
type Row = readonly [string, string, string, readonly [string, string, string?], Details?];

const LLAMA: readonly Row[] = [
  ['novita/fp4', 'Novita', 'fp4', ['0.09', '0.28']],
  ['deepinfra/turbo', 'DeepInfra', 'fp8', ['0.1', '0.32'], { uptime: 80.4 }],
  [
    'parasail/fp8',
    'Parasail',
    'fp8',
    ['0.24', '0.55', '0.12'],
    {
      prices: [
        { fromMs: ALWAYS_MS, input: '0.24', output: '0.55', cached: '0.12' },
        { fromMs: PRICE_CHANGE_AT_MS, input: '0.26', output: '0.6', cached: '0.13' },
      ],
    },
  ],
  ['nebius/bf16', 'Nebius', 'bf16', ['0.29', '0.72']],
  ['crusoe/fp8', 'Crusoe', 'fp8', ['0.36', '0.81', '0.18'], { discount: 0.1 }],
  ['together/fp8', 'Together', 'fp8', ['1.04', '1.04'], { uptime: 99.86 }],
  // A thousandth of a plausible price, so the audit quarantines it.
  ['fake-provider/fp8', 'FakeProvider', 'fp8', ['0.00024', '0.00055'], { isQuarantined: true }],
  ['venice/fp8', 'Venice', 'fp8', ['0', '0'], { free: true, uptime: 99.2, contextLength: 65_536 }],
];

const MISTRAL_SMALL: readonly Row[] = [
  ['deepinfra/fp8', 'DeepInfra', 'fp8', ['0.075', '0.2'], { contextLength: 128_000 }],
  ['parasail/bf16', 'Parasail', 'bf16', ['0.09', '0.6', '0.05']],
  ['venice/fp8', 'Venice', 'fp8', ['0.09375', '0.25'], { uptime: 97.3, contextLength: 256_000 }],
  ['mistral', 'Mistral', 'unknown', ['0.1', '0.3', '0.01']],
  // The cheapest list price, but twice as much in the hours in which documents are summarized.
  [
    'chutes/fp8',
    'Chutes',
    'fp8',
    ['0.06', '0.16'],
    { peak: { startHour: 8, endHour: 18, input: '0.12', output: '0.32' } },
  ],
];

const QWEN_CODER: readonly Row[] = [
  ['novita/fp8', 'Novita', 'fp8', ['0.07', '0.27'], { contextLength: 160_000 }],
  ['deepinfra/fp8', 'DeepInfra', 'fp8', ['0.08', '0.29'], { contextLength: 262_144 }],
  ['nebius/fp8', 'Nebius', 'fp8', ['0.1', '0.3'], { contextLength: 262_144 }],
  ['chutes/int4', 'Chutes', 'int4', ['0.05', '0.2'], { uptime: 99.4 }],
  // Cheaper than all eligible providers, but not sold in the first nine weeks.
  [
    'parasail/fp8',
    'Parasail',
    'fp8',
    ['0.06', '0.22'],
    { prices: [{ fromMs: PROVIDER_APPEARS_AT_MS, input: '0.06', output: '0.22' }] },
  ],
];

const GPT_OSS: readonly Row[] = [
  ['deepinfra/bf16', 'DeepInfra', 'bf16', ['0.05', '0.24']],
  ['siliconflow/fp8', 'SiliconFlow', 'fp8', ['0.06', '0.45'], { untilMs: PROVIDER_LEAVES_AT_MS }],
  ['parasail/fp4', 'Parasail', 'fp4', ['0.1', '0.75', '0.055'], { uptime: 99.63 }],
  ['together', 'Together', 'unknown', ['0.15', '0.6']],
  ['cerebras/fp16', 'Cerebras', 'fp16', ['0.35', '0.75', '0.35'], { uptime: 99.99 }],
];

export const OFFERS: readonly DemoOffer[] = [
  ...offers('meta-llama/llama-3.3-70b-instruct', LLAMA),
  ...offers('mistralai/mistral-small-3.2-24b-instruct', MISTRAL_SMALL),
  ...offers('qwen/qwen3-coder-30b-a3b-instruct', QWEN_CODER),
  ...offers('openai/gpt-oss-120b', GPT_OSS),
];

interface CatalogEntry {
  readonly provider: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
}

/**
 * Prices in the public catalog in late August. Two match the providers. The third is half of the
 * provider's price, and would be the cheapest eligible one.
 */
export const CATALOG_ENTRIES: readonly CatalogEntry[] = [
  { provider: 'parasail', model: 'meta-llama/llama-3.3-70b-instruct', input: 0.13, output: 0.3 },
  { provider: 'nebius', model: 'meta-llama/llama-3.3-70b-instruct', input: 0.29, output: 0.72 },
  { provider: 'novita-ai', model: 'qwen/qwen3-coder-30b-a3b-instruct', input: 0.07, output: 0.27 },
];

/** The list price in force at a time, or `undefined` if the model is not sold then. */
export function findListPrice(offer: DemoOffer, atMs: number): OfferPrice | undefined {
  if (offer.untilMs !== undefined && atMs >= offer.untilMs) return undefined;
  return offer.prices.findLast((price) => price.fromMs <= atMs);
}

/** The price charged at a time: the peak price in peak hours, otherwise the list price. */
export function findChargedPrice(offer: DemoOffer, atMs: number): OfferPrice | undefined {
  const price = findListPrice(offer, atMs);
  const { peak } = offer;
  if (price === undefined || peak === undefined) return price;
  const hour = (atMs % DAY_MS) / HOUR_MS;
  const isPeak = hour >= peak.startHour && hour < peak.endHour;
  return isPeak ? { ...price, input: peak.input, output: peak.output } : price;
}

function offers(model: string, rows: readonly Row[]): DemoOffer[] {
  return rows.map(([tag, provider, quantization, [input, output, cached], details]) => ({
    model,
    tag,
    provider,
    quantization,
    contextLength: 131_072,
    uptime: 99.91,
    discount: 0,
    free: false,
    prices: [{ fromMs: ALWAYS_MS, input, output, ...(cached === undefined ? {} : { cached }) }],
    ...details,
  }));
}
