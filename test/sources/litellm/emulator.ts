/**
 * LiteLLM's proxy for tests, from its source: `GET /user/daily/activity` and `GET /spend/logs`. The
 * daily activity pages over rows of its table, one for each day, key, model and provider, so that a
 * day may be on two pages. Chosen by seed: which rows a page holds, the order of days, fields of
 * later versions, how a time is written, numbers of 64 bits as text.
 */

import { DAY_MS, dayText, parseInstant } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  emulateApi,
  type EmulatedReply,
} from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

export const KEY = 'sk-litellm-0123456789abcdef';

/** One request that went through the proxy. */
export interface PlantedRequest {
  readonly atMs: number;
  readonly lengthMs?: number;
  readonly model: string;
  readonly group?: string;
  readonly provider?: string;
  readonly apiBase?: string;
  readonly prompt: number;
  readonly output: number;
  readonly cached?: number;
  readonly failed?: true;
  readonly fromCache?: true;
  readonly session?: string;
  readonly team?: string;
  readonly key?: string;
  readonly endUser?: string;
  readonly tags?: readonly string[];
  /** The cost in dollars that LiteLLM computed. */
  readonly spend?: number;
  /** The group that was tried first, and failed. */
  readonly askedOf?: string;
}

export function litellmApi(planted: readonly PlantedRequest[], seed: string): Reply {
  return emulateApi(litellmDocument(planted), seed);
}

export function litellmDocument(planted: readonly PlantedRequest[]): EmulatedApi {
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: (status, message) => ({
      error: { message, type: 'auth_error', param: 'None', code: String(status) },
    }),
    busy: { status: 429, headers: { 'retry-after': '0' } },
    routes: {
      '/user/daily/activity': activityOf(planted),
      '/spend/logs': logOf(planted),
    },
  };
}

interface Row {
  readonly day: string;
  readonly model: string;
  readonly group: string;
  readonly provider: string;
  readonly team: string;
  readonly apiKey: string;
  readonly requests: readonly PlantedRequest[];
}

/** The rows of the daily table. */
function rowsOf(planted: readonly PlantedRequest[]): Row[] {
  const rows = new Map<string, PlantedRequest[]>();
  for (const request of planted) {
    const { atMs, model, group = model, provider = 'hosted_vllm' } = request;
    const { team = '', key: apiKey = '' } = request;
    const key = JSON.stringify([dayText(atMs), model, group, provider, team, apiKey]);
    rows.set(key, [...(rows.get(key) ?? []), request]);
  }
  return [...rows].map(([key, requests]) => {
    const [day = '', model = '', group = '', ...rest] = JSON.parse(key) as string[];
    const [provider = '', team = '', apiKey = ''] = rest;
    return { day, model, group, provider, team, apiKey, requests };
  });
}

const sum = (requests: readonly PlantedRequest[], of: (one: PlantedRequest) => number) =>
  requests.reduce((total, one) => total + of(one), 0);

function metricsOf(rows: readonly Row[], choose: SeededChoice): object {
  const all = rows.flatMap(({ requests }) => requests);
  const good = all.filter(({ failed }) => failed !== true);
  const number = (value: number) => choose.oneOf<number | string>(value, value, String(value));
  const [prompt, output] = [sum(good, (one) => one.prompt), sum(good, (one) => one.output)];
  return {
    spend: sum(good, ({ spend = 0 }) => spend),
    flat_cost: 0,
    prompt_tokens: number(prompt),
    completion_tokens: number(output),
    cache_read_input_tokens: sum(good, ({ cached = 0 }) => cached),
    cache_creation_input_tokens: 0,
    total_tokens: prompt + output,
    successful_requests: good.length,
    failed_requests: all.length - good.length,
    api_requests: all.length,
    ...choose.oneOf({}, { total_response_time_ms: 12, timed_requests: all.length }),
  };
}

type Named = 'model' | 'group' | 'provider';

function grouped(rows: readonly Row[], name: Named, choose: SeededChoice): object {
  const names = choose.shuffled([...new Set(rows.map((row) => row[name]))]);
  return Object.fromEntries(
    names.map((one) => {
      const own = rows.filter((row) => row[name] === one);
      const keys = keysOf(own, choose);
      return [one, { metrics: metricsOf(own, choose), metadata: {}, api_key_breakdown: keys }];
    }),
  );
}

/** Newer versions list every key of a model, and only of some of its names. */
function keysOf(rows: readonly Row[], choose: SeededChoice): object {
  const hashes = [...new Set(rows.map(({ team, apiKey }) => JSON.stringify([team, apiKey])))];
  return Object.fromEntries(
    hashes.map((hash, at) => {
      const [team = '', apiKey = ''] = JSON.parse(hash) as string[];
      const own = rows.filter((row) => row.team === team && row.apiKey === apiKey);
      const metadata = {
        key_alias: apiKey === '' ? null : apiKey,
        ...(team === '' ? choose.oneOf({}, { team_id: null }) : { team_id: team }),
        user_email: null,
        key_exists: true,
      };
      return [`88dc28${at}`, { metrics: metricsOf(own, choose), metadata }];
    }),
  );
}

const DAY = /^\d{4}-\d\d-\d\d$/;

function daysIn(query: URLSearchParams): readonly [string, string] | undefined {
  const [from = '', to = ''] = ['start_date', 'end_date'].map((name) => query.get(name) ?? '');
  return DAY.test(from) && DAY.test(to) ? [from, to] : undefined;
}

const BAD: EmulatedReply = {
  status: 400,
  body: { detail: { error: 'Please provide start_date and end_date' } },
};

function activityOf(planted: readonly PlantedRequest[]) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const days = daysIn(query);
    if (days === undefined) return BAD;
    const [from, to] = days;
    const rows = rowsOf(planted)
      .filter(({ day }) => day >= from && day <= to)
      .sort((a, b) => (a.day < b.day ? 1 : -1));
    const page = Number(query.get('page') ?? 1);
    const size = Math.min(Number(query.get('page_size') ?? 50), 2);
    const pages = Math.max(1, Math.ceil(rows.length / size));
    const own = rows.slice((page - 1) * size, page * size);
    const results = [...new Set(own.map(({ day }) => day))].map((day) => {
      const of = own.filter((row) => row.day === day);
      return {
        date: day,
        metrics: metricsOf(of, choose),
        breakdown: {
          models: grouped(of, 'model', choose),
          model_groups: grouped(of, 'group', choose),
          providers: grouped(of, 'provider', choose),
          api_keys: {},
          mcp_servers: {},
          entities: {},
        },
      };
    });
    const more = { has_more: page < pages };
    const numbered = { page, total_pages: pages };
    const metadata = {
      total_spend: 0,
      ...choose.oneOf<object>({ ...numbered, ...more }, more, numbered),
    };
    return { body: { results: choose.shuffled(results), metadata } };
  };
}

function logOf(planted: readonly PlantedRequest[]) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const days = daysIn(query);
    if (days === undefined) return BAD;
    if (query.get('summarize') !== 'false') return { body: [{ startTime: days[0], spend: 0 }] };
    const [fromMs = 0, toMs = 0] = days.map((day) => parseInstant(day) ?? Number.NaN);
    if (toMs - fromMs < DAY_MS) return { body: [] };
    const own = planted.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    return { body: own.toSorted((a, b) => b.atMs - a.atMs).map((one) => rowOf(one, choose)) };
  };
}

const time = (ms: number, choose: SeededChoice) => {
  const text = new Date(ms).toISOString();
  return choose.oneOf(text, text.replace('Z', '000Z'), text.replace('Z', '+00:00'));
};

/** With message contents, which must not be stored. */
export const PROMPT_TEXT = 'planted-words-of-a-prompt';

function rowOf(request: PlantedRequest, choose: SeededChoice): object {
  const { atMs, lengthMs = 900, model, group = model, provider = 'hosted_vllm' } = request;
  const { cached, prompt, output, failed = false, session, team = null } = request;
  const details = { prompt_tokens_details: { cached_tokens: cached ?? 0 } };
  return {
    request_id: `chatcmpl-${atMs}`,
    call_type: 'acompletion',
    api_key: '88dc28',
    spend: request.spend ?? choose.oneOf<number | null>(0, null),
    total_tokens: prompt + output,
    prompt_tokens: failed ? 0 : prompt,
    completion_tokens: failed ? 0 : output,
    startTime: time(atMs, choose),
    endTime: time(atMs + lengthMs, choose),
    model,
    model_id: 'ab12',
    model_group: group,
    custom_llm_provider: provider,
    api_base: request.apiBase ?? 'http://10.0.0.1:8000/v1',
    user: '',
    cache_hit: request.fromCache === true ? 'True' : choose.oneOf<unknown>('False', '', null),
    messages: choose.oneOf<object>({}, [{ role: 'user', content: PROMPT_TEXT }]),
    response: { choices: [{ message: { content: PROMPT_TEXT } }] },
    proxy_server_request: { body: { messages: [{ role: 'user', content: PROMPT_TEXT }] } },
    session_id: session ?? null,
    team_id: team,
    end_user: request.endUser ?? '',
    organization_id: null,
    request_tags: choose.oneOf<unknown>(request.tags ?? [], JSON.stringify(request.tags ?? [])),
    status: failed ? 'failure' : choose.oneOf<string | null>('success', null),
    metadata: {
      status: failed ? 'failure' : 'success',
      user_api_key_alias: request.key ?? null,
      user_api_key_team_alias: team === null ? null : `${team} (team)`,
      ...fallbackOf(request, group, choose),
      error_information: { error_message: PROMPT_TEXT },
      ...choose.oneOf(
        { usage_object: { prompt_tokens: prompt, ...details } },
        {
          additional_usage_values: { cache_read_input_tokens: cached ?? 0 },
        },
      ),
    },
  };
}

/** Since August 2026 for every request, before that for none. */
function fallbackOf({ askedOf }: PlantedRequest, group: string, choose: SeededChoice): object {
  if (askedOf !== undefined) return { attempted_fallbacks: 1, original_model_group: askedOf };
  return choose.oneOf({}, { attempted_fallbacks: 0, original_model_group: group });
}
