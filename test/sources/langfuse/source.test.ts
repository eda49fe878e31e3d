/** Tests the requests to Langfuse, and how its metrics become usage. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { langfuseKind } from '../../../src/sources/registry.ts';
import '../../support/laws.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import {
  countsIn,
  failuresIn,
  partsIn,
  pullFromReply,
  rejectsIn,
  usageIn,
  warningsIn,
} from '../../support/pulledFrom.ts';
import { langfuseApi, type PlantedCall, PUBLIC_KEY, SECRET_KEY } from './emulator.ts';
import { MODEL, PLANTED, START_MS, WINDOW } from './subject.ts';

const OPTIONS = {
  publicKey: PUBLIC_KEY,
  secretKey: createSecret('${LANGFUSE_SECRET_KEY}', () => SECRET_KEY),
};
const CHAT = { deployment: 'chat', engine: 'vllm', match: { model: 'llama-*' } };
const REQUEST = { window: WINDOW, usage: [CHAT], models: [] };

const pull = (reply: Reply, changes: Partial<Parameters<typeof pullFromReply>[2]> = {}) =>
  pullFromReply(langfuseKind, reply, { options: OPTIONS, request: REQUEST, ...changes });

const hour = (number: number) => {
  const startMs = START_MS + number * HOUR_MS;
  return { sourceId: 'main', deployment: 'chat', period: { startMs, endMs: startMs + HOUR_MS } };
};

test('hours of a model are rows of usage; spans around calls are not calls', async () => {
  const { all } = await pull(langfuseApi(PLANTED, 'calm'));
  expect(failuresIn(all)).toEqual([]);
  expect(usageIn(all)).toEqual([
    { ...hour(0), uncachedPromptTokens: 1_500, outputTokens: 150, requests: 2 },
    { ...hour(1), uncachedPromptTokens: 0, outputTokens: 0, requests: 0 },
    { ...hour(2), uncachedPromptTokens: 500, outputTokens: 50, requests: 1 },
    // Others were called in this hour, and ours was not.
    { ...hour(3), uncachedPromptTokens: 0, outputTokens: 0, requests: 0 },
  ]);
  expect(countsIn(all)[0]).toEqual({ ...hour(0), answered: 2, failed: 1 });
  expect(warningsIn(all)).toEqual(['No deployment matches these models: gpt-5 (1 request).']);
});

test('for every seed the tokens are those of its calls', async () => {
  const call = fc.record({
    atMs: fc.integer({ min: WINDOW.startMs, max: WINDOW.endMs - 1 }),
    model: fc.constantFrom(MODEL, 'gpt-5', null),
    input: fc.nat(9_000),
    output: fc.nat(900),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 20 }), fc.string(), async (calls, seed) => {
      const { all } = await pull(langfuseApi(calls, seed));
      const ours = calls.filter(({ model }) => model === MODEL);
      const total = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0);
      const rows = usageIn(all);
      expect(total(rows.map((row) => row.uncachedPromptTokens))).toBe(
        total(ours.map(({ input }) => input)),
      );
      expect(total(rows.map(({ requests = 0 }) => requests))).toBe(ours.length);
    }),
    { numRuns: 30 },
  );
});

test('an answer as long as its limit may be cut, and is requested in halves', async () => {
  const models = Array.from({ length: 300 }, (_, at) => `llama-${at}`);
  const calls: PlantedCall[] = models.flatMap((model) =>
    [0, 1, 2, 3].map((at) => ({ atMs: START_MS + at * HOUR_MS, model, input: 10, output: 1 })),
  );
  const { all, requests } = await pull(langfuseApi(calls, 'calm'));
  expect(usageIn(all).map(({ uncachedPromptTokens }) => uncachedPromptTokens)).toEqual([
    3_000, 3_000, 3_000, 3_000,
  ]);
  expect(requests.length).toBeGreaterThan(1);
  const busy = Array.from({ length: 1_200 }, (_, at) => `llama-${at}`);
  const one = busy.map((model) => ({ atMs: START_MS, model, input: 10, output: 1 }));
  const { all: never } = await pull(langfuseApi(one, 'calm'));
  expect(failuresIn(never)).toMatchObject([{ code: 'too-large' }]);
  expect(usageIn(never)).toEqual([]);
});

test('a quarter of hours takes 13 requests, of the 100 that a free plan has a day', async () => {
  const window = { startMs: Date.UTC(2026, 3, 1), endMs: Date.UTC(2026, 6, 1) };
  const { requests } = await pull(langfuseApi([], 'quiet'), { request: { ...REQUEST, window } });
  const asked = new Set(requests.map(({ query }) => query.get('query')));
  expect(asked.size).toBe(13);
});

test('a match by environment is requested as a dimension', async () => {
  const planted = PLANTED.map((call) => ({ ...call, environment: 'production' }));
  const test = { ...PLANTED[0], environment: 'test' } as PlantedCall;
  const usage = [{ ...CHAT, match: { model: MODEL, environment: 'prod*' } }];
  const request = { ...REQUEST, usage };
  const { all } = await pull(langfuseApi([...planted, test], 'calm'), { request });
  expect(usageIn(all)[0]).toMatchObject({ uncachedPromptTokens: 1_500, requests: 2 });
});

test('teams are reported by hour, by the dimension that config names', async () => {
  const planted = PLANTED.map((call, at) => ({ ...call, environment: `team-${at % 2}` }));
  const usage = [{ ...CHAT, teamLabel: 'environment' }];
  for (const seed of ['a', 'b', 'c']) {
    const { all } = await pull(langfuseApi(planted, seed), { request: { ...REQUEST, usage } });
    const parts = partsIn(all);
    expect(new Set(parts.map(({ team }) => team))).toEqual(new Set(['team-0', 'team-1']));
    for (const row of usageIn(all)) {
      const own = parts.filter(({ period }) => period.startMs === row.period.startMs);
      const sum = own.reduce((total, { uncachedPromptTokens: one }) => total + one, 0);
      expect(sum).toBe(row.uncachedPromptTokens);
    }
  }
  const tags = [{ ...CHAT, tenantLabel: 'tags' }];
  const { all } = await pull(langfuseApi(PLANTED, 'a'), { request: { ...REQUEST, usage: tags } });
  expect(failuresIn(all)[0]?.message).toContain('uses "tags", which its source does not have');
});

test('an hour that is not over is not reported, and by day neither is the day', async () => {
  const nowMs = START_MS + 2 * HOUR_MS + MINUTE_MS;
  const { all } = await pull(langfuseApi(PLANTED, 'calm'), { nowMs });
  expect(usageIn(all)).toHaveLength(2);
  const options = { ...OPTIONS, granularity: 'day' };
  const { all: days } = await pull(langfuseApi(PLANTED, 'calm'), { options });
  const startMs = Date.UTC(2026, 4, 12);
  expect(usageIn(days)).toEqual([
    {
      sourceId: 'main',
      deployment: 'chat',
      period: { startMs, endMs: startMs + DAY_MS },
      uncachedPromptTokens: 2_000,
      outputTokens: 200,
      requests: 3,
    },
  ]);
});

describe('an unreliable answer gives no facts', () => {
  const row = {
    time_dimension: '2026-05-12T08:00:00Z',
    providedModelName: MODEL,
    sum_inputTokens: 5,
    sum_outputTokens: 1,
    count_count: 1,
  };

  test.each([
    ['calls without tokens', [{ ...row, sum_inputTokens: null }], 'calls without token counts'],
    ['a duplicate row', [row, row], 'duplicate row'],
  ])('%s', async (_, data, says) => {
    const { all } = await pull(json({ data }));
    expect(failuresIn(all)[0]).toMatchObject({ code: 'malformed' });
    expect(failuresIn(all)[0]?.message).toContain(says);
    expect(usageIn(all)).toEqual([]);
  });

  test.each([
    [
      'another time',
      { ...row, time_dimension: '2025-05-12T08:00:00Z' },
      'outside the requested period',
    ],
    ['a negative sum', { ...row, sum_inputTokens: -5 }, 'a whole number'],
  ])('%s', async (_, odd, says) => {
    const { all } = await pull(json({ data: [row, odd] }));
    expect(rejectsIn(all).join()).toContain(says);
    expect(usageIn(all)).toEqual([]);
  });

  test('an older server reports where the API is', async () => {
    const { all } = await pull(json({ message: 'no such route' }, 404));
    expect(failuresIn(all)[0]?.message).toContain('from version 4 on');
  });
});
