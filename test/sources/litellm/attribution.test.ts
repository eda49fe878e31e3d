/**
 * Tests LiteLLM's attribution: whose the requests are, which a hosted API answered, and their cost.
 */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/period.ts';
import { nanoUsd } from '../../../src/domain/money.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { litellmKind } from '../../../src/sources/registry.ts';
import type { PullRequest } from '../../../src/sources/source.ts';
import { yieldedText } from '../../contract/source.ts';
import '../../support/laws.ts';
import { json } from '../../support/httpServer.ts';
import {
  countsIn,
  failuresIn,
  hostedUsageIn,
  partsIn,
  pullFromReply,
  usageIn,
  warningsIn,
} from '../../support/pulledFrom.ts';
import { KEY, litellmApi, type PlantedRequest } from './emulator.ts';
import { HOSTED, OURS, START_MS, WINDOW } from './subject.ts';

const apiKey = createSecret('${LITELLM_API_KEY}', () => KEY);
const CHAT = { deployment: 'chat', engine: 'vllm', match: { model: 'hosted_vllm/*' } };

type Target = PullRequest['usage'][number];

async function pull(
  detail: 'day' | 'request',
  planted: readonly PlantedRequest[],
  { usage = [CHAT], seed = 'calm' }: { usage?: readonly Target[]; seed?: string } = {},
) {
  const options = { apiKey, detail };
  const request = { window: WINDOW, usage, models: [] };
  return (await pullFromReply(litellmKind, litellmApi(planted, seed), { options, request })).all;
}

const at = (hour: number, minute = 0) => START_MS + hour * HOUR_MS + minute * MINUTE_MS;
const hourOf = (hour: number) => ({ startMs: at(hour), endMs: at(hour + 1) });
const one = { ...OURS, prompt: 100, output: 10 };

describe('the attempt that failed before a fallback', () => {
  const back = { ...HOSTED, prompt: 100, output: 10, askedOf: OURS.group };
  const known = { ...one, atMs: at(9, 1), session: 'other' };
  const busy = (all: Parameters<typeof countsIn>[0]) =>
    countsIn(all)
      .filter(({ answered, failed = 0 }) => answered + failed > 0)
      .map(({ period, answered, failed, escalated }) => [
        (period.startMs - START_MS) / MINUTE_MS,
        { answered, failed, escalated },
      ]);

  test('is a failed request of ours that a hosted API answered, though it has no row', async () => {
    const all = await pull('request', [known, { ...back, atMs: at(9, 7) }]);
    expect(busy(all)).toEqual([
      [540, { answered: 1, failed: 0, escalated: 0 }],
      [545, { answered: 0, failed: 1, escalated: 1 }],
    ]);
    const tokens = usageIn(all).reduce((sum, { outputTokens }) => sum + outputTokens, 0);
    expect(tokens).toBe(10);
  });

  test('counts once where a version writes its row, and no session adds it again', async () => {
    const failed = { ...one, atMs: at(9, 4), failed: true as const, session: 's' };
    const all = await pull('request', [
      known,
      failed,
      { ...back, atMs: at(9, 6), session: 's' },
      // Another answer of the session, without an attempt of ours before it.
      { ...HOSTED, prompt: 1, output: 1, atMs: at(9, 8), session: 's' },
    ]);
    expect(busy(all)).toEqual([[540, { answered: 1, failed: 1, escalated: 1 }]]);
  });

  test('is no escalation where another deployment of ours answered, or none did', async () => {
    const spare = { ...one, model: 'hosted_vllm/spare', group: 'spare', askedOf: OURS.group };
    const usage = [
      { ...CHAT, match: { model: OURS.model } },
      { ...CHAT, deployment: 'spare', match: { model: 'hosted_vllm/spare' } },
    ];
    const all = await pull(
      'request',
      [known, { ...spare, atMs: at(9, 2) }, { ...back, atMs: at(9, 3), failed: true }],
      { usage },
    );
    const result = countsIn(all).map(({ deployment, answered, failed, escalated }) => [
      deployment,
      { answered, failed, escalated },
    ]);
    expect(Object.fromEntries(result)).toEqual({
      chat: { answered: 1, failed: 2, escalated: 0 },
      spare: { answered: 1, failed: 0, escalated: 0 },
    });
  });

  test('is found by the group that a deployment matches, without a row of it', async () => {
    const usage = [{ ...CHAT, match: { model_group: OURS.group } }];
    const all = await pull('request', [{ ...back, atMs: at(9) }], { usage });
    expect(busy(all)).toEqual([[540, { answered: 0, failed: 1, escalated: 1 }]]);
  });

  test('of a group without a known deployment is reported, and its session decides', async () => {
    const strange = { ...back, askedOf: 'a-group', atMs: at(9, 3), session: 's' };
    const ours = { ...one, atMs: at(9, 2), failed: true as const, session: 's' };
    const all = await pull('request', [known, ours, strange]);
    expect(busy(all)).toEqual([[540, { answered: 1, failed: 1, escalated: 1 }]]);
    expect(warningsIn(all).join()).toContain('model group a-group, which had 1 fallback');
  });

  test('that may have been a hosted member of the group is not counted as ours', async () => {
    const member = { ...HOSTED, group: OURS.group, prompt: 1, output: 1, atMs: at(9, 2) };
    const all = await pull('request', [known, member, { ...back, atMs: at(9, 3) }]);
    expect(busy(all)).toEqual([[540, { answered: 1, failed: 0, escalated: 0 }]]);
    expect(warningsIn(all).join()).toContain(`model group ${OURS.group}, which had`);
  });

  test('never makes more escalations than requests, in any order of rows', async () => {
    const row = fc.record({
      atMs: fc.integer({ min: at(9), max: at(10) }),
      session: fc.constantFrom('s', 't'),
      kind: fc.constantFrom(
        one,
        { ...one, failed: true as const },
        back,
        { ...back, failed: true as const },
        { ...HOSTED, prompt: 5, output: 5 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 9 }), fc.string(), async (rows, seed) => {
        const planted = rows.map(({ kind, ...when }) => ({ ...kind, ...when }));
        for (const count of countsIn(await pull('request', planted, { seed }))) {
          const { answered, failed = 0, escalated = 0 } = count;
          expect(escalated).toBeLessThanOrEqual(answered + failed);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('whose requests they are', () => {
  const planted: readonly PlantedRequest[] = [
    { ...one, atMs: at(10), team: 'search', key: 'app', tags: ['lane:night', 'tenant:acme'] },
    { ...one, atMs: at(10, 7), team: 'search', prompt: 50, tags: ['User-Agent: curl'] },
    { ...one, atMs: at(10, 9), endUser: 'u-1', key: 'bench', tags: ['benchmark'] },
    { ...one, atMs: at(11), team: 'search', failed: true },
    { ...HOSTED, atMs: at(10), team: 'search', prompt: 9_000, output: 9_000 },
  ];
  const tokensIn = (parts: ReturnType<typeof partsIn>) =>
    parts.map(({ period, uncachedPromptTokens, outputTokens, requests, ...rest }) => {
      const { sourceId: _source, deployment: _deployment, ...names } = rest;
      const hour = (period.startMs - START_MS) / HOUR_MS;
      return [hour, names, uncachedPromptTokens, outputTokens, requests];
    });

  test('is reported by hour, for each team and tenant that config maps to a field', async () => {
    const usage = [{ ...CHAT, teamLabel: 'team_alias', tenantLabel: 'end_user' }];
    const all = await pull('request', planted, { usage });
    expect(tokensIn(partsIn(all))).toEqual([
      [10, { team: 'search (team)' }, 150, 20, 2],
      [10, { tenant: 'u-1' }, 100, 10, 1],
    ]);
    expect(partsIn(all).map(({ period }) => period)).toEqual([hourOf(10), hourOf(10)]);
  });

  test('may be in a tag, and so may the kind of demand', async () => {
    const demand = { label: 'request_tags', kinds: { benchmark: 'benchmark' as const } };
    const usage = [{ ...CHAT, tenantLabel: 'tag:tenant', demand }];
    for (const seed of ['a', 'b', 'c', 'd']) {
      const parts = partsIn(await pull('request', planted, { usage, seed }));
      expect(tokensIn(parts)).toEqual([
        [10, { tenant: 'acme' }, 100, 10, 1],
        [10, { demand: 'benchmark' }, 100, 10, 1],
      ]);
    }
    const lane = { label: 'tag:lane', kinds: { night: 'batch' as const } };
    const parts = partsIn(await pull('request', planted, { usage: [{ ...CHAT, demand: lane }] }));
    expect(tokensIn(parts)).toEqual([[10, { demand: 'batch' }, 100, 10, 1]]);
  });

  test('stores no tag of an answer where config names none', async () => {
    expect(yieldedText(await pull('request', planted))).not.toContain('lane:night');
    const usage = [{ ...CHAT, tenantLabel: 'tag:tenant' }];
    expect(yieldedText(await pull('request', planted, { usage }))).toContain('lane:night');
  });

  test('is reported by day for each key, its team and its alias', async () => {
    const usage = [{ ...CHAT, teamLabel: 'team_id', tenantLabel: 'key_alias' }];
    for (const seed of ['a', 'b', 'c', 'd']) {
      const all = await pull('day', planted, { usage, seed });
      const parts = tokensIn(partsIn(all)).map((part) => JSON.stringify(part));
      expect(parts.toSorted()).toEqual([
        '[0,{"team":"search"},50,10,1]',
        '[0,{"tenant":"app","team":"search"},100,10,1]',
        '[0,{"tenant":"bench"},100,10,1]',
      ]);
      expect(partsIn(all)[0]?.period).toEqual(WINDOW);
    }
  });

  test('is of one kind of demand where config says so for all', async () => {
    const all = await pull('day', planted, { usage: [{ ...CHAT, demand: 'benchmark' }] });
    expect(tokensIn(partsIn(all))).toEqual([[0, { demand: 'benchmark' }, 250, 30, 3]]);
  });

  test.each([
    [
      'day',
      { tenantLabel: 'end_user' },
      '"end_user", which its source does not have: it has team_id, key_alias, user_id',
    ],
    ['request', { teamLabel: 'department' }, 'it has team_id, team_alias, key_alias'],
    ['request', { demand: { label: 'lane', kinds: {} } }, 'it has team_id'],
  ] as const)('by %s cannot be reported by %o', async (detail, options, expected) => {
    const all = await pull(detail, planted, { usage: [{ ...CHAT, ...options }] });
    expect(failuresIn(all)).toMatchObject([{ code: 'config' }]);
    expect(failuresIn(all)[0]?.message).toContain(expected);
  });

  test('is at most the whole of each hour, cached tokens too', async () => {
    const row = fc.record({
      atMs: fc.integer({ min: START_MS, max: START_MS + DAY_MS - 1 }),
      prompt: fc.integer({ min: 10, max: 500 }),
      output: fc.nat(50),
      cached: fc.nat(10),
      team: fc.constantFrom('', 'a', 'b', "'; --"),
    });
    const usage = [{ ...CHAT, teamLabel: 'team_id' }];
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.string(),
        fc.constantFrom<'day' | 'request'>('day', 'request'),
        async (rows, seed, detail) => {
          const planted = rows.map(({ team, ...rest }) => ({
            ...OURS,
            ...rest,
            ...(team === '' ? {} : { team }),
          }));
          const all = await pull(detail, planted, { usage, seed });
          const named = rows.filter(({ team }) => team !== '');
          const sum = (of: readonly { outputTokens: number }[]) =>
            of.reduce((total, { outputTokens }) => total + outputTokens, 0);
          expect(sum(partsIn(all))).toBe(named.reduce((total, { output }) => total + output, 0));
          for (const part of partsIn(all)) {
            const whole = usageIn(all).filter(
              ({ period: { startMs } }) =>
                startMs >= part.period.startMs && startMs < part.period.endMs,
            );
            const cached = whole.reduce((total, one) => total + (one.cachedPromptTokens ?? 0), 0);
            expect(part.cachedPromptTokens ?? 0).toBeLessThanOrEqual(cached);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("LiteLLM's cost figures for hosted models", () => {
  const gpt = { model: 'gpt-5', group: 'gpt-5', provider: 'openai', prompt: 100, output: 10 };
  const planted: readonly PlantedRequest[] = [
    { ...one, atMs: at(9), spend: 0 },
    { ...gpt, atMs: at(9, 5), spend: 0.0123 },
    { ...gpt, atMs: at(10), spend: 0.1, cached: 40 },
    { ...HOSTED, atMs: at(9, 6), prompt: 5, output: 5 },
  ];
  const GPT = {
    sourceId: 'main',
    model: 'gpt-5',
    period: WINDOW,
    uncachedPromptTokens: 160,
    cachedPromptTokens: 40,
    outputTokens: 20,
    requests: 2,
    usd: nanoUsd(112_300_000n),
    secondHand: true,
  };

  test('are second-hand by day and model, and 0 is unknown', async () => {
    for (const seed of ['a', 'b', 'c']) {
      expect(hostedUsageIn(await pull('day', planted, { seed }))).toEqual([GPT]);
      expect(hostedUsageIn(await pull('request', planted, { seed }))).toEqual([
        { ...GPT, host: 'openai' },
      ]);
    }
  });

  test('are unknown where one request of the model has no price', async () => {
    const all = await pull('request', [...planted, { ...gpt, atMs: at(11), spend: 0 }]);
    expect(hostedUsageIn(all)).toEqual([]);
  });

  test('are absent for a day with a request that cannot be read', async () => {
    const good = {
      startTime: '2026-05-12T09:00:00Z',
      model: 'gpt-5',
      prompt_tokens: 1,
      completion_tokens: 1,
      spend: 1.5e-5,
    };
    const request = { window: WINDOW, usage: [CHAT], models: [] };
    const options = { apiKey, detail: 'request' };
    const from = async (rows: readonly object[]) =>
      hostedUsageIn((await pullFromReply(litellmKind, json(rows), { options, request })).all);
    expect(await from([good])).toMatchObject([{ usd: 15_000n, model: 'gpt-5' }]);
    expect(await from([good, { ...good, prompt_tokens: -1 }])).toEqual([]);
    // Tokens count though the spend cannot be read.
    expect(await from([good, { ...good, spend: 'a lot' }])).toEqual([]);
  });
});
