/**
 * The spend of an OpenRouter account for tests, from its OpenAPI file: activity of the last 30
 * complete days, analytics by what `/analytics/meta` offers. Not specified there, so chosen by
 * seed: the order of rows and metrics, the names of metrics, and whether numbers are in quotes.
 */

import { DAY_MS, dayStartMs, dayText } from '../../../src/domain/period.ts';
import type {
  EmulatedRequest,
  SeededChoice,
  EmulatedApi,
  EmulatedReply,
} from '../../support/emulator.ts';

export const KEY = 'sk-or-v1-management-0123456789';

export interface PlantedOpenrouterSpend {
  readonly dayMs: number;
  readonly model: string;
  readonly provider: string;
  readonly endpoint: string;
  /** Millionths of a dollar. */
  readonly microUsd: number;
  readonly byokMicroUsd?: number;
  readonly prompt: number;
  readonly completion: number;
  readonly reasoning?: number;
  readonly requests: number;
}

export interface PlantedOpenrouterAccount {
  readonly spend: readonly PlantedOpenrouterSpend[];
  readonly nowMs: number;
  /** Rows in one answer of analytics. */
  readonly mostRows?: number;
  /** False for a key without permission to see the spend. */
  readonly isManagement?: boolean;
}

const refused = (code: number, message: string) => ({ error: { code, message } });

export function accountDocument(planted: PlantedOpenrouterAccount): EmulatedApi {
  const { isManagement = true } = planted;
  const forbidden = {
    status: 403,
    body: refused(403, 'Only management keys can perform this operation'),
  };
  const guarded = (route: (asked: EmulatedRequest) => EmulatedReply) => (asked: EmulatedRequest) =>
    isManagement ? route(asked) : forbidden;
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: refused,
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/api/v1/activity': guarded((asked) => activityOf(planted, asked)),
      '/api/v1/analytics/meta': guarded(({ choose }) => ({ body: { data: metaOf(choose) } })),
      '/api/v1/analytics/query': guarded((asked) => analyticsOf(planted, asked)),
    },
  };
}

function activityOf(
  { spend, nowMs }: PlantedOpenrouterAccount,
  { choose }: EmulatedRequest,
): EmulatedReply {
  const endMs = dayStartMs(nowMs);
  const rows = spend.filter(({ dayMs }) => dayMs >= endMs - 30 * DAY_MS && dayMs < endMs);
  return {
    body: {
      data: choose.shuffled(rows).map((one) => ({
        date: choose.oneOf(dayText(one.dayMs), `${dayText(one.dayMs)} 00:00:00`),
        model: one.model,
        model_permaslug: `${one.model}-20250101`,
        endpoint_id: one.endpoint,
        provider_name: one.provider,
        usage: one.microUsd / 1e6,
        byok_usage_inference: (one.byokMicroUsd ?? 0) / 1e6,
        requests: one.requests,
        prompt_tokens: one.prompt,
        completion_tokens: one.completion,
        reasoning_tokens: one.reasoning ?? 0,
      })),
    },
  };
}

/** What a metric measures, by one of its possible names. */
const NAMES = {
  microUsd: ['total_usage', 'usage'],
  byokMicroUsd: ['byok_usage_inference'],
  prompt: ['tokens_prompt', 'prompt_tokens'],
  completion: ['tokens_completion', 'completion_tokens'],
  reasoning: ['reasoning_tokens'],
  requests: ['request_count'],
} as const;

function metaOf(choose: SeededChoice) {
  const dollars = ['microUsd', 'byokMicroUsd'];
  const metrics = Object.entries(NAMES).map(([of, [first, ...others]]) => ({
    name: choose.oneOf<string>(first, ...others),
    display_label: of,
    display_format: dollars.includes(of) ? 'currency' : 'number',
    is_rate: false,
  }));
  const rate = { name: 'cost_per_token', display_label: 'x', display_format: 'currency' };
  return {
    metrics: choose.shuffled([...metrics, { ...rate, is_rate: true }]),
    dimensions: choose.shuffled(
      ['model', 'provider', 'api_key_id'].map((name) => ({ name, display_label: name })),
    ),
    operators: [{ name: 'eq', value_type: 'scalar' }],
    granularities: ['hour', 'day', 'month'].map((name) => ({ name, display_label: name })),
  };
}

interface Sent {
  readonly metrics: readonly string[];
  readonly dimensions: readonly string[];
  readonly granularity: string;
  readonly time_range: { readonly start: string; readonly end: string };
}

function analyticsOf(
  { spend, mostRows = 1_000 }: PlantedOpenrouterAccount,
  { sent, choose }: EmulatedRequest,
): EmulatedReply {
  const { metrics, dimensions, granularity, time_range: range } = sent as Sent;
  const known = Object.values(NAMES).flat() as readonly string[];
  const isKnown = metrics.every((name) => known.includes(name)) && dimensions.length <= 2;
  if (granularity !== 'day' || !isKnown) return { status: 400, body: refused(400, 'metrics') };
  const [startMs, endMs] = [Date.parse(range.start), Date.parse(range.end)];
  const own = spend.filter(({ dayMs }) => dayMs >= startMs && dayMs < endMs);
  const quoted = choose.oneOf(true, false);
  const rows = own.map((one) => ({
    date__day: `${dayText(one.dayMs)}T00:00:00.000Z`,
    model: one.model,
    ...(dimensions.includes('provider') ? { provider: one.provider } : {}),
    ...Object.fromEntries(metrics.map((name) => [name, valueOf(one, name, quoted)])),
  }));
  const result = choose.shuffled(rows).slice(0, mostRows);
  const truncated = result.length < rows.length;
  const metadata = { query_time_ms: 42, row_count: result.length, truncated };
  return { body: { data: { data: result, metadata, cachedAt: 1 } } };
}

function valueOf(one: PlantedOpenrouterSpend, name: string, quoted: boolean): unknown {
  const [of = 'requests'] =
    Object.entries(NAMES).find(([, names]) => (names as readonly string[]).includes(name)) ?? [];
  const value = one[of as keyof typeof NAMES] ?? 0;
  const shown = of.endsWith('MicroUsd') || of === 'microUsd' ? value / 1e6 : value;
  return quoted ? String(shown) : shown;
}
