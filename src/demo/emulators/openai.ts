/** Emulates the administration API of OpenAI: costs and tokens by day. */

import { DAY_MS, dayStartMs, SECOND_MS } from '../../domain/period.ts';
import type { Fleet } from '../fleet.ts';
import { OPENAI_KEY } from '../keys.ts';
import { type Purchase, sumPurchasedTokens } from '../purchases.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  startEmulator,
} from './emulator.ts';

const DAY_SECONDS = DAY_MS / SECOND_MS;

/** Emulates `https://api.openai.com/v1` for an admin key. */
export function startOpenai({ purchases }: Fleet, settings: EmulatorTime): Promise<Emulator> {
  const bought = purchases.filter(({ source }) => source === 'openai');
  return startEmulator(({ method, path, query, authorization }) => {
    if (authorization !== `Bearer ${OPENAI_KEY}`) return problem(401, 'Incorrect API key provided');
    const route = method === 'GET' ? ROUTES[path] : undefined;
    if (route === undefined) return problem(404, `Invalid URL (${method} ${path})`);
    const over = bought.filter(({ dayMs }) => dayMs < dayStartMs(settings.nowMs()));
    return bucketsOf(query, route, over);
  });
}

function problem(status: number, message: string): EmulatorResponse {
  const error = { message, type: 'invalid_request_error', param: null, code: null };
  return jsonResponse({ error }, status);
}

interface Route {
  readonly mostDays: number;
  readonly resultsOf: (bought: Purchase) => readonly object[];
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/organization/costs': { mostDays: 180, resultsOf: costsOf },
  '/organization/usage/completions': { mostDays: 31, resultsOf: (bought) => [usageOf(bought)] },
  '/organization/usage/embeddings': { mostDays: 31, resultsOf: () => [] },
  '/organization/usage/moderations': { mostDays: 31, resultsOf: () => [] },
};

/** One bucket per requested day. The page token is the Unix second at which the page starts. */
function bucketsOf(
  query: URLSearchParams,
  route: Route,
  bought: readonly Purchase[],
): EmulatorResponse {
  const [start, end] = [query.get('page') ?? query.get('start_time'), query.get('end_time')];
  const [first, last] = [Number(start), Number(end)];
  const limit = Number(query.get('limit') ?? '7');
  if (!first || !last || limit > route.mostDays || query.get('bucket_width') !== '1d') {
    return problem(400, 'invalid start_time, end_time, bucket_width or limit');
  }
  const stop = Math.min(last, first + limit * DAY_SECONDS);
  const data: object[] = [];
  for (let at = first; at < stop; at += DAY_SECONDS) {
    const today = bought.filter(({ dayMs }) => dayMs === at * SECOND_MS);
    data.push({
      object: 'bucket',
      start_time: at,
      end_time: at + DAY_SECONDS,
      results: today.flatMap(route.resultsOf),
    });
  }
  const goesOn = stop < last;
  return jsonResponse({
    object: 'page',
    data,
    has_more: goesOn,
    next_page: goesOn ? String(stop) : null,
  });
}

function costsOf({ model, classes }: Purchase): object[] {
  return classes.map(({ name, microUsd, tokens }) => ({
    object: 'organization.costs.result',
    amount: { value: microUsd / 1e6, currency: 'usd' },
    line_item: `${model}, ${name}`,
    project_id: 'proj_claims_pilot',
    organization_id: 'org-demo',
    quantity: tokens,
    quantity_unit: 'tokens',
  }));
}

function usageOf(bought: Purchase): object {
  return {
    object: 'organization.usage.completions.result',
    input_tokens: sumPurchasedTokens(bought, 'input', 'cached input'),
    input_cached_tokens: sumPurchasedTokens(bought, 'cached input'),
    output_tokens: sumPurchasedTokens(bought, 'output'),
    num_model_requests: bought.requests,
    input_audio_tokens: 0,
    output_audio_tokens: 0,
    project_id: null,
    user_id: null,
    api_key_id: null,
    model: bought.model,
    batch: false,
    service_tier: 'default',
  };
}
