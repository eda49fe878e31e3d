/**
 * Portkey's analytics for tests, from its OpenAPI file: graphs of requests, errors and tokens with
 * their totals, filtered by comma separated values. The file does not specify the length of buckets
 * and their order, so the seed chooses them.
 */

import { DAY_MS, HOUR_MS, parseInstant } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type EmulatedApi,
  emulateApi,
  type EmulatedReply,
} from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

export const KEY = 'pk-admin-0123456789';

export interface PlantedCall {
  readonly atMs: number;
  /** `openai__gpt-5`. */
  readonly model: string;
  readonly tokens: number;
  readonly failed?: true;
}

export function portkeyApi(planted: readonly PlantedCall[], seed: string): Reply {
  return emulateApi(portkeyDocument(planted), seed);
}

export function portkeyDocument(planted: readonly PlantedCall[]): EmulatedApi {
  const failed = planted.filter((call) => call.failed === true);
  return {
    auth: { header: 'x-portkey-api-key', value: KEY, status: 401 },
    errorBody: (status, message) => ({ success: false, data: { message }, status }),
    routes: {
      '/analytics/graphs/requests': graphOf(planted, () => 1),
      '/analytics/graphs/errors': graphOf(failed, () => 1),
      '/analytics/graphs/tokens': graphOf(planted, ({ tokens }) => tokens),
    },
  };
}

function graphOf(planted: readonly PlantedCall[], valueOf: (call: PlantedCall) => number) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const [fromMs, toMs] = ['min', 'max'].map((end) =>
      parseInstant(query.get(`time_of_generation_${end}`) ?? ''),
    );
    if (fromMs === undefined || toMs === undefined) {
      return { status: 400, body: { success: false, data: { message: 'time is required' } } };
    }
    const models = query.get('ai_org_model')?.split(',');
    const own = planted.filter(
      ({ atMs, model }) => atMs >= fromMs && atMs <= toMs && (models?.includes(model) ?? true),
    );
    const bucketMs = choose.oneOf(HOUR_MS, 3 * HOUR_MS, DAY_MS);
    const starts = [...new Set(own.map(({ atMs }) => Math.floor(atMs / bucketMs) * bucketMs))];
    const sum = (calls: readonly PlantedCall[]) =>
      calls.reduce((total, call) => total + valueOf(call), 0);
    const points = starts.map((startMs) => {
      const inside = own.filter(({ atMs }) => atMs >= startMs && atMs < startMs + bucketMs);
      const total = sum(inside);
      const avg = Math.round(total / inside.length);
      return { timestamp: new Date(startMs).toISOString(), total, avg };
    });
    const total = sum(own);
    const summary = { total, avg: own.length === 0 ? 0 : Math.round(total / own.length) };
    return { body: { summary, data_points: choose.shuffled(points), object: 'analytics-graph' } };
  };
}
