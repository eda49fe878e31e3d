import { describe, expect, test } from 'vitest';
import { type NanoUsd, sumNano } from '../../../src/domain/money.ts';
import { DAY_MS, instantText } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { deepinfraKind } from '../../../src/sources/registry.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { emulateApi } from '../../support/emulator.ts';
import { json, type Reply } from '../../support/httpServer.ts';
import {
  chargesIn,
  failuresIn,
  pullFromReply,
  rejectsIn,
  warningsIn,
} from '../../support/pulledFrom.ts';
import { BEHIND_MS, deepinfraDocument, KEY, type PlantedMonth } from './emulator.ts';
import { GPT, SEPTEMBER } from './subject.ts';

const OPTIONS = { apiKey: createSecret('${DEEPINFRA_API_KEY}', () => KEY) };
const START = Date.UTC(2026, 8, 1);
const END = Date.UTC(2026, 9, 1);
const REQUEST = { window: { startMs: START, endMs: END }, usage: [], models: [] };
/** With the part of the account's September that is in UTC's October. */
const MONTH = { startMs: START, endMs: END + DAY_MS };
/** The month is over, in the account's own time too. */
const LATER = END + 2 * DAY_MS;

const pull = (reply: Reply, { options = {}, request = REQUEST, nowMs = LATER } = {}) =>
  pullFromReply(deepinfraKind, reply, { options: { ...OPTIONS, ...options }, request, nowMs });
const planted = (seed: string, ...months: readonly PlantedMonth[]) =>
  emulateApi(deepinfraDocument(months), seed);
const september = (changes: Partial<PlantedMonth>) => planted('a', { ...SEPTEMBER, ...changes });
/** One month as it is answered, whatever is requested. */
const answered = (month: object) =>
  json({ months: [{ period: '2026.09', items: [], ...month }], initial_month: '2026.01' });
const item = (changes: object) => ({
  model: { provider: 'di', model_name: GPT, task: 'text-generation' },
  units: 1_000,
  rate: 0.001,
  cost: 1,
  pricing_type: 'input_tokens',
  ...changes,
});
const ONE = { startMs: START + DAY_MS, endMs: START + 2 * DAY_MS };
const pullOne = (month: object, nowMs = LATER) =>
  pull(answered(month), { request: { ...REQUEST, window: ONE }, nowMs });

describe('the bill of a DeepInfra account', () => {
  test.each(['a', 'b', 'c', 'd'])('is in cents, by model and pricing type: %s', async (seed) => {
    const { all, requests } = await pull(planted(seed, { ...SEPTEMBER, invoice: 'in_1' }));
    expect(failuresIn(all)).toEqual([]);
    const asked = new Set(requests.map(({ query }) => query.get('from')));
    // The account's August may reach into September.
    expect([...asked]).toEqual(['2026.08', '2026.09']);
    const result = chargesIn(all).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const period = { startMs: START + BEHIND_MS, endMs: END + BEHIND_MS };
    const tokens = { sourceId: 'main', resourceId: GPT, category: 'hosted', unit: 'Tokens' };
    expect(result).toMatchObject([
      {
        resourceId: 'acme/tuned-8b',
        category: 'compute',
        pricingClass: 'on-demand',
        isClassPresumed: true,
        billed: 26_400_000_000n,
        unit: 'Seconds',
        period,
        tags: { pricing_type: 'uptime' },
      },
      { ...tokens, billed: 1_210_000_000n, tags: { model: GPT, token_class: 'cached-input' } },
      { ...tokens, billed: 2_970_000_000n, tags: { model: GPT, token_class: 'input' }, period },
      { ...tokens, billed: 460_000_000n, tags: { model: GPT, token_class: 'output' } },
    ]);
    expect(result.map(({ invoice }) => invoice?.id)).toEqual(Array(4).fill('in_1'));
    expect(result.map(({ quantity }) => quantity?.num)).toEqual([
      43_200n,
      12_126_464n,
      2_286_051n,
      175_592n,
    ]);
    const of = all.flatMap(({ completeFor, statedTotal }) =>
      completeFor ? [{ completeFor, statedTotal }] : [],
    );
    expect(of).toEqual([
      {
        completeFor: { keyPrefix: 'usage/2026.09/', window: period },
        // 297 + 46 + 121 + 2640 cents.
        statedTotal: { billedNanoUsd: 31_040_000_000n, window: period },
      },
    ]);
  });

  test('is not requested without a key, nor where config turns it off', async () => {
    const server = september({});
    const without = await pull(server, { options: { apiKey: undefined } });
    expect(without.requests).toEqual([]);
    expect((await pull(server, { options: { billing: false } })).requests).toEqual([]);
  });

  test('of an open month reaches to the end of the day, and has no invoice yet', async () => {
    const nowMs = START + 9 * DAY_MS + 1;
    const { all } = await pull(september({ total: null }), { nowMs });
    const ends = chargesIn(all).map(({ period: { endMs } }) => instantText(endMs));
    expect(new Set(ends)).toEqual(new Set(['2026-09-11T00:00:00Z']));
    expect(chargesIn(all).filter(({ invoice }) => invoice !== undefined)).toEqual([]);
    expect(all.flatMap(({ statedTotal }) => statedTotal ?? [])).toEqual([]);
  });

  test('includes the part of the month before that is in the window', async () => {
    const august = (fr: number, to: number) => ({
      months: [{ period: '2026.08', interval: { fr, to }, items: [item({ cost: 310 })] }],
    });
    const empty = { months: [{ period: '2026.09', items: [] }] };
    const resultOf = async (fr: number, to: number) => {
      const { all } = await pull((response, request) => {
        const isAugust = request.query.get('from') === '2026.08';
        json(isAugust ? august(fr, to) : empty)(response, request);
      });
      expect(failuresIn(all)).toEqual([]);
      return chargesIn(all).map(({ billed }) => billed);
    };
    const start = Date.UTC(2026, 7, 1);
    expect(await resultOf(start, START - 1)).toEqual([]);
    expect(await resultOf(start + BEHIND_MS, START + BEHIND_MS - 1)).toEqual([3_100_000_000n]);
  });

  test('grows day by day, is corrected, and is never counted twice', async () => {
    const { ledger } = await scratchLedger();
    const records = async (reply: Reply, nowMs: number) => {
      for (const fetched of (await pull(reply, { nowMs })).all) {
        await ledger.facts.append(fetched, nowMs);
      }
      const billed: NanoUsd[] = [];
      const asOfMs = await ledger.facts.asOfNow(nowMs);
      await ledger.facts.eachCharge(MONTH, asOfMs, (charge) => void billed.push(charge.billed));
      return sumNano(billed);
    };
    const [first, ...others] = SEPTEMBER.lines;
    if (first === undefined) throw new Error('there are lines');
    const early = september({ lines: [first] });
    expect(await records(early, START + 3 * DAY_MS)).toBe(2_970_000_000n);
    expect(await records(september({}), LATER)).toBe(31_040_000_000n);
    expect(await records(september({}), LATER + 1)).toBe(31_040_000_000n);
    const corrected = september({ lines: [{ ...first, cents: 300 }, ...others] });
    expect(await records(corrected, LATER + 2)).toBe(31_070_000_000n);
    // A line that is no longer listed was withdrawn.
    expect(await records(september({ lines: others }), LATER + 3)).toBe(28_070_000_000n);
  });

  test('dates a price that changed within the month', async () => {
    const change = START + 10 * DAY_MS;
    const { all } = await pullOne({
      interval: { fr: START, to: END - 1 },
      items: [
        item({ cost: 10, interval: { fr: 0, to: change - 1 } }),
        item({ cost: 20, interval: { fr: change, to: 4_000_000_000_000 } }),
      ],
    });
    expect(chargesIn(all).map(({ period, billed }) => [period, billed])).toEqual([
      [{ startMs: START, endMs: change }, 100_000_000n],
      [{ startMs: change, endMs: END }, 200_000_000n],
    ]);
  });

  test('adds lines that are alike before they are rounded, and subtracts discounts', async () => {
    const discount = { pricing_type: 'discount', units: 0, discount: { name: 'startup' } };
    const { all } = await pullOne({
      items: [
        item({ cost: '4.875' }),
        item({ cost: 0.125 }),
        item({ cost: 2, ...discount }),
        item({ cost: -1, ...discount, discount: { name: 'other' } }),
      ],
      total_cost: 2,
    });
    expect(warningsIn(all)).toEqual([]);
    expect(chargesIn(all).map(({ billed, quantity }) => [billed, quantity?.num])).toEqual([
      [50_000_000n, 2_000n],
      [-20_000_000n, undefined],
      [-10_000_000n, undefined],
    ]);
  });

  test('counts other pricing types as hosted, without an unknown unit', async () => {
    const { all } = await pullOne({
      items: ['time', 'input_character_length', 'something new'].map((type) =>
        item({ pricing_type: type }),
      ),
    });
    expect(chargesIn(all).map(({ category, unit }) => [category, unit])).toEqual([
      ['hosted', 'Seconds'],
      ['hosted', undefined],
      ['hosted', undefined],
    ]);
  });

  test.each([
    ['no interval', undefined, { startMs: START, endMs: END }],
    ['the default interval', { fr: 0, to: 4_000_000_000_000 }, { startMs: START, endMs: END }],
    ['an end left out', { fr: START, to: END }, { startMs: START, endMs: END }],
    ['a first month', { fr: START + DAY_MS, to: END - 1 }, { startMs: START + DAY_MS, endMs: END }],
  ])('of %s is placed in its own period', async (_what, interval, period) => {
    const { all } = await pullOne({ interval, items: [item({})] });
    expect(chargesIn(all).map((charge) => charge.period)).toEqual([period]);
  });

  test('with lines that miss its total is not complete', async () => {
    const { all } = await pullOne({ items: [item({ cost: 100 })], total_cost: 150 });
    expect(chargesIn(all)).toHaveLength(1);
    expect(all.flatMap(({ completeFor }) => completeFor ?? [])).toEqual([]);
    expect(warningsIn(all)[0]).toContain('add up to $1.00, but its total is $1.50');
  });

  test.each([
    ['another month', { period: '2026.08' }, 'period: expected 2026.09'],
    ['a dash', { period: '2026-09' }, 'a month like 2026.09'],
    ['another time', { interval: { fr: 0, to: START - DAY_MS } }, 'inside 2026.09'],
    ['a line without an amount', { items: [item({}), item({ cost: null })] }, 'items.1.cost'],
    ['a line without a model', { items: [item({ model: undefined })] }, 'items.0.model'],
  ])('with %s is a reject, and has no other effect', async (_what, month, reason) => {
    const { all } = await pullOne(month);
    expect(chargesIn(all)).toEqual([]);
    expect(rejectsIn(all).join()).toContain(reason);
    expect(all.flatMap(({ completeFor }) => completeFor ?? [])).toEqual([]);
  });

  test('that comes twice counts once', async () => {
    const month = { period: '2026.09', interval: { fr: START, to: END - 1 }, items: [item({})] };
    const { all } = await pull(json({ months: [month, month] }), {
      request: { ...REQUEST, window: ONE },
    });
    expect(chargesIn(all)).toHaveLength(1);
    expect(rejectsIn(all).join()).toContain('duplicate month');
  });

  test('is refused by name where the answer is an error with status 200', async () => {
    const { all } = await pull(json({ error: 'Not enough permissions' }));
    expect(failuresIn(all).map(({ code }) => code)).toEqual(Array(2).fill('refused'));
  });

  test('says what to do about a key without permission', async () => {
    const { all } = await pull(json({ detail: { error: 'forbidden' } }, 403));
    expect(failuresIn(all)[0]?.message).toContain('billing: false');
  });
});
