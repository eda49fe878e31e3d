/**
 * Langfuse's Metrics API v2 for tests, from its API definition and documentation: a query as JSON,
 * one row for each bucket and value of the dimensions, cut at `row_limit` without notice. Chosen by
 * seed: the order of rows, sums as numbers or text, how a time is written, whether empty buckets
 * are listed.
 */

import { DAY_MS, HOUR_MS, parseInstant } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  emulateApi,
  type EmulatedReply,
} from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

export const PUBLIC_KEY = 'pk-lf-1234';
export const SECRET_KEY = 'sk-lf-0123456789abcdef';

/** An observation. */
export interface PlantedCall {
  readonly atMs: number;
  readonly model: string | null;
  readonly input: number | null;
  readonly output: number | null;
  readonly type?: 'GENERATION' | 'SPAN';
  readonly level?: 'DEFAULT' | 'ERROR' | 'WARNING';
  readonly environment?: string;
}

export function langfuseApi(planted: readonly PlantedCall[], seed: string): Reply {
  return emulateApi(langfuseDocument(planted), seed);
}

export const PAIR = Buffer.from(`${PUBLIC_KEY}:${SECRET_KEY}`).toString('base64');

export function langfuseDocument(planted: readonly PlantedCall[]): EmulatedApi {
  return {
    auth: { header: 'authorization', value: `Basic ${PAIR}`, status: 401 },
    errorBody: (status, message) => ({ message, error: `Error${status}` }),
    busy: { status: 429, headers: { 'retry-after': '0' } },
    routes: { '/api/public/v2/metrics': metricsOf(planted) },
  };
}

interface MetricsQuery {
  readonly view: string;
  readonly dimensions: readonly { readonly field: string }[];
  readonly filters: readonly { readonly column: string; readonly value: readonly string[] }[];
  readonly timeDimension: { readonly granularity: 'hour' | 'day' };
  readonly fromTimestamp: string;
  readonly toTimestamp: string;
  readonly config?: { readonly row_limit?: number };
}

function metricsOf(planted: readonly PlantedCall[]) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const asked = JSON.parse(query.get('query') ?? '{}') as MetricsQuery;
    const [fromMs, toMs] = [asked.fromTimestamp, asked.toTimestamp].map(parseInstant);
    const isAsked = fromMs !== undefined && toMs !== undefined && fromMs < toMs;
    if (asked.view !== 'observations' || !isAsked) {
      return { status: 400, body: { message: 'Invalid query', error: 'InvalidRequestError' } };
    }
    const bucketMs = { hour: HOUR_MS, day: DAY_MS }[asked.timeDimension.granularity];
    const types = asked.filters.flatMap(({ column, value }) => (column === 'type' ? value : []));
    const calls = planted.filter(
      ({ atMs, type = 'GENERATION' }) => atMs >= fromMs && atMs < toMs && types.includes(type),
    );
    const rows = new Map<string, PlantedCall[]>();
    for (const call of calls) {
      const names = asked.dimensions.map(({ field }) => nameOf(call, field));
      const key = JSON.stringify([Math.floor(call.atMs / bucketMs) * bucketMs, ...names]);
      rows.set(key, [...(rows.get(key) ?? []), call]);
    }
    const result = [...rows].map(([key, own]) => rowOf(key, { own, asked, choose }));
    const empty = { time_dimension: timeText(fromMs, choose), providedModelName: null };
    const none = { ...empty, sum_inputTokens: null, sum_outputTokens: null, count_count: 0 };
    const filled = result.length === 0 ? [none] : [...result, ...(result.length > 3 ? [none] : [])];
    const all = choose.shuffled(choose.oneOf(result, filled));
    return { body: { data: all.slice(0, asked.config?.row_limit ?? 100) } };
  };
}

function nameOf(call: PlantedCall, field: string): string | null {
  if (field === 'providedModelName') return call.model;
  if (field === 'level') return call.level ?? 'DEFAULT';
  return field === 'environment' ? (call.environment ?? 'default') : null;
}

const timeText = (ms: number, choose: SeededChoice) => {
  const text = new Date(ms).toISOString();
  return choose.oneOf(text, text.slice(0, 19).replace('T', ' '));
};

interface About {
  readonly own: readonly PlantedCall[];
  readonly asked: MetricsQuery;
  readonly choose: SeededChoice;
}

function rowOf(key: string, { own, asked, choose }: About): object {
  const [startMs, ...names] = JSON.parse(key) as [number, ...(string | null)[]];
  const sum = (of: (call: PlantedCall) => number | null) => {
    const all = own.map(of).filter((value) => value !== null);
    const total = all.reduce((a, b) => a + b, 0);
    return all.length === 0 ? null : choose.oneOf<number | string>(total, String(total));
  };
  return {
    time_dimension: timeText(startMs, choose),
    ...Object.fromEntries(asked.dimensions.map(({ field }, at) => [field, names[at]])),
    sum_inputTokens: sum(({ input }) => input),
    sum_outputTokens: sum(({ output }) => output),
    count_count: choose.oneOf<number | string>(own.length, String(own.length)),
  };
}
