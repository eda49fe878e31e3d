import { describe, expect, test } from 'vitest';
import { sumNano } from '../../../src/domain/money.ts';
import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { anthropicKind } from '../../../src/sources/registry.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { emulateApi } from '../../support/emulator.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import {
  chargesIn,
  failuresIn,
  hostedUsageIn,
  pullFromReply,
  rejectsIn,
  warningsIn,
} from '../../support/pulledFrom.ts';
import { anthropicDocument, KEY } from './emulator.ts';
import { DAY, JUNE, MODEL, PLANTED } from './subject.ts';

const OPTIONS = { adminKey: createSecret('${ANTHROPIC_ADMIN_KEY}', () => KEY) };
const REQUEST = { window: JUNE, usage: [], models: [] };
const NOW = JUNE.endMs + 5 * DAY_MS;

const pull = (reply: Reply, changes: object = {}) =>
  pullFromReply(anthropicKind, reply, {
    options: OPTIONS,
    request: REQUEST,
    nowMs: NOW,
    ...changes,
  });

const planted = (seed: string, changes: object = {}) =>
  emulateApi(anthropicDocument({ ...PLANTED, ...changes }), seed);

describe('the cost report of an Anthropic organization', () => {
  test('becomes hosted charges: amounts are cents in a decimal text', async () => {
    const { all, requests } = await pull(planted('a'));
    expect(failuresIn(all)).toEqual([]);
    const charges = chargesIn(all).toSorted((a, b) => Number(b.billed - a.billed));
    // 123.45 cents are $1.2345, 50 cents $0.50, and a millionth of a cent is 10 nano-dollars.
    expect(charges.map(({ resourceId, billed }) => [resourceId, billed])).toEqual([
      [MODEL, 1_234_500_000n],
      ['Web Search Usage', 500_000_000n],
      [MODEL, 10n],
    ]);
    expect(charges[0]).toMatchObject({
      category: 'hosted',
      period: { startMs: DAY, endMs: DAY + DAY_MS },
      tags: { model: MODEL, token_type: 'uncached_input_tokens', workspace_id: 'wrkspc_1' },
    });
    const asked = requests.find(({ path }) => path.endsWith('cost_report'));
    expect(asked?.headers).toMatchObject({ 'anthropic-version': '2023-06-01', 'x-api-key': KEY });
    expect(asked?.query.getAll('group_by[]')).toEqual(['workspace_id', 'description']);
  });

  test.each(['a', 'b', 'c', 'd', 'e'])(
    'is the same for every seed of the API: %s',
    async (seed) => {
      const { all } = await pull(planted(seed));
      expect(failuresIn(all)).toEqual([]);
      expect(sumNano(chargesIn(all).map(({ billed }) => billed))).toBe(1_734_500_010n);
      expect(hostedUsageIn(all)).toHaveLength(2);
    },
  );

  test('an amount in another currency is a reject, and nothing is withdrawn', async () => {
    const results = [{ amount: '1', currency: 'EUR', description: 'x' }];
    const data = [
      { starting_at: '2026-06-01T00:00:00Z', ending_at: '2026-06-02T00:00:00Z', results },
    ];
    const { all } = await pull(json({ data, has_more: false, next_page: null }));
    expect(rejectsIn(all)[0]).toContain('currency: found EUR, expected USD');
    expect(all.some(({ completeFor }) => completeFor !== undefined)).toBe(false);
  });

  test('an expired cursor is reported, and withdraws nothing', async () => {
    const days = Array.from({ length: 30 }, (_, at) => ({
      dayMs: DAY + at * DAY_MS,
      cents: '100',
      description: 'x',
    }));
    const { all } = await pull(planted('a', { costs: days, isStale: true }));
    const [failure] = failuresIn(all);
    expect(failure).toMatchObject({ kind: 'anthropic.cost_report', code: 'unavailable' });
    expect(failure?.message).toContain('expired');
    const reports = all.filter(({ fetch }) => fetch.kind === 'anthropic.cost_report');
    expect(reports.some(({ completeFor }) => completeFor !== undefined)).toBe(false);
  });

  test('a key without permission gives a hint that an admin key is required', async () => {
    const { all } = await pull(json({ type: 'error', error: { type: 'x', message: 'no' } }, 403));
    expect(failuresIn(all)[0]?.message).toContain('admin key');
  });
});

describe('the usage report of an Anthropic organization', () => {
  test('becomes disjoint classes of tokens; both kinds of cache writes are one', async () => {
    const { all } = await pull(planted('a'));
    const period = { startMs: DAY, endMs: DAY + DAY_MS };
    const found = hostedUsageIn(all).toSorted((a, b) => b.outputTokens - a.outputTokens);
    expect(found).toEqual([
      {
        sourceId: 'main',
        model: MODEL,
        period,
        uncachedPromptTokens: 1_500,
        cachedPromptTokens: 200,
        cacheWriteTokens: 1_500,
        outputTokens: 500,
      },
      {
        sourceId: 'main',
        model: MODEL,
        period,
        serviceTier: 'priority',
        uncachedPromptTokens: 10,
        cachedPromptTokens: 0,
        cacheWriteTokens: 0,
        outputTokens: 5,
      },
    ]);
    expect(warningsIn(all).join()).toContain('priority tier');
  });

  test('pulled twice, it adds nothing new to the ledger', async () => {
    const { ledger } = await scratchLedger();
    for (const fetched of (await pull(planted('a'))).all) await ledger.facts.append(fetched, NOW);
    const outcomes = [];
    for (const fetched of (await pull(planted('b'))).all) {
      outcomes.push(await ledger.facts.append(fetched, NOW + 1));
    }
    expect(outcomes.map(({ added, restated }) => added + restated)).toEqual(outcomes.map(() => 0));
  });
});
