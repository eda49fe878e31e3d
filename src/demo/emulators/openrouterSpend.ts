/** Emulates the spend endpoints of OpenRouter for a management key: activity and analytics. */

import { decimalText } from '../../domain/exact.ts';
import { DAY_MS, dayStartMs, dayText } from '../../domain/period.ts';
import { sumMicroUsd, type Purchase, sumPurchasedTokens } from '../purchases.ts';
import { type EmulatorResponse, jsonResponse, type EmulatorRequest } from './serve.ts';

/** `/activity` returns the last 30 completed days. */
const ACTIVITY_DAYS = 30;

export function handleSpend(
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
  total_usage: (bought) => decimalText(BigInt(sumMicroUsd(bought)), 6),
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
