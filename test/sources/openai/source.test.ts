import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../src/domain/period.ts';
import { sumNano } from '../../../src/domain/money.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { openaiKind } from '../../../src/sources/registry.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import { emulateApi } from '../../support/emulator.ts';
import {
  chargesIn,
  failuresIn,
  hostedUsageIn,
  pullFromReply,
  rejectsIn,
} from '../../support/pulledFrom.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { KEY, openaiDocument } from './emulator.ts';
import { DAY, JUNE, PLANTED } from './subject.ts';

const OPTIONS = { adminKey: createSecret('${OPENAI_ADMIN_KEY}', () => KEY) };
const REQUEST = { window: JUNE, usage: [], models: [] };
const NOW = JUNE.endMs + 5 * DAY_MS;

const pull = (reply: Reply, changes: object = {}) =>
  pullFromReply(openaiKind, reply, { options: OPTIONS, request: REQUEST, nowMs: NOW, ...changes });

const planted = (seed: string) => emulateApi(openaiDocument(PLANTED), seed);

/** One answer to every request for costs; the others are empty pages. */
const costs =
  (body: object): Reply =>
  (response, request) =>
    json(request.path.endsWith('costs') ? body : { object: 'page', data: [] })(response, request);

const bucket = (...results: readonly object[]) => ({
  object: 'page',
  data: [{ start_time: DAY / 1000, end_time: DAY / 1000 + 86_400, results }],
  has_more: false,
  next_page: null,
});

describe('the costs of an OpenAI organization', () => {
  test('become hosted charges by day, line item and project, to the nano-dollar', async () => {
    const { all, requests } = await pull(planted('a'));
    expect(failuresIn(all)).toEqual([]);
    const charges = chargesIn(all).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(charges.map(({ key, billed }) => [key, billed])).toEqual([
      ['costs/gpt-5-mini-2025-08-07%2C%20input/proj_a/2026-06-01', 12_500_000_000n],
      ['costs/gpt-5-mini-2025-08-07%2C%20input/proj_b/2026-06-02', 3_000_000_000n],
      // $0.0000012345 is 1,234.5 nano-dollars: half to even.
      ['costs/gpt-5-mini-2025-08-07%2C%20output/proj_a/2026-06-01', 1_234n],
      ['costs/web%20search%20tool%20calls//2026-06-01', 15_000_000n],
    ]);
    expect(charges[0]).toMatchObject({
      resourceId: 'gpt-5-mini-2025-08-07',
      category: 'hosted',
      pricingClass: 'serverless',
      basis: 'billed',
      period: { startMs: DAY, endMs: DAY + DAY_MS },
      tags: { model: 'gpt-5-mini-2025-08-07', project_id: 'proj_a' },
    });
    expect(charges[3]).toMatchObject({ resourceId: 'web search tool calls' });
    expect(charges[3]?.tags).toEqual({ line_item: 'web search tool calls' });
    const asked = requests.find(({ path }) => path.endsWith('costs'))?.query;
    expect(asked?.getAll('group_by')).toEqual(['line_item', 'project_id']);
  });

  test.each(['a', 'b', 'c', 'd', 'e'])(
    'are the same for every seed of the API: %s',
    async (seed) => {
      const { all } = await pull(planted(seed));
      expect(failuresIn(all)).toEqual([]);
      expect(sumNano(chargesIn(all).map(({ billed }) => billed))).toBe(15_515_001_234n);
      expect(hostedUsageIn(all)).toHaveLength(3);
      const last = all.findLast(({ fetch }) => fetch.kind === 'openai.costs');
      expect(last?.completeFor).toEqual({ keyPrefix: 'costs/', window: JUNE });
    },
  );

  test('charges with one key are summed before they are rounded', async () => {
    const half = { amount: { value: '0.0000000005', currency: 'usd' }, line_item: 'x, input' };
    const { all } = await pull(costs(bucket(half, half)));
    expect(chargesIn(all).map(({ billed }) => billed)).toEqual([1n]);
  });

  test('an amount in another currency is a reject, and nothing is withdrawn', async () => {
    const euro = { amount: { value: 1, currency: 'eur' }, line_item: 'x, input' };
    const { all } = await pull(costs(bucket(euro)));
    expect(rejectsIn(all)).toEqual([
      'record 0: results.0.amount.currency: found eur, expected usd',
    ]);
    expect(all.some(({ completeFor }) => completeFor !== undefined)).toBe(false);
  });

  test('a page that says it continues, but not where, is a failure', async () => {
    const { all } = await pull(costs({ ...bucket(), has_more: true, next_page: null }));
    expect(failuresIn(all)).toMatchObject([{ kind: 'openai.costs', code: 'malformed' }]);
  });

  test('a project key gives a hint that an admin key is required', async () => {
    const refused: Reply = json({ error: { message: 'insufficient permissions' } }, 403);
    const { all } = await pull(refused);
    expect(failuresIn(all)[0]).toMatchObject({ code: 'forbidden' });
    expect(failuresIn(all)[0]?.message).toContain('admin key');
  });

  test('an open day is reported so far, and no day beyond it is requested', async () => {
    const nowMs = DAY + DAY_MS + 3_600_000;
    const { requests } = await pull(planted('a'), { nowMs });
    const ends = requests.map(({ query }) => Number(query.get('end_time')) * 1_000);
    expect(Math.max(...ends)).toBe(DAY + 2 * DAY_MS);
  });
});

describe('the usage of an OpenAI organization', () => {
  test('becomes disjoint classes of tokens by model and tier', async () => {
    const { all } = await pull(planted('a'));
    const model = 'gpt-5-mini-2025-08-07';
    const period = { startMs: DAY, endMs: DAY + DAY_MS };
    const found = hostedUsageIn(all).toSorted((a, b) => b.outputTokens - a.outputTokens);
    expect(found).toEqual([
      {
        sourceId: 'main',
        model,
        period,
        uncachedPromptTokens: 150_000,
        cachedPromptTokens: 800_000,
        cacheWriteTokens: 50_000,
        outputTokens: 500_000,
        requests: 5_000,
      },
      {
        sourceId: 'main',
        model,
        period,
        serviceTier: 'batch',
        uncachedPromptTokens: 20_000,
        outputTokens: 1_000,
        requests: 7,
      },
      {
        sourceId: 'main',
        model: 'text-embedding-3-small',
        period: { startMs: DAY + DAY_MS, endMs: DAY + 2 * DAY_MS },
        uncachedPromptTokens: 9_000,
        outputTokens: 0,
        requests: 3,
      },
    ]);
  });

  test('more cached tokens than there were is a reject', async () => {
    const answer = bucket({
      input_tokens: 5,
      input_cached_tokens: 6,
      output_tokens: 1,
      model: 'm',
    });
    const { all } = await pull(json(answer));
    expect(rejectsIn(all).join()).toContain('input_tokens: fewer than the tokens read');
    expect(hostedUsageIn(all)).toEqual([]);
  });

  test('pulled twice, it adds nothing new to the ledger', async () => {
    const { ledger } = await scratchLedger();
    const { all } = await pull(planted('a'));
    const { all: again } = await pull(planted('b'));
    for (const fetched of all) await ledger.facts.append(fetched, NOW);
    const outcomes = [];
    for (const fetched of again) outcomes.push(await ledger.facts.append(fetched, NOW + 1));
    expect(outcomes.map(({ added, restated }) => added + restated)).toEqual(outcomes.map(() => 0));
    const spent = await ledger.query(
      'SELECT sum(spend_nano_usd), sum(tokens) FROM hosted_spend_by_day',
    );
    expect(spent.rows).toEqual([[15_515_001_234, 1_530_000]]);
  });
});
