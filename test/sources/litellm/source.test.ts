/** Tests the requests to LiteLLM, and how its requests become usage. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { litellmKind } from '../../../src/sources/registry.ts';
import { yieldedText } from '../../contract/source.ts';
import '../../support/laws.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import {
  countsIn,
  failuresIn,
  pullFromReply,
  rejectsIn,
  usageIn,
  warningsIn,
} from '../../support/pulledFrom.ts';
import { KEY, litellmApi, type PlantedRequest, PROMPT_TEXT } from './emulator.ts';
import { HOSTED, OURS, PLANTED, START_MS, WINDOW } from './subject.ts';

const OPTIONS = { apiKey: createSecret('${LITELLM_API_KEY}', () => KEY) };
const CHAT = { deployment: 'chat', engine: 'vllm', match: { model: 'hosted_vllm/*' } };
const REQUEST = { window: WINDOW, usage: [CHAT], models: [] };

const pull = (reply: Reply, changes: Partial<Parameters<typeof pullFromReply>[2]> = {}) =>
  pullFromReply(litellmKind, reply, { options: OPTIONS, request: REQUEST, ...changes });

const byRequest = (reply: Reply, request: object = REQUEST) =>
  pull(reply, { options: { ...OPTIONS, detail: 'request' }, request: { ...REQUEST, ...request } });

const DAY = { sourceId: 'main', deployment: 'chat', period: WINDOW };

describe('by day', () => {
  test('a day of a deployment is a row of usage, its failures a count beside it', async () => {
    const { all, requests } = await pull(litellmApi(PLANTED, 'calm'));
    expect(failuresIn(all)).toEqual([]);
    expect(usageIn(all)).toEqual([
      { ...DAY, uncachedPromptTokens: 3_500, outputTokens: 350, requests: 3 },
    ]);
    expect(countsIn(all)).toEqual([{ ...DAY, answered: 3, failed: 1 }]);
    const asked = requests.map(
      ({ query }) => query.get('start_date') + ' ' + query.get('end_date'),
    );
    expect(new Set(asked)).toEqual(new Set(['2026-05-12 2026-05-12']));
  });

  test('a day that is on several pages is summed, for every seed', async () => {
    const two = { window: { startMs: START_MS, endMs: START_MS + 2 * DAY_MS } };
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), async (seed) => {
        const { all } = await pull(litellmApi(PLANTED, seed), { request: { ...REQUEST, ...two } });
        expect(
          usageIn(all)
            .map(({ uncachedPromptTokens }) => uncachedPromptTokens)
            .toSorted((a, b) => a - b),
        ).toEqual([7, 3_500]);
      }),
      { numRuns: 20 },
    );
  });

  test("cached tokens of 0 are unknown, because LiteLLM does not record vLLM's", async () => {
    const hit = { ...OURS, atMs: START_MS, prompt: 100, output: 1, cached: 60 };
    const { all: none } = await pull(litellmApi(PLANTED, 'calm'));
    expect(usageIn(none)[0]).not.toHaveProperty('cachedPromptTokens');
    const { all } = await pull(litellmApi([hit], 'calm'));
    expect(usageIn(all)).toEqual([
      { ...DAY, uncachedPromptTokens: 40, cachedPromptTokens: 60, outputTokens: 1, requests: 1 },
    ]);
  });

  test('a day with requests only to others is empty, a day without any is unknown', async () => {
    const others = [{ ...HOSTED, atMs: START_MS, prompt: 9, output: 9 }];
    const { all } = await pull(litellmApi(others, 'calm'));
    expect(usageIn(all)).toEqual([
      { ...DAY, uncachedPromptTokens: 0, outputTokens: 0, requests: 0 },
    ]);
    expect(warningsIn(all)).toEqual([
      'No deployment matches these models: together_ai/llama-3.3-70b (1 request).',
    ]);
    expect(usageIn((await pull(litellmApi([], 'calm'))).all)).toEqual([]);
  });

  test('a day that is not over is not reported', async () => {
    const nowMs = START_MS + 23 * HOUR_MS;
    const { all } = await pull(litellmApi(PLANTED, 'calm'), { nowMs });
    expect(usageIn(all)).toEqual([]);
  });

  test.each([
    ['without a match', [{ ...CHAT, match: {} }], 'chat has no match'],
    ['by an address', [{ ...CHAT, match: { api_base: 'http://a' } }], 'chat matches by "api_base"'],
    [
      'by model and by group',
      [CHAT, { ...CHAT, deployment: 'b', match: { model_group: 'x' } }],
      'by model or by model group, not by both',
    ],
  ])('deployments %s cannot be distinguished by days', async (_, usage, says) => {
    const { all, requests } = await pull(litellmApi(PLANTED, 'calm'), {
      request: { ...REQUEST, usage },
    });
    expect(failuresIn(all)).toMatchObject([{ code: 'config' }]);
    expect(failuresIn(all)[0]?.message).toContain(says);
    expect(requests).toEqual([]);
  });

  test('requests that two deployments match count for neither', async () => {
    const usage = [CHAT, { ...CHAT, deployment: 'twin', match: { model: '*llama*' } }];
    const { all } = await pull(litellmApi(PLANTED, 'calm'), { request: { ...REQUEST, usage } });
    expect(failuresIn(all)).toMatchObject([{ code: 'config' }]);
    expect(usageIn(all)).toEqual([]);
  });

  test('requests without their tokens are no requests without tokens', async () => {
    const day = { date: '2026-05-12', breakdown: { models: { [OURS.model]: { metrics: {} } } } };
    const { all } = await pull(json({ results: [day], metadata: {} }));
    expect(failuresIn(all)).toMatchObject([{ code: 'malformed' }]);
    expect(usageIn(all)).toEqual([]);
  });
});

describe('by request', () => {
  const five = (minute: number) => {
    const startMs = START_MS + 10 * HOUR_MS + minute * MINUTE_MS;
    return { startMs, endMs: startMs + 5 * MINUTE_MS };
  };

  test('requests become intervals of five minutes, and a gap between them is zero', async () => {
    const { all, requests } = await byRequest(litellmApi(PLANTED, 'calm'));
    expect(requests[0]?.query.toString()).toBe(
      'summarize=false&start_date=2026-05-12&end_date=2026-05-13',
    );
    const rows = usageIn(all);
    expect(rows).toHaveLength(13);
    const tokens = { uncachedPromptTokens: 3_000, outputTokens: 300, requests: 2 };
    expect(rows[0]).toEqual({ ...DAY, period: five(0), ...tokens });
    expect(rows[1]).toMatchObject({ period: five(5), uncachedPromptTokens: 0, requests: 0 });
    expect(rows[12]).toMatchObject({ period: five(60), uncachedPromptTokens: 500, requests: 1 });
  });

  test('the next day’s first moment is reported there, not here', async () => {
    const { all } = await byRequest(litellmApi(PLANTED, 'calm'));
    expect(usageIn(all).at(-1)?.period).toEqual(five(60));
    const both = { window: { startMs: START_MS, endMs: START_MS + 2 * DAY_MS } };
    const { all: two } = await byRequest(litellmApi(PLANTED, 'calm'), both);
    expect(usageIn(two).at(-1)).toMatchObject({ uncachedPromptTokens: 7, requests: 1 });
  });

  test('a failure that a hosted API answered in the same session is an escalation', async () => {
    const { all } = await byRequest(litellmApi(PLANTED, 'calm'));
    expect(countsIn(all).filter(({ answered, failed }) => answered + (failed ?? 0) > 0)).toEqual([
      { ...DAY, period: five(0), answered: 2, failed: 0, escalated: 0 },
      { ...DAY, period: five(5), answered: 0, failed: 1, escalated: 1 },
      { ...DAY, period: five(60), answered: 1, failed: 0, escalated: 0 },
    ]);
  });

  test('without sessions escalations are unknown', async () => {
    const planted = PLANTED.map(({ session: _session, ...one }) => one);
    const { all } = await byRequest(litellmApi(planted, 'calm'));
    for (const count of countsIn(all)) expect(count).not.toHaveProperty('escalated');
  });

  test('what LiteLLM answered from its own cache never reached the engine', async () => {
    const cached: PlantedRequest = {
      ...OURS,
      atMs: START_MS,
      prompt: 9,
      output: 9,
      fromCache: true,
    };
    const { all } = await byRequest(litellmApi([...PLANTED, cached], 'calm'));
    const prompts = usageIn(all).map(({ uncachedPromptTokens }) => uncachedPromptTokens);
    expect(prompts.reduce((sum, one) => sum + one, 0)).toBe(3_500);
    expect(warningsIn(all)).toContain("1 request served from LiteLLM's cache is not counted.");
  });

  test('a group with a hosted member is reported: its answers were not served here', async () => {
    const hosted = { ...HOSTED, group: OURS.group, atMs: START_MS, prompt: 1, output: 1 };
    const usage = [{ ...CHAT, match: { model_group: OURS.group } }];
    const { all } = await byRequest(litellmApi([...PLANTED, hosted], 'calm'), { usage });
    expect(warningsIn(all).join()).toContain('several providers: hosted_vllm and together_ai.');
  });

  test('no text of a prompt or an answer is stored', async () => {
    for (const seed of ['a', 'b', 'c']) {
      const { all } = await byRequest(litellmApi(PLANTED, seed));
      expect(yieldedText(all)).toContain('hosted_vllm/llama-3.3-70b');
      expect(yieldedText(all)).not.toContain(PROMPT_TEXT);
    }
  });

  test('a request without a time takes its day with it: its interval is unknown', async () => {
    const row = { startTime: '2026-05-12T01:00:00Z', model: OURS.model, status: 'success' };
    const rows = [row, { ...row, prompt_tokens: 5, completion_tokens: 1 }, { model: 'x' }];
    const { all } = await byRequest(json(rows));
    expect(rejectsIn(all)).toHaveLength(2);
    expect(rejectsIn(all)[0]).toContain('it has no token counts');
    expect(usageIn(all)).toEqual([]);
    expect(warningsIn(all)).toContain(
      'Some requests have an unreadable time, so nothing of their day was used.',
    );
  });

  test('an interval with a request that cannot be read is unknown, others are not', async () => {
    const row = { startTime: '2026-05-12T01:00:00Z', model: OURS.model };
    const good = { ...row, prompt_tokens: 5, completion_tokens: 1 };
    const rows = [row, good, { ...good, startTime: '2026-05-12T01:07:00Z' }];
    const { all } = await byRequest(json(rows));
    expect(rejectsIn(all)).toEqual(['record 0: it has no token counts']);
    const startMs = START_MS + HOUR_MS + 5 * MINUTE_MS;
    expect(usageIn(all)).toMatchObject([{ period: { startMs }, uncachedPromptTokens: 5 }]);
  });

  test('a request that is listed twice is counted once', async () => {
    const row = { startTime: '2026-05-12T01:00:00Z', model: OURS.model, request_id: 'r' };
    const result = { ...row, prompt_tokens: 5, completion_tokens: 1 };
    const { all } = await byRequest(json([result, result, { ...result, request_id: 's' }]));
    expect(usageIn(all)).toMatchObject([{ uncachedPromptTokens: 10, requests: 2 }]);
  });

  test('a summary in place of a log is refused', async () => {
    const { all } = await byRequest(json({ data: [], total: 0 }));
    expect(failuresIn(all)).toMatchObject([{ code: 'malformed' }]);
  });

  test('by days and by requests the tokens are the same, for every seed', async () => {
    const one = fc.record({
      atMs: fc.integer({ min: START_MS, max: START_MS + DAY_MS - 1 }),
      model: fc.constantFrom(OURS.model, HOSTED.model),
      prompt: fc.nat(5_000),
      output: fc.nat(500),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 1, maxLength: 12 }),
        fc.string(),
        async (all, seed) => {
          const sums = await Promise.all(
            [pull(litellmApi(all, seed)), byRequest(litellmApi(all, seed))].map(async (pulled) => {
              const rows = usageIn((await pulled).all);
              const of = (name: 'uncachedPromptTokens' | 'outputTokens' | 'requests') =>
                rows.reduce((sum, row) => sum + (row[name] ?? 0), 0);
              return [of('uncachedPromptTokens'), of('outputTokens'), of('requests')];
            }),
          );
          expect(sums[0]).toEqual(sums[1]);
        },
      ),
      { numRuns: 20 },
    );
  });
});
