/**
 * OpenAI's administration API for tests, from its OpenAPI file: costs by day and usage by product
 * and day. Not specified there, so chosen by seed: the order of results, page sizes below the
 * limit, how amounts are written (the file says numbers, live answers are texts), whether days
 * without any result are listed, and which optional fields are present.
 */

import { DAY_MS, SECOND_MS } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  pageOfList,
  type EmulatedReply,
} from '../../support/emulator.ts';

export const KEY = 'sk-admin-0123456789abcdefghij';

export interface PlantedCost {
  readonly dayMs: number;
  readonly lineItem: string;
  readonly project?: string;
  /** Decimal dollars. */
  readonly usd: string;
  readonly quantity?: number;
  readonly unit?: string;
}

export interface PlantedUsage {
  readonly dayMs: number;
  readonly product: 'completions' | 'embeddings' | 'moderations';
  readonly model: string;
  readonly input: number;
  readonly cached?: number;
  readonly written?: number;
  readonly output?: number;
  readonly requests: number;
  readonly batch?: boolean;
  readonly tier?: string;
}

export interface PlantedOrganization {
  readonly costs: readonly PlantedCost[];
  readonly usage: readonly PlantedUsage[];
}

const problem = (message: string) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null },
});

export function openaiDocument({ costs, usage }: PlantedOrganization): EmulatedApi {
  const product =
    (name: PlantedUsage['product'], groups: readonly string[]) => (asked: EmulatedRequest) =>
      bucketsOf(asked, { most: 31, groups }, (dayMs) =>
        usageResults(
          usage.filter((one) => one.product === name && one.dayMs === dayMs),
          asked,
        ),
      );
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: (_status, words) => problem(words),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/organization/costs': (asked) =>
        bucketsOf(asked, { most: 180, groups: ['project_id', 'line_item'] }, (dayMs) =>
          costResults(
            costs.filter((one) => one.dayMs === dayMs),
            asked,
          ),
        ),
      '/organization/usage/completions': product('completions', [
        'project_id',
        'user_id',
        'api_key_id',
        'model',
        'batch',
        'service_tier',
      ]),
      '/organization/usage/embeddings': product('embeddings', ['project_id', 'model']),
      '/organization/usage/moderations': product('moderations', ['project_id', 'model']),
    },
  };
}

interface Rules {
  readonly most: number;
  readonly groups: readonly string[];
}

function bucketsOf(
  { query, choose }: EmulatedRequest,
  rules: Rules,
  resultsOf: (dayMs: number) => object[],
): EmulatedReply {
  const [start, end] = [query.get('start_time'), query.get('end_time')].map(Number);
  const limit = Number(query.get('limit') ?? '7');
  const groups = [...query.getAll('group_by'), ...query.getAll('group_by[]')];
  const isKnown = groups.every((group) => rules.groups.includes(group));
  if (!start || !end || start >= end) return { status: 400, body: problem('start_time') };
  if (query.get('bucket_width') !== '1d' || limit > rules.most || !isKnown) {
    return { status: 400, body: problem('bucket_width, limit or group_by') };
  }
  const listsEmpty = choose.oneOf(true, false);
  const days: { start: number; results: object[] }[] = [];
  for (let at = start; at < end; at += DAY_MS / SECOND_MS) {
    const results = resultsOf(at * SECOND_MS);
    if (results.length > 0 || listsEmpty) days.push({ start: at, results });
  }
  const options = { limit, cursor: query.get('page'), name: `${start} ${end}` };
  const page = pageOfList(days, options, choose);
  if (page === undefined) return { status: 400, body: problem('page') };
  return {
    body: {
      object: 'page',
      data: page.rows.map((day) => ({
        object: 'bucket',
        start_time: day.start,
        end_time: day.start + DAY_MS / SECOND_MS,
        results: choose.shuffled(day.results),
      })),
      has_more: page.next !== undefined,
      next_page: page.next ?? null,
    },
  };
}

const isGrouped = ({ query }: EmulatedRequest, by: string) =>
  [...query.getAll('group_by'), ...query.getAll('group_by[]')].includes(by);

function costResults(costs: readonly PlantedCost[], asked: EmulatedRequest): object[] {
  const { choose } = asked;
  return costs.map(({ lineItem, project = null, usd, quantity = null, unit = null }) => ({
    object: 'organization.costs.result',
    amount: { value: choose.oneOf<unknown>(usd, Number(usd)), currency: 'usd' },
    line_item: isGrouped(asked, 'line_item') ? lineItem : null,
    project_id: isGrouped(asked, 'project_id') ? project : null,
    organization_id: 'org-planted',
    ...(choose.oneOf(true, false) || quantity !== null ? { quantity, quantity_unit: unit } : {}),
  }));
}

function usageResults(usage: readonly PlantedUsage[], asked: EmulatedRequest): object[] {
  return usage.map((one) => ({
    object: `organization.usage.${one.product}.result`,
    input_tokens: one.input,
    ...cacheOf(one, asked.choose),
    ...(one.product === 'completions' ? { output_tokens: one.output ?? 0 } : {}),
    num_model_requests: one.requests,
    project_id: null,
    user_id: null,
    api_key_id: null,
    model: isGrouped(asked, 'model') ? one.model : null,
    batch: isGrouped(asked, 'batch') ? (one.batch ?? false) : null,
    service_tier: isGrouped(asked, 'service_tier') ? (one.tier ?? 'default') : null,
  }));
}

function cacheOf({ input, cached, written }: PlantedUsage, choose: SeededChoice) {
  if (cached === undefined) return {};
  const uncached = input - cached - (written ?? 0);
  return {
    input_cached_tokens: cached,
    ...(written === undefined ? {} : { input_cache_write_tokens: written }),
    ...(choose.oneOf(true, false) ? { input_uncached_tokens: uncached } : {}),
    input_audio_tokens: 0,
    output_audio_tokens: 0,
  };
}
