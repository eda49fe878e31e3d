/** Tests the requests to Portkey, and how its totals are read. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { portkeyKind } from '../../../src/sources/registry.ts';
import '../../support/laws.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import {
  countsIn,
  failuresIn,
  pullFromReply,
  rejectsIn,
  usageIn,
} from '../../support/pulledFrom.ts';
import { KEY, portkeyApi } from './emulator.ts';
import { MODEL, PLANTED, START_MS, WINDOW } from './subject.ts';

const OPTIONS = { apiKey: createSecret('${PORTKEY_API_KEY}', () => KEY) };
const CHAT = { deployment: 'chat', engine: 'gateway', match: { ai_org_model: MODEL } };
const REQUEST = { window: WINDOW, usage: [CHAT], models: [] };

const pull = (reply: Reply, changes: Partial<Parameters<typeof pullFromReply>[2]> = {}) =>
  pullFromReply(portkeyKind, reply, { options: OPTIONS, request: REQUEST, ...changes });

test('a day is a count of requests with all their tokens, and no row of usage', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (seed) => {
      const { all } = await pull(portkeyApi(PLANTED, seed));
      expect(usageIn(all)).toEqual([]);
      expect(countsIn(all)).toEqual([
        {
          sourceId: 'main',
          deployment: 'chat',
          period: WINDOW,
          answered: 2,
          failed: 1,
          tokens: 1_500,
        },
      ]);
    }),
    { numRuns: 15 },
  );
});

test('both ends of the requested time are in the day', async () => {
  const { requests } = await pull(portkeyApi(PLANTED, 'calm'));
  expect(requests.map(({ path }) => path)).toEqual(
    ['requests', 'errors', 'tokens'].map((graph) => `/analytics/graphs/${graph}`),
  );
  expect(requests[0]?.query.toString()).toBe(
    new URLSearchParams({
      ai_org_model: MODEL,
      time_of_generation_min: '2026-05-12T00:00:00Z',
      time_of_generation_max: '2026-05-12T23:59:59Z',
    }).toString(),
  );
});

test('a day without a request, or one that is not over, is not reported', async () => {
  expect(countsIn((await pull(portkeyApi([], 'calm'))).all)).toEqual([]);
  const nowMs = START_MS + 23 * HOUR_MS;
  const { all, requests } = await pull(portkeyApi(PLANTED, 'calm'), { nowMs });
  expect([all, requests]).toEqual([[], []]);
});

const POINT = { timestamp: '2026-05-12T00:00:00Z', total: 5, avg: 5 };

test.each([
  ['points that do not come to their total', [POINT], 6],
  ['a point of another year', [{ ...POINT, timestamp: '2025-05-12T00:00:00Z' }], 5],
])('%s are not a valid answer', async (_, points, total) => {
  const { all } = await pull(json({ summary: { total, avg: 1 }, data_points: points }));
  expect(failuresIn(all)[0]).toMatchObject({ code: 'malformed' });
  expect(countsIn(all)).toEqual([]);
});

test('a point that cannot be read is a reject, and its day is not reported', async () => {
  const points = [POINT, { ...POINT, total: 'plenty' }];
  const { all } = await pull(json({ summary: { total: 5, avg: 1 }, data_points: points }));
  expect(rejectsIn(all)).toHaveLength(3);
  expect(countsIn(all)).toEqual([]);
});

test("a deployment without a filter would be the whole organization's traffic", async () => {
  const usage = [{ ...CHAT, match: {} }];
  const window = { startMs: START_MS, endMs: START_MS + 2 * DAY_MS };
  const { all } = await pull(portkeyApi(PLANTED, 'calm'), {
    request: { ...REQUEST, usage, window },
  });
  expect(failuresIn(all)).toMatchObject([{ code: 'config' }]);
});

test('a plan or a key without analytics gives a hint at what it needs', async () => {
  const { all } = await pull(json({ success: false, data: { message: 'no' } }, 403));
  expect(failuresIn(all)[0]?.message).toContain('analytics.view');
});
