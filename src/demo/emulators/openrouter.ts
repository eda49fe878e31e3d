/** Emulates OpenRouter: its models, and the endpoints that sell each model with their prices. */

import { divide, exact, parseExact, toDecimal } from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { DAY_MS } from '../../domain/period.ts';
import type { Fleet } from '../fleet.ts';
import { OPENROUTER_KEY } from '../keys.ts';
import { type DemoOffer, type OfferPrice, type PeakPrice, findListPrice } from '../market.ts';
import { handleSpend } from './openrouterSpend.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  type EmulatorRequest,
  startEmulator,
} from './serve.ts';

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
