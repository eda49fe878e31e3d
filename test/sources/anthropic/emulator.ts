/**
 * Anthropic's usage and cost API for tests, from its reference: buckets of a day, amounts as
 * decimal texts in cents, pages by a cursor that expires. Not specified there, so chosen by seed:
 * the order of results, page sizes below the limit, whether days without any result are listed, and
 * which fields of a result are null.
 */

import { DAY_MS, dayStartMs, instantText } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type EmulatedApi,
  pageOfList,
  type EmulatedReply,
} from '../../support/emulator.ts';

export const KEY = 'sk-ant-admin01-0123456789abcdef';

export interface PlantedCost {
  readonly dayMs: number;
  /** Decimal cents. */
  readonly cents: string;
  readonly model?: string;
  readonly tokenType?: string;
  readonly description: string;
  readonly costType?: string;
  readonly workspace?: string;
}

export interface PlantedUsage {
  readonly dayMs: number;
  readonly model: string;
  readonly uncached: number;
  readonly read: number;
  readonly written5m: number;
  readonly written1h: number;
  readonly output: number;
  readonly tier?: string;
}

export interface PlantedOrganization {
  readonly costs: readonly PlantedCost[];
  readonly usage: readonly PlantedUsage[];
  /** True where expired cursors are answered with 410. */
  readonly isStale?: boolean;
}

const problem = (message: string) => ({
  type: 'error',
  error: { type: 'invalid_request_error', message },
  request_id: 'req_planted',
});

export function anthropicDocument(planted: PlantedOrganization): EmulatedApi {
  const { costs, usage, isStale = false } = planted;
  return {
    auth: { header: 'x-api-key', value: KEY, status: 401 },
    errorBody: (_status, words) => problem(words),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/v1/organizations/cost_report': (asked) =>
        bucketsOf(asked, { isStale, groups: ['workspace_id', 'description'] }, (dayMs) =>
          costs.filter((one) => one.dayMs === dayMs).map((one) => costResult(one, asked)),
        ),
      '/v1/organizations/usage_report/messages': (asked) =>
        bucketsOf(asked, { isStale, groups: USAGE_GROUPS }, (dayMs) =>
          usage.filter((one) => one.dayMs === dayMs).map((one) => usageResult(one, asked)),
        ),
    },
  };
}

const USAGE_GROUPS = [
  'api_key_id',
  'workspace_id',
  'model',
  'service_tier',
  'context_window',
  'inference_geo',
];

interface Rules {
  readonly isStale: boolean;
  readonly groups: readonly string[];
}

function bucketsOf(
  { query, choose }: EmulatedRequest,
  { isStale, groups }: Rules,
  resultsOf: (dayMs: number) => object[],
): EmulatedReply {
  const start = dayStartMs(Date.parse(query.get('starting_at') ?? ''));
  const end = Date.parse(query.get('ending_at') ?? '');
  const limit = Number(query.get('limit') ?? '7');
  const isKnown = query.getAll('group_by[]').every((group) => groups.includes(group));
  if (!(start < end) || query.get('bucket_width') !== '1d' || limit > 31 || !isKnown) {
    return { status: 400, body: problem('starting_at, bucket_width, limit or group_by[]') };
  }
  const cursor = query.get('page');
  if (isStale && cursor !== null) return { status: 410, body: problem('the page has expired') };
  const listsEmpty = choose.oneOf(true, false);
  const days: { dayMs: number; results: object[] }[] = [];
  for (let dayMs = start; dayMs < end; dayMs += DAY_MS) {
    const results = resultsOf(dayMs);
    if (results.length > 0 || listsEmpty) days.push({ dayMs, results });
  }
  const most = isStale ? Math.min(limit, 5) : limit;
  const page = pageOfList(days, { limit: most, cursor, name: `${start} ${end}` }, choose);
  if (page === undefined) return { status: 400, body: problem('page') };
  return {
    body: {
      data: page.rows.map(({ dayMs, results }) => ({
        starting_at: instantText(dayMs),
        ending_at: instantText(dayMs + DAY_MS),
        results: choose.shuffled(results),
      })),
      has_more: page.next !== undefined,
      next_page: page.next ?? null,
    },
  };
}

function costResult(cost: PlantedCost, { query }: EmulatedRequest): object {
  const groups = query.getAll('group_by[]');
  const isDescribed = groups.includes('description');
  const { model, tokenType, costType = 'tokens' } = cost;
  return {
    amount: cost.cents,
    currency: 'USD',
    cost_type: isDescribed ? costType : null,
    description: isDescribed ? cost.description : null,
    model: isDescribed ? (model ?? null) : null,
    token_type: isDescribed ? (tokenType ?? null) : null,
    service_tier: isDescribed && model !== undefined ? 'standard' : null,
    context_window: isDescribed && model !== undefined ? '0-200k' : null,
    inference_geo: null,
    workspace_id: groups.includes('workspace_id') ? (cost.workspace ?? null) : null,
  };
}

function usageResult(usage: PlantedUsage, { query, choose }: EmulatedRequest): object {
  const groups = query.getAll('group_by[]');
  return {
    uncached_input_tokens: usage.uncached,
    cache_creation: {
      ephemeral_1h_input_tokens: usage.written1h,
      ephemeral_5m_input_tokens: usage.written5m,
    },
    cache_read_input_tokens: usage.read,
    output_tokens: usage.output,
    ...(choose.oneOf(true, false) ? { server_tool_use: { web_search_requests: 0 } } : {}),
    api_key_id: null,
    workspace_id: null,
    model: groups.includes('model') ? usage.model : null,
    service_tier: groups.includes('service_tier') ? (usage.tier ?? 'standard') : null,
    context_window: null,
    inference_geo: null,
  };
}
