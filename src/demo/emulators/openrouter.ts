/** Emulates OpenRouter: its models, and the endpoints that sell each model with their prices. */

import { scaledDecimal, divide, exact, parseExact, toDecimal } from '../../domain/exact.ts';
import { invariant } from '../../domain/failure.ts';
import { DAY_MS, dayStartMs, dayText } from '../../domain/period.ts';
import type { Fleet } from '../fleet.ts';
import { OPENROUTER_KEY } from '../keys.ts';
import { type DemoOffer, findListPrice, type OfferPrice, type PeakPrice } from '../market.ts';
import {
  type Emulator,
  type EmulatorRequest,
  type EmulatorResponse,
  type EmulatorTime,
  jsonResponse,
  startEmulator,
} from './emulator.ts';
import { type Purchase, sumMicroUsd, sumPurchasedTokens } from '../purchases.ts';

/**
 * Serves `GET /api/v1/models`, `GET /api/v1/models/{author}/{slug}/endpoints` and the spend of the
 * company, as https://openrouter.ai does, as of the emulator's clock.
 */
export function startOpenrouter(fleet: Fleet, settings: EmulatorTime): Promise<Emulator> {
  return startEmulator((request) => route(fleet, request, settings.nowMs()));
}

function route(fleet: Fleet, request: EmulatorRequest, nowMs: number): EmulatorResponse {
  if (request.authorization !== `Bearer ${OPENROUTER_KEY}`) {
    return refused(401, 'No auth credentials found');
  }
  if (request.method === 'GET' && request.path === '/api/v1/models') return listOf(fleet);
  const spend = handleSpend(fleet.purchases, request, nowMs);
  if (spend !== undefined) return spend;
  const model = /^\/api\/v1\/models\/([^/]+\/[^/]+)\/endpoints$/.exec(request.path)?.[1];
  const offers = fleet.offers.filter((offer) => offer.model === decode(model ?? ''));
  const [first] = offers;
  if (request.method !== 'GET' || first === undefined) return refused(404, 'Resource not found');
  const endpoints = offers.flatMap((offer) => endpointOf(offer, nowMs) ?? []);
  return jsonResponse({ data: { ...modelOf(first.model), endpoints } });
}

function listOf({ offers }: Fleet): EmulatorResponse {
  const ids = new Set(offers.map(({ model, free }) => (free ? `${model}:free` : model)));
  const data = [...ids].map((id) => ({
    ...modelOf(id),
    canonical_slug: id,
    hugging_face_id: null,
  }));
  return jsonResponse({ data, total_count: data.length, links: { next: null } });
}

function decode(segment: string): string {
  return segment.replaceAll(/%3A/gi, ':');
}

function refused(code: number, message: string): EmulatorResponse {
  return jsonResponse({ error: { code, message } }, code);
}

function modelOf(model: string) {
  return {
    id: model,
    name: nameOf(model),
    created: 1_733_506_137,
    description: `${nameOf(model)}, as the demo's market sells it.`,
    architecture: {
      modality: 'text->text',
      input_modalities: ['text'],
      output_modalities: ['text'],
      tokenizer: TOKENIZERS[model.split('/')[0] ?? ''] ?? 'Other',
      instruct_type: null,
    },
  };
}

const TOKENIZERS: Readonly<Record<string, string>> = {
  'meta-llama': 'Llama3',
  mistralai: 'Mistral',
  qwen: 'Qwen3',
  openai: 'GPT',
};

function nameOf(model: string): string {
  const [author = '', slug = ''] = model.split('/');
  return `${author}: ${slug}`;
}

function endpointOf(offer: DemoOffer, nowMs: number) {
  const price = findListPrice(offer, nowMs);
  if (price === undefined) return undefined;
  const id = offer.free ? `${offer.model}:free` : offer.model;
  const uptime = uptimeAt(offer, nowMs);
  return {
    name: `${offer.provider} | ${id}`,
    model_id: id,
    model_name: nameOf(id),
    context_length: offer.contextLength,
    pricing: pricingOf(offer, price),
    provider_name: offer.provider,
    tag: offer.tag,
    quantization: offer.quantization,
    max_completion_tokens: 16_384,
    max_prompt_tokens: null,
    supported_parameters: ['max_tokens', 'temperature', 'top_p', 'stop', 'seed'],
    status: 0,
    uptime_last_5m: 100,
    uptime_last_30m: uptime,
    uptime_last_1d: uptime,
    supports_implicit_caching: price.cached !== undefined,
    latency_last_30m: { p50: 412, p75: 655, p90: 1_130, p99: 3_870 },
    throughput_last_30m: { p50: 61, p75: 48, p90: 33, p99: 17 },
  };
}

/** Dollars per token as text. Prices that are not sold are absent. All are net of `discount`. */
function pricingOf(offer: DemoOffer, price: OfferPrice) {
  const { peak } = offer;
  return {
    prompt: perToken(price.input),
    completion: perToken(price.output),
    ...(price.cached === undefined ? {} : { input_cache_read: perToken(price.cached) }),
    discount: offer.discount,
    ...(peak === undefined ? {} : { overrides: [overrideOf(peak)] }),
  };
}

/** Hours are in the format HHMM: 800 is 08:00. */
function overrideOf({ startHour, endHour, input, output }: PeakPrice) {
  return {
    utc_start: startHour * 100,
    utc_end: endHour * 100,
    prompt: perToken(input),
    completion: perToken(output),
  };
}

/** `'0.24'` dollars per million tokens is `'0.00000024'` per token. */
function perToken(usdPerMtok: string): string {
  const price = parseExact(usdPerMtok);
  invariant(price !== undefined, `not a price: ${usdPerMtok}`);
  return toDecimal(divide(price, exact(1_000_000n)), 12).replace(/\.?0+$/, '');
}

/** Varies by up to 0.03 percentage points from day to day. */
function uptimeAt(offer: DemoOffer, nowMs: number): number {
  const day = Math.floor(nowMs / DAY_MS);
  return Math.min(100, (Math.round(offer.uptime * 100) + ((day * 5) % 7) - 3) / 100);
}

/** `/activity` returns the last 30 completed days. */
const ACTIVITY_DAYS = 30;

function handleSpend(
  purchases: readonly Purchase[],
  { method, path, body }: EmulatorRequest,
  nowMs: number,
): EmulatorResponse | undefined {
  const today = dayStartMs(nowMs);
  const completed = purchases.filter(({ source, dayMs }) => source === 'router' && dayMs < today);
  if (method === 'GET' && path === '/api/v1/activity') {
    const firstMs = today - ACTIVITY_DAYS * DAY_MS;
    return jsonResponse({
      data: completed.filter(({ dayMs }) => dayMs >= firstMs).map(activityOf),
    });
  }
  if (method === 'GET' && path === '/api/v1/analytics/meta') return jsonResponse({ data: META });
  if (method !== 'POST' || path !== '/api/v1/analytics/query') return undefined;
  return analyticsOf(completed, JSON.parse(body) as Query);
}

function activityOf(bought: Purchase) {
  return {
    date: dayText(bought.dayMs),
    model: bought.model,
    model_permaslug: bought.model,
    endpoint_id: '6f0d7c1e-9a41-4f2b-8a51-3c0f6f0f7a10',
    provider_name: bought.provider,
    usage: sumMicroUsd(bought) / 1e6,
    byok_usage_inference: 0,
    requests: bought.requests,
    prompt_tokens: sumPurchasedTokens(bought, 'input'),
    completion_tokens: sumPurchasedTokens(bought, 'output'),
    reasoning_tokens: 0,
  };
}

const METRICS: Readonly<Record<string, (bought: Purchase) => string | number>> = {
  total_usage: (bought) => scaledDecimal(BigInt(sumMicroUsd(bought)), 6),
  tokens_prompt: (bought) => sumPurchasedTokens(bought, 'input'),
  tokens_completion: (bought) => sumPurchasedTokens(bought, 'output'),
  request_count: ({ requests }) => requests,
};

const DIMENSIONS: Readonly<Record<string, (bought: Purchase) => string>> = {
  model: ({ model }) => model,
  provider: ({ provider }) => provider,
};

const named = (name: string) => ({ name, display_label: name });

const META = {
  metrics: Object.keys(METRICS).map((name) => ({
    ...named(name),
    display_format: name === 'total_usage' ? 'currency' : 'number',
    is_rate: false,
  })),
  dimensions: Object.keys(DIMENSIONS).map(named),
  operators: [{ name: 'eq', value_type: 'scalar' }],
  granularities: ['hour', 'day', 'month'].map(named),
};

interface Query {
  readonly metrics: readonly string[];
  readonly dimensions?: readonly string[];
  readonly granularity?: string;
  readonly time_range: { readonly start: string; readonly end: string };
  readonly limit?: number;
}

/** One row per day, because the demo buys from one model and provider a day. */
function analyticsOf(completed: readonly Purchase[], query: Query): EmulatorResponse {
  const { metrics, dimensions = [], time_range: range, limit = 1_000 } = query;
  const known = { ...METRICS, ...DIMENSIONS };
  const fields = [...metrics, ...dimensions];
  if (query.granularity !== 'day' || fields.some((name) => known[name] === undefined)) {
    return jsonResponse(
      { error: { code: 400, message: 'unknown metric, dimension or granularity' } },
      400,
    );
  }
  const [startMs, endMs] = [Date.parse(range.start), Date.parse(range.end)];
  const rows = completed.filter(({ dayMs }) => dayMs >= startMs && dayMs < endMs);
  const data = rows.slice(0, limit).map((bought) => ({
    date__day: dayText(bought.dayMs),
    ...Object.fromEntries(fields.map((name) => [name, known[name]?.(bought)])),
  }));
  const metadata = {
    query_time_ms: 1,
    row_count: data.length,
    truncated: data.length < rows.length,
  };
  return jsonResponse({ data: { data, metadata } });
}
