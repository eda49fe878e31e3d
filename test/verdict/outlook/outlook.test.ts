/**
 * Tests the next window: unchanged, and with tokens and hosted price continued along their trends.
 */

import { expect, test } from 'vitest';
import { decimal } from '../../../src/domain/exact.ts';
import { dayText } from '../../../src/domain/period.ts';
import { bestPlan } from '../../../src/economics/plan.ts';
import type { StackEconomics } from '../../../src/economics/result.ts';
import { computeOutlook } from '../../../src/verdict/outlook/outlook.ts';
import { hour, LABOR, price, six } from '../../economics/stackFixture.ts';
import { WEEKS_DAYS, FALLING, type WeeklyPod, RISING, weeklyStack } from './weeksWorld.ts';

function outlookOf(economics: StackEconomics, kept: readonly string[] = []) {
  const terms = { kept: new Set(kept), plan: bestPlan(economics, { kept: new Set(kept) }) };
  const found = computeOutlook(economics, terms);
  const day = (ms: number | undefined) => ms && dayText(ms);
  return {
    ...found,
    savingUsd: six(found.withTrend?.savingUsd),
    changeUsd: six(found.withTrend?.changeUsd),
    flipsOn: day(found.breakEvenMs),
    own: Object.fromEntries(found.deployments.map(({ id, flipsMs }) => [id, day(flipsMs)])),
  };
}

const chat = (overrides: Partial<WeeklyPod> = {}): WeeklyPod => ({
  id: 'chat',
  usdPerDay: 20,
  mtok: RISING,
  ...overrides,
});

test('rising tokens make buying them more expensive, until a day when keeping is cheaper', () => {
  // $1,820 of GPU spend; $728 of tokens in this window, 1.8125 times that in the next one. The two
  // are equal at 2.5 times, 24 weeks after the window's middle: 122.5 days after its end.
  const found = outlookOf(weeklyStack([chat()]));
  expect(found.trends).toEqual({ tokens: 0.0625, hostedPrice: 0 });
  expect(found.savingUsd).toBe('500.500000');
  expect(found.changeUsd).toBe('-591.500000');
  expect(found.flipsOn).toBe('2027-01-30');
  expect(found.own).toEqual({ chat: '2027-01-30' });
});

test('falling tokens make a kept pod too expensive on a day', () => {
  // $364 of GPU spend against $728 of tokens: half of them, 8 weeks after the middle.
  const found = outlookOf(weeklyStack([chat({ usdPerDay: 4, mtok: FALLING })]));
  expect(found.savingUsd).toBe('0.000000');
  expect(found.flipsOn).toBe('2026-10-10');
  expect(found.own).toEqual({ chat: '2026-10-10' });
});

test('flat tokens have no break-even day, and continue the saving as it is', () => {
  const found = outlookOf(weeklyStack([chat({ mtok: () => 8 })]));
  expect(found.trends).toEqual({ tokens: 0, hostedPrice: 0 });
  expect([found.savingUsd, found.changeUsd]).toEqual(['1092.000000', '0.000000']);
  expect([found.flipsOn, found.own.chat]).toEqual([undefined, undefined]);
});

test('a random movement is not a trend', () => {
  const noise = [8, 9, 7, 8, 10, 7, 9, 8, 7, 9, 8, 10, 8];
  const found = outlookOf(weeklyStack([chat({ mtok: (week) => noise[week] ?? 0 })]));
  expect(found.trends.tokens).toBe(0);
  expect(found.flipsOn).toBeUndefined();
});

test('a provider that lowers its price week by week is a trend of the price alone', () => {
  const prices = Array.from({ length: 13 }, (_, week) => {
    const usd = String(1.3 - week / 20);
    return price({ host: 'host-a', input: usd, output: usd, validFromMs: hour(week * 168) });
  });
  const found = outlookOf(weeklyStack([chat({ usdPerDay: 4, mtok: () => 8 })], { prices }));
  // $1 in the middle and a twentieth less a week: at half, 10 weeks on, tokens cost what the pod
  // does.
  expect(found.trends.tokens).toBe(0);
  expect(found.trends.hostedPrice?.toFixed(9)).toBe('-0.050000000');
  expect(found.flipsOn).toBe('2026-10-24');
});

test('a changed mix of tokens is not a price trend', () => {
  const prices = [price({ host: 'host-a', input: '0.5', output: '2' })];
  const pods = [chat({ outputShare: (week) => week / 16 })];
  const economics = weeklyStack(pods, { prices });
  const weeks = economics.deployments[0]?.hosted.usdPerMtokByWeek ?? [];
  expect([weeks.length, new Set(weeks).size]).toEqual([13, 1]);
  expect(outlookOf(economics).trends).toEqual({ tokens: 0.0625, hostedPrice: 0 });
});

test('a week of which less than nine tenths is known does not count, and five are too few', () => {
  const gap = (day: number) => day % 7 === 0 && day < 49;
  const counted = outlookOf(weeklyStack([chat({ missing: gap })]));
  expect(counted.trends.tokens?.toFixed(9)).toBe('0.062500000');
  const most = (day: number) => day % 7 === 0 && day < 56;
  const found = outlookOf(weeklyStack([chat({ missing: most })]));
  expect(found.trends.tokens).toBeUndefined();
  expect(found.flipsOn).toBeUndefined();
});

test('without any known week there is no trend, and no saving with one', () => {
  const economics = weeklyStack([chat({ missing: (day) => day > 0 })]);
  const [only] = economics.deployments;
  const blind = only && { ...only, hosted: { ...only.hosted, usdPerMtokByWeek: [] } };
  const found = outlookOf({ ...economics, deployments: blind === undefined ? [] : [blind] });
  expect(found.trends).toEqual({ tokens: undefined, hostedPrice: undefined });
  expect(found.withTrend).toBeUndefined();
  expect(found.flipsOn).toBeUndefined();
});

test('no break-even is reported that is beyond what the paid machines could serve', () => {
  // 8 of 17.28 million tokens a day are served at 200 a second; 2.5 times as many would not be.
  const found = outlookOf(weeklyStack([chat({ capacity: '200' })]));
  expect(found.trends.tokens).toBe(0.0625);
  expect(found.flipsOn).toBeUndefined();
  expect(found.savingUsd).toBe('500.500000');
  expect(outlookOf(weeklyStack([chat({ capacity: '150' })])).withTrend).toBeUndefined();
});

test('each deployment has its own trend', () => {
  const pods = [chat(), chat({ id: 'code', mtok: () => 8 })];
  const found = outlookOf(weeklyStack(pods));
  expect(found.trends.tokens).toBe(0.03125);
  expect(found.savingUsd).toBe('1592.500000');
  expect(found.own).toEqual({ chat: '2027-01-30', code: undefined });
  // Together they save $2,184 until the tokens of the one are four times as many: 48 weeks.
  expect(found.flipsOn).toBe('2027-07-17');
});

test('the reported trends are those of what the plan changes, on which its saving rests', () => {
  const pods = [chat({ mtok: () => 8 }), chat({ id: 'code', usdPerDay: 4 })];
  const found = outlookOf(weeklyStack(pods));
  expect(found.trends).toEqual({ tokens: 0, hostedPrice: 0 });
  expect(found.changeUsd).toBe('0.000000');
  expect(found.deployments.map(({ trends }) => trends.tokens)).toEqual([0, 0.0625]);
});

test('what must stay has no day on which its answer turns', () => {
  const found = outlookOf(weeklyStack([chat({ usdPerDay: 4, mtok: FALLING })]), ['chat']);
  expect([found.flipsOn, found.own.chat]).toEqual([undefined, undefined]);
});

test('a stack that is kept turns later where hosting needs its own engineering time', () => {
  const hours = { fixedHours: always('91'), hoursPerDeployment: always('0') };
  const labor = { ...LABOR, hosted: hours, selfHosted: { ...hours, fixedHours: always('0') } };
  // $364 of GPU spend against $728 of tokens and $91 of labor: at three eighths, 10 weeks on.
  const found = outlookOf(weeklyStack([chat({ usdPerDay: 4, mtok: FALLING })], { labor }));
  expect(found.own).toEqual({ chat: '2026-10-10' });
  expect(found.flipsOn).toBe('2026-10-24');
});

function always(value: string) {
  return { low: decimal(value), base: decimal(value), high: decimal(value) };
}

test('a trend that already turned the answer within the window turns it on the first day', () => {
  const found = outlookOf(weeklyStack([chat({ usdPerDay: 10 })]));
  expect(found.flipsOn).toBe(dayText(hour(WEEKS_DAYS * 24)));
});
