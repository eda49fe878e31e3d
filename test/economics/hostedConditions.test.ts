import { expect, test } from 'vitest';
import { decimal, sum } from '../../src/domain/exact.ts';
import { nanoUsdPerMtok } from '../../src/domain/money.ts';
import type { HostedPrice, PriceOverride } from '../../src/domain/price.ts';
import type { DeploymentInput, HostedInput, StackInput } from '../../src/economics/input.ts';
import { findOffer, optionCost } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  charge,
  deployment,
  hosted,
  hour,
  type UsageInterval,
  money,
  price,
  series,
  six,
  stack,
} from './stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

type PriceTexts = Partial<Record<'input' | 'cached' | 'write' | 'output' | 'request', string>>;

function override(when: Pick<PriceOverride, 'minPromptTokens' | 'utc'>, texts: PriceTexts) {
  const { input, cached, write, output, request } = texts;
  const perMtok = (text: string) => nanoUsdPerMtok(money(text));
  return {
    ...when,
    ...(input === undefined ? {} : { inputPerMtok: perMtok(input) }),
    ...(cached === undefined ? {} : { cachedInputPerMtok: perMtok(cached) }),
    ...(write === undefined ? {} : { cacheWritePerMtok: perMtok(write) }),
    ...(output === undefined ? {} : { outputPerMtok: perMtok(output) }),
    ...(request === undefined ? {} : { perRequest: money(request) }),
  };
}

const minutes = (startMinute: number, endMinute: number, days?: readonly number[]) => ({
  utc: { startMinute, endMinute, ...(days === undefined ? {} : { days }) },
});

interface Options {
  readonly rows: readonly UsageInterval[];
  readonly prices: readonly HostedPrice[];
  readonly terms?: Partial<HostedInput>;
  readonly batch?: readonly UsageInterval[];
  readonly more?: Partial<StackInput>;
}

function weigh({ rows, prices, terms = {}, batch, more = {} }: Options) {
  const own: Partial<DeploymentInput> = {
    usage: series(rows),
    hosted: hosted({ fee: decimal('0'), ...terms }),
    ...(batch === undefined ? {} : { batchUsage: series(batch) }),
  };
  const [chat] = weighStack(stack({ prices, deployments: [deployment(own)], ...more })).deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  return chat;
}

const MILLION = 1_000_000;

test('an hour is priced by the window it begins in, and a window may wrap midnight', () => {
  const night = override(minutes(23 * 60, 1 * 60), { input: '0.25' });
  const host = price({ host: 'x', input: '1', output: '4', overrides: [night] });
  const rows = [0, 1, 2, 23].map((at) => ({ at, uncached: MILLION, output: MILLION }));
  const window = { startMs: hour(0), endMs: hour(24) };
  const charges = [charge({ usd: '36', from: 0, to: 24 })];
  const chat = weigh({ rows, prices: [host], more: { window, charges } });
  // 0.25 + 4 at midnight and at 23:00, 1 + 4 at 01:00 and 02:00.
  expect(six(chat.hosted.chosen?.usd)).toBe('18.500000');
});

test('windows that tile the day price each hour, whatever the base price is', () => {
  const tiles = [
    override(minutes(30, 150), { input: '2', output: '3' }),
    override(minutes(150, 30), { input: '1', output: '1' }),
  ];
  const host = price({ host: 'x', input: '9', output: '9', overrides: tiles });
  const rows = [
    { at: 0, hours: 0.5, uncached: MILLION },
    { at: 0.5, hours: 0.5, uncached: MILLION },
    { at: 2.5, hours: 0.5, output: MILLION },
  ];
  expect(six(weigh({ rows, prices: [host] }).hosted.chosen?.usd)).toBe('4.000000');
});

test('a window for some weekdays applies only on those', () => {
  // The fixture begins on a Wednesday.
  const on = (days: readonly number[]) => {
    const cheap = override(minutes(0, 0, days), { input: '0.5' });
    const host = price({ host: 'x', input: '1', output: '1', overrides: [cheap] });
    const rows = [{ at: 0, uncached: MILLION }];
    return six(weigh({ rows, prices: [host] }).hosted.chosen?.usd);
  };
  expect([on([3]), on([0, 1, 2, 4, 5, 6])]).toEqual(['0.500000', '1.000000']);
});

test('of matching overrides the later wins price by price, and the rest is inherited', () => {
  const overrides = [
    override(minutes(0, 720), { input: '0.8', cached: '0.4' }),
    override({ minPromptTokens: 1000 }, { input: '2' }),
  ];
  const host = price({ host: 'x', input: '1', cached: '0.5', output: '3', overrides });
  const rows = [{ at: 0, uncached: MILLION, cached: MILLION, output: MILLION, requests: 10 }];
  const { cost } = weigh({ rows, prices: [host] }).hosted.chosen ?? {};
  // Two million at 2.00 without a hit; a million at 2.00 and a million at 0.40 with all.
  expect([six(cost?.atZeroUsd), six(cost?.atOneUsd)]).toEqual(['7.000000', '5.400000']);
});

test('a long prompt is one above the threshold, by the mean of its interval', () => {
  const long = override({ minPromptTokens: 200_000 }, { input: '2', output: '6' });
  const host = price({ host: 'x', input: '1', output: '3', overrides: [long] });
  const rows = [
    { at: 0, uncached: 2_000_000, requests: 10 },
    { at: 1, uncached: 2_000_010, requests: 10 },
  ];
  const { hosted: found, warnings } = weigh({ rows, prices: [host] });
  // At 200,000 it is not above; at 200,001 it is. All short 4.00001, all long 8.00002.
  expect(six(found.chosen?.usd)).toBe('6.000020');
  expect(
    found.doubts?.map(({ code, lessUsd, moreUsd }) => [code, six(lessUsd), six(moreUsd)]),
  ).toEqual([['prompt-size', '-2.000010', '2.000000']]);
  expect(warningSentences(warnings).join(' ')).toContain(
    'The provider charges more for long prompts, but only the mean prompt length is known. The ' +
      'hosted cost is between $4.00 and $8.00.',
  );
});

test('where requests are unknown prompts count as short, and the possible cost is reported', () => {
  const long = override({ minPromptTokens: 200_000 }, { input: '2' });
  const host = price({ host: 'x', input: '1', output: '3', overrides: [long] });
  const rows = [{ at: 0, uncached: MILLION, requests: null }];
  const { hosted: found } = weigh({ rows, prices: [host] });
  expect(six(found.chosen?.usd)).toBe('1.000000');
  expect(found.doubts?.map(({ moreUsd }) => six(moreUsd))).toEqual(['1.000000']);
});

test('an interval whose whole prompt is below the threshold has no uncertainty', () => {
  const long = override({ minPromptTokens: 200_000 }, { input: '2' });
  const host = price({ host: 'x', input: '1', output: '3', overrides: [long] });
  const rows = [{ at: 0, uncached: 200_000, requests: 3 }];
  expect(weigh({ rows, prices: [host] }).hosted.doubts).toEqual([]);
});

test('an interval longer than a window is divided by time, and its bounds are reported', () => {
  const peak = override(minutes(0, 60), { input: '4' });
  const host = price({ host: 'x', input: '1', output: '1', overrides: [peak] });
  const rows = [{ at: 0, hours: 4, uncached: 4 * MILLION, requests: 5 }];
  const { hosted: found } = weigh({ rows, prices: [host] });
  expect(six(found.chosen?.usd)).toBe('7.000000');
  expect(
    found.doubts?.map(({ code, lessUsd, moreUsd }) => [code, six(lessUsd), six(moreUsd)]),
  ).toEqual([['long-interval', '-3.000000', '9.000000']]);
  expect(six(sum(found.byDay[0]?.usd ?? []))).toBe('7.000000');
});

test('where the provider sells cache writes, what is hit later is written first', () => {
  const result = { host: 'x', input: '1', cached: '0.1', output: '5' };
  const host = price({ ...result, cacheWritePerMtok: nanoUsdPerMtok(money('1.25')) });
  const rows = [{ at: 0, uncached: MILLION, cached: 3 * MILLION, output: MILLION }];
  const { cost } = weigh({ rows, prices: [host] }).hosted.chosen ?? {};
  expect([six(cost?.atZeroUsd), six(cost?.atOneUsd)]).toEqual(['9.000000', '6.550000']);
});

test('caching whose writes cost more than its hits save is not bought', () => {
  const result = { host: 'x', input: '1', cached: '0.9', output: '5' };
  const host = price({ ...result, cacheWritePerMtok: nanoUsdPerMtok(money('2')) });
  const rows = [{ at: 0, uncached: MILLION, cached: MILLION }];
  const { cost } = weigh({ rows, prices: [host] }).hosted.chosen ?? {};
  expect([six(cost?.atZeroUsd), six(cost?.atOneUsd)]).toEqual(['2.000000', '2.000000']);
});

const STANDARD = { host: 'x', input: '1', cached: '0.5', output: '4' };
const BATCH = { host: 'x', input: '0.4', output: '2', serviceTier: 'batch' } as const;
const ROWS = [
  { at: 0, uncached: 2 * MILLION, cached: MILLION, output: MILLION },
  { at: 1, uncached: MILLION, output: MILLION },
];

test('what may wait costs the provider’s own batch price, and the fee applies after it', () => {
  const batch = [{ at: 1, uncached: MILLION, output: 500_000 }];
  const prices = [price(STANDARD), price(BATCH)];
  const chat = weigh({ rows: ROWS, batch, prices, terms: { fee: decimal('0.1') } });
  const { chosen, lines, byDay } = chat.hosted;
  // Prompts 3.00, the million of hits at 0.75, output 8.00; 0.60 and 1.00 off for the batch.
  expect(six(lines?.tokensUsd)).toBe('11.750000');
  expect(six(lines?.batchDiscountUsd)).toBe('1.600000');
  expect(six(lines?.requestsUsd)).toBe('0.000000');
  expect(six(lines?.feeUsd)).toBe('1.015000');
  expect(six(chosen?.usd)).toBe('11.165000');
  expect(six(sum(byDay[0]?.usd ?? []))).toBe('11.165000');
  expect(six(optionCost(chat, 'delete')?.hostedUsd)).toBe('11.165000');
});

test('no batch price is derived: a provider without one charges the standard price', () => {
  const batch = [{ at: 1, uncached: MILLION, output: 500_000 }];
  const { hosted: found } = weigh({ rows: ROWS, batch, prices: [price(STANDARD)] });
  expect([six(found.chosen?.usd), six(found.lines?.batchDiscountUsd)]).toEqual([
    '11.750000',
    '0.000000',
  ]);
});

test('demand that may not wait never gets a batch price, and a flex price is never used', () => {
  const flex = price({ ...BATCH, serviceTier: 'flex', input: '0.01', output: '0.01' });
  const found = weigh({ rows: ROWS, prices: [price(STANDARD), price(BATCH), flex] }).hosted;
  expect(six(found.chosen?.usd)).toBe('11.750000');
  const waiting = weigh({ rows: ROWS, batch: ROWS, prices: [price(STANDARD), flex] }).hosted;
  expect(six(waiting.chosen?.usd)).toBe('11.750000');
});

test('the batch discount is on what its tokens cost as part of the whole', () => {
  // A mean prompt of 167 in the whole hour, of 100 in what of it may wait.
  const rows = [{ at: 1, uncached: 2 * MILLION, requests: 12_000 }];
  const batch = [{ at: 1, uncached: MILLION, requests: 10_000 }];
  const long = override({ minPromptTokens: 100 }, { input: '3' });
  const prices = [price({ ...STANDARD, overrides: [long] }), price(BATCH)];
  const { hosted: found } = weigh({ rows, batch, prices });
  // A million at 3 and one at 0.4; all short it is a million at 1, and that one is still at 0.4.
  expect(six(found.chosen?.usd)).toBe('3.400000');
  expect(found.doubts?.map(({ code, lessUsd }) => [code, six(lessUsd)])).toEqual([
    ['prompt-size', '-2.000000'],
  ]);
});

test('unknown hits of what may wait are hits in both prices, or in neither', () => {
  const rows = [{ at: 1, uncached: 2 * MILLION, cached: null }];
  const batch = [{ at: 1, uncached: MILLION, cached: null }];
  const prices = [price(STANDARD), price(BATCH)];
  const more = { cacheRealization: { low: decimal('0'), base: decimal('1'), high: decimal('1') } };
  const { hosted: found, warnings } = weigh({ rows, batch, prices, more });
  expect(six(found.chosen?.usd)).toBe('1.400000');
  // A million of hits at 0.5, and a batch that sells no hits at 0.4.
  expect(warningSentences(warnings).join()).toContain(
    'If all those prompt tokens were hits, it would be $0.90.',
  );
});

test('a batch price above the standard one is ignored', () => {
  const expensive = price({ ...BATCH, input: '2', output: '9' });
  const found = weigh({ rows: ROWS, batch: ROWS, prices: [price(STANDARD), expensive] }).hosted;
  expect(six(found.chosen?.usd)).toBe('11.750000');
});

test('batches are bought in the hours in which they are cheaper, and in no other', () => {
  // A batch takes $0.40 off a million in, and costs $6.00 more for a million out.
  const prices = [price(STANDARD), price({ ...BATCH, input: '0.6', output: '10' })];
  const rows = [
    { at: 0, uncached: MILLION, output: MILLION },
    { at: 1, uncached: MILLION, output: MILLION },
  ];
  const batch = [
    { at: 0, uncached: MILLION },
    { at: 1, output: MILLION },
  ];
  const chat = weigh({ rows, batch, prices });
  const { lines, chosen, byDay } = chat.hosted;
  expect([six(lines?.batchDiscountUsd), six(chosen?.usd)]).toEqual(['0.400000', '9.600000']);
  expect(six(sum(byDay[0]?.usd ?? []))).toBe('9.600000');
  const [days] = findOffer(chat, 'delete')?.days.hosts ?? [];
  const drawnUsd = days?.atZeroUsd.reduce((all, usd) => all + usd, 0) ?? 0;
  expect(Math.round(drawnUsd * 1e6)).toBe(9_600_000);
});

test('a batch that would end only after its price has ended is not bought', () => {
  const window = { startMs: hour(0), endMs: hour(48) };
  const charges = [charge({ usd: '72', from: 0, to: 48 })];
  const ended = { ...price({ ...BATCH, offered: false }), validFromMs: hour(30) };
  const rows = [5, 6, 30].map((at) => ({ at, uncached: MILLION }));
  const prices = [price(STANDARD), price(BATCH), ended];
  const { hosted: found } = weigh({ rows, batch: rows, prices, more: { window, charges } });
  // Handed in at 05:00 it is due at 05:00 on the second day, at 06:00 as the price ends.
  expect(six(found.lines?.batchDiscountUsd)).toBe('0.600000');
});

test('a batch price that applies all day makes the hour irrelevant', () => {
  const peak = override(minutes(0, 60), { input: '4' });
  const host = price({ host: 'x', input: '1', output: '1', overrides: [peak] });
  const whole = { at: 0, hours: 4, uncached: 4 * MILLION, requests: 5 };
  const part = { at: 0, hours: 4, uncached: 2 * MILLION, requests: 2 };
  const doubts = (batch: readonly UsageInterval[]) =>
    weigh({ rows: [whole], batch, prices: [host, price(BATCH)] }).hosted.doubts?.map(
      ({ code, lessUsd, moreUsd }) => [code, six(lessUsd), six(moreUsd)],
    );
  // Half of the four million has no hour: the rest is $3.50 between $2.00 and $8.00.
  expect(doubts([part])).toEqual([['long-interval', '-1.500000', '4.500000']]);
  expect(doubts([whole])).toEqual([]);
});

test('a provider with only batches is not eligible for demand that cannot wait', () => {
  const found = weigh({ rows: ROWS, prices: [price(BATCH)] }).hosted;
  expect(found.considered.map(({ reason }) => reason)).toEqual([{ code: 'batches-only' }]);
});

test('a batch price per request is not used where requests are unknown', () => {
  const perCall = price({ ...BATCH, request: '0.001' });
  const batch = [{ at: 1, uncached: MILLION, requests: null }];
  const found = weigh({ rows: ROWS, batch, prices: [price(STANDARD), perCall] }).hosted;
  expect(six(found.lines?.batchDiscountUsd)).toBe('0.000000');
});
