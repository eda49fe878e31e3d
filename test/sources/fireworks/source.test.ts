import { describe, expect, test } from 'vitest';
import { sumNano } from '../../../src/domain/money.ts';
import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { fireworksKind } from '../../../src/sources/registry.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { emulateApi } from '../../support/emulator.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import {
  chargesIn,
  failuresIn,
  hostedUsageIn,
  pullFromReply,
  rejectsIn,
} from '../../support/pulledFrom.ts';
import { ACCOUNT, fireworksDocument, KEY, type PlantedAccounts } from './emulator.ts';
import { DAY, JUNE, LLAMA, PLANTED } from './subject.ts';

const OPTIONS = { apiKey: createSecret('${FIREWORKS_API_KEY}', () => KEY) };
const REQUEST = { window: { startMs: DAY, endMs: DAY + 2 * DAY_MS }, usage: [], models: [] };
const NOW = JUNE.endMs + DAY_MS;

const pull = (reply: Reply, { options = {}, request = REQUEST } = {}) =>
  pullFromReply(fireworksKind, reply, { options: { ...OPTIONS, ...options }, request, nowMs: NOW });

const planted = (seed: string, changes: Partial<PlantedAccounts> = {}) =>
  emulateApi(fireworksDocument({ ...PLANTED, ...changes }), seed);

const resultOf = (all: Awaited<ReturnType<typeof pull>>['all']) =>
  chargesIn(all)
    .map(({ key, category, billed }) => [decodeURIComponent(key), category, billed] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('the bill of a Fireworks account', () => {
  test.each(['a', 'b', 'c', 'd'])(
    'is a line for each model and series by day: %s',
    async (seed) => {
      const { all } = await pull(planted(seed));
      expect(failuresIn(all)).toEqual([]);
      expect(resultOf(all)).toEqual([
        ['costs/2026-06-01/DEDICATED_DEPLOYMENT', 'compute', 24_000_000_000n],
        // The amount without a model: $1.041 of serverless, of which $1.03329228 are one model's.
        ['costs/2026-06-01/SERVERLESS', 'hosted', 7_707_720n],
        [`costs/2026-06-01/SERVERLESS/${LLAMA}`, 'hosted', 1_033_292_280n],
        [`costs/2026-06-02/SERVERLESS/${LLAMA}`, 'hosted', 500_000_000n],
        ['costs/2026-06-02/TRAINING', 'fee', 2_000_000_000n],
      ]);
      expect(sumNano(chargesIn(all).map(({ billed }) => billed))).toBe(27_541_000_000n);
      const days = all.flatMap(({ completeFor }) => completeFor?.window.startMs ?? []);
      expect(days).toEqual([DAY, DAY + DAY_MS]);
    },
  );

  test('stays one sum a day for a key without access to models', async () => {
    const { all } = await pull(planted('a', { isAdmin: false }));
    expect(failuresIn(all)).toMatchObject([{ kind: 'fireworks.usage_costs', code: 'forbidden' }]);
    expect(failuresIn(all)[0]?.message).toContain('administrator');
    expect(resultOf(all).filter(([, category]) => category === 'hosted')).toEqual([
      ['costs/2026-06-01/SERVERLESS', 'hosted', 1_041_000_000n],
      ['costs/2026-06-02/SERVERLESS', 'hosted', 500_000_000n],
    ]);
    const unasked = await pull(planted('a', { isAdmin: false }), {
      options: { costsByModel: false },
    });
    expect(failuresIn(unasked.all)).toEqual([]);
    expect(resultOf(unasked.all)).toEqual(resultOf(all));
  });

  test('is not requested while the cost of each model is uncertain', async () => {
    const calm = planted('a');
    const broken: Reply = (response, request) =>
      (request.path.endsWith(':query') ? json({ code: 13, message: 'x' }, 500) : calm)(
        response,
        request,
      );
    const { all } = await pull(broken);
    expect(failuresIn(all).map(({ kind }) => kind)).toEqual([
      'fireworks.usage_costs',
      'fireworks.billing.summary',
    ]);
    expect(chargesIn(all)).toEqual([]);
    expect(hostedUsageIn(all)).toHaveLength(2);
  });

  test('of another currency is a reject, and the day is not complete', async () => {
    const calm = planted('a', { isAdmin: false });
    const lineItems = [
      { series: 'SERVERLESS', totalCost: { currencyCode: 'EUR', units: '9' } },
      { series: 'TRAINING', totalCost: { currencyCode: 'USD', units: '1', nanos: 5 } },
    ];
    const euro: Reply = (response, request) =>
      (request.path.endsWith('summary') ? json({ lineItems }) : calm)(response, request);
    const { all } = await pull(euro);
    expect(rejectsIn(all)[0]).toContain('currencyCode: expected USD');
    expect(resultOf(all)[0]).toEqual(['costs/2026-06-01/TRAINING', 'fee', 1_000_000_005n]);
    expect(all.some(({ completeFor }) => completeFor !== undefined)).toBe(false);
  });

  test.each([
    [[], 'no account'],
    [[ACCOUNT, 'other'], 'several accounts'],
  ])('of %j requires the account in the config', async (accounts, words) => {
    const { all } = await pull(planted('a', { accounts }));
    expect(failuresIn(all)).toMatchObject([{ kind: 'fireworks.accounts', code: 'config' }]);
    expect(failuresIn(all)[0]?.message).toContain(words);
    const named = await pull(planted('a', { accounts }), { options: { account: ACCOUNT } });
    expect(failuresIn(named.all)).toEqual([]);
  });
});

describe('the usage of a Fireworks account', () => {
  test('is requested 31 days at a time, and provided by model and day', async () => {
    const window = { startMs: Date.UTC(2026, 4, 1), endMs: JUNE.endMs };
    const { all, requests } = await pull(planted('a'), { request: { ...REQUEST, window } });
    const asked = requests.filter(({ path }) => path.endsWith('billingUsage'));
    expect(asked.map(({ query }) => query.get('endTime'))).toEqual(
      expect.arrayContaining(['2026-06-01T00:00:00Z', '2026-07-01T00:00:00Z']),
    );
    expect(hostedUsageIn(all)).toEqual([
      {
        sourceId: 'main',
        model: LLAMA,
        period: { startMs: DAY, endMs: DAY + DAY_MS },
        uncachedPromptTokens: 1_000_000,
        outputTokens: 148_000,
      },
      {
        sourceId: 'main',
        model: LLAMA,
        period: { startMs: DAY + DAY_MS, endMs: DAY + 2 * DAY_MS },
        uncachedPromptTokens: 500_000,
        outputTokens: 55_000,
      },
    ]);
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
