import { expect, test } from 'vitest';
import { decimal, ONE } from '../../src/domain/exact.ts';
import type { HostAvailability, HostedPrice, PriceGap } from '../../src/domain/price.ts';
import type { HostedInput, StackInput } from '../../src/economics/input.ts';
import { findOffer, optionCost } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  charge,
  deployment,
  HOST_A,
  HOST_B,
  hosted,
  hour,
  type UsageInterval,
  price,
  series,
  six,
  stack,
} from './stackFixture.ts';
import { warningSentences, providerLackSentence } from '../support/factSentences.ts';

interface Options {
  readonly prices: readonly HostedPrice[];
  readonly rows?: readonly UsageInterval[];
  readonly terms?: Partial<HostedInput>;
  readonly more?: Partial<StackInput>;
}

const MILLION = 1_000_000;
const FOUR_DAYS = { startMs: hour(0), endMs: hour(96) };
const DAILY = [0, 24, 48, 72].map((at) => ({ at, uncached: MILLION, requests: 10 }));

function weigh({ prices, rows = DAILY, terms = {}, more = {} }: Options) {
  const own = { usage: series(rows), hosted: hosted({ fee: decimal('0'), ...terms }) };
  const charges = [charge({ usd: '144', from: 0, to: 96 })];
  const around = { window: FOUR_DAYS, charges, deployments: [deployment(own)], ...more };
  const [chat] = weighStack(stack({ prices, ...around })).deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  return chat;
}

const reasonOf = (chat: ReturnType<typeof weigh>, host: string) =>
  providerLackSentence(chat.hosted.considered.find((each) => each.host === host)?.reason);

const EQUIVALENT = { sourceId: 'market', model: 'open/model', tokenRatio: ONE };

test('an unknown region or data policy does not count as allowed', () => {
  const prices = [
    { ...HOST_A, region: 'EU', dataPolicy: 'no-retention' },
    { ...HOST_B, region: 'us' },
  ];
  const found = weigh({ prices, terms: { regions: ['eu'], dataPolicies: ['no-retention'] } });
  expect(found.hosted.chosen?.host).toBe('host-a');
  expect(reasonOf(found, 'host-b')).toBe('region us is not allowed');
  const loose = weigh({ prices, terms: { dataPolicies: ['no-retention'] } });
  expect(reasonOf(loose, 'host-b')).toBe('data policy unknown is not allowed');
});

test('an equivalent’s own context length replaces the general one', () => {
  const prices = [{ ...HOST_A, contextLength: 8192 }];
  const equivalents = [{ ...EQUIVALENT, minContextLength: 32_768 }];
  const found = weigh({ prices, terms: { equivalents, minContextLength: 4096 } });
  expect(reasonOf(found, 'host-a')).toBe('context of 8,192 tokens is shorter than 32,768');
});

function look(at: number, healthy: boolean, more: Partial<HostAvailability> = {}) {
  const host = { sourceId: 'market', model: 'open/model', host: 'host-a' };
  return { ...host, observedAtMs: hour(at), healthy, ...more };
}

test('health is a share of time: each sample counts until the next one, for a day at most', () => {
  // Degraded for 12 hours, healthy for 12, no sample for a day and a half, then healthy to the end.
  const availability = [look(0, false), look(12, true), look(72, true)];
  const found = weigh({ prices: [HOST_A], more: { availability } });
  expect(six(found.hosted.parity?.watchedShare)).toBe('0.625000');
  expect(six(found.hosted.parity?.healthyShare)).toBe('0.800000');
  const strict = { minHealthyShare: decimal('0.9') };
  expect(
    reasonOf(weigh({ prices: [HOST_A], terms: strict, more: { availability } }), 'host-a'),
  ).toBe('availability 80% is below 90%');
});

test('time in which a provider was up less than required is not healthy time', () => {
  const availability = [
    look(0, true, { uptimeMillionths: 990_000 }),
    look(24, true, { uptimeMillionths: 999_000 }),
  ];
  const terms = { minUptime: decimal('0.994') };
  const found = weigh({ prices: [HOST_A], terms, more: { availability } });
  expect(six(found.hosted.parity?.healthyShare)).toBe('0.500000');
});

test('reports on how many days how many companies sold it, whatever names they use', () => {
  const turbo = price({ host: 'host-b/turbo', input: '1', output: '1' });
  const late = price({ host: 'host-c', input: '1', output: '1', validFromMs: hour(30) });
  const found = weigh({ prices: [HOST_B, turbo, late] });
  expect(found.hosted.soldBy).toEqual([
    { hosts: 1, days: 2 },
    { hosts: 2, days: 2 },
  ]);
  expect(found.hosted.sellers).toBe(1);
});

test('a company that stops selling is reported with its day, unless a variant still sells', () => {
  const gone = { ...HOST_A, validFromMs: hour(50), offered: false };
  const found = weigh({ prices: [HOST_A, gone, HOST_B] });
  expect(found.hosted.retired).toEqual([{ company: 'hosta', host: 'host-a', sinceMs: hour(50) }]);
  expect(warningSentences(found.warnings)).toContain(
    'The provider host-a stopped selling the model on 2026-07-03.',
  );
  const variant = price({ host: 'host-a/turbo', input: '1', output: '1' });
  expect(weigh({ prices: [HOST_A, gone, variant] }).hosted.retired).toEqual([]);
});

test('a limit below the busiest minutes excludes a provider; the peak is a lower bound', () => {
  // 99 quarter hours of 1,500 tokens and two of 30,000: 100 and 2,000 a minute.
  const rows = Array.from({ length: 101 }, (_, at) => ({
    at: at / 4,
    hours: 0.25,
    uncached: at < 99 ? 1500 : 30_000,
    requests: at < 99 ? 15 : 60,
  }));
  const limited = (rateLimit: object) =>
    weigh({ prices: [HOST_A], rows, terms: { equivalents: [{ ...EQUIVALENT, rateLimit }] } });
  expect(reasonOf(limited({ tokensPerMinute: 1999 }), 'host-a')).toBe(
    'limit of 1,999 tokens a minute is below the 99th percentile of traffic, at least 2,000 ' +
      'a minute',
  );
  expect(reasonOf(limited({ requestsPerMinute: 3 }), 'host-a')).toBe(
    'limit of 3 requests a minute is below the 99th percentile of traffic, at least 4 a minute',
  );
  const fits = limited({ tokensPerMinute: 2000, requestsPerMinute: 4 });
  expect(fits.hosted.chosen?.host).toBe('host-a');
  expect([six(fits.hosted.peak?.tokens), six(fits.hosted.peak?.requests)]).toEqual([
    '2000.000000',
    '4.000000',
  ]);
});

const SECOND_HAND = { secondHand: true } as const;

test('second-hand prices count until the provider’s own begin, and are reported', () => {
  const secondHandPrice = price({ host: 'host-a', input: '2', output: '2', ...SECOND_HAND });
  const later = { ...secondHandPrice, validFromMs: hour(60) };
  const own = { ...HOST_A, validFromMs: hour(40) };
  const found = weigh({ prices: [secondHandPrice, own, later] });
  // Two days at 2.00 and two at 0.10.
  expect(six(found.hosted.chosen?.usd)).toBe('4.200000');
  expect(six(found.hosted.hearsay?.tokenShare)).toBe('0.500000');
  expect(warningSentences(found.warnings).join()).toContain(
    'Prices of host-a come from a catalog, not from the provider, for 50% of the tokens',
  );
});

test('a catalog’s price of a provider with its own prices fills only the time before them', () => {
  const catalog = { sourceId: 'catalog', model: 'acme/model' };
  const secondHandPrice = price({
    ...catalog,
    host: 'Host A',
    input: '0.01',
    output: '0.01',
    ...SECOND_HAND,
  });
  const own = { ...HOST_A, validFromMs: hour(40) };
  const equivalents = [EQUIVALENT, { ...catalog, tokenRatio: ONE }];
  const found = weigh({ prices: [secondHandPrice, own], terms: { equivalents } });
  expect(found.hosted.considered.map(({ host }) => host)).toEqual(['host-a']);
  expect(six(found.hosted.chosen?.usd)).toBe('0.220000');
});

test('a provider that only a catalog lists is evaluated, and marked', () => {
  const secondHandPrice = price({ host: 'host-z', input: '0.01', output: '0.01', ...SECOND_HAND });
  const found = weigh({ prices: [secondHandPrice, HOST_A] });
  expect(found.hosted.chosen?.host).toBe('host-z');
  expect(six(found.hosted.hearsay?.tokenShare)).toBe('1.000000');
});

const GAP: PriceGap = {
  sourceId: 'market',
  model: 'open/model',
  startMs: hour(20),
  endMs: hour(60),
};

test('a price that changed between samples may have changed on any day of the gap', () => {
  const pricier = price({ host: 'host-a', input: '0.30', output: '1', validFromMs: hour(60) });
  const found = weigh({ prices: [HOST_A, pricier], more: { priceGaps: [GAP] } });
  // Three days at 0.10 and one at 0.30; two of the three lie in the gap.
  expect(six(found.hosted.chosen?.usd)).toBe('0.600000');
  expect(
    found.hosted.doubts?.map(({ code, moreUsd, lessUsd }) => [code, six(lessUsd), six(moreUsd)]),
  ).toEqual([['gap', '0.000000', '0.400000']]);
  expect(warningSentences(found.warnings).join()).toContain(
    'The hosted price changed between 2026-07-01 and 2026-07-03, and no price was read in ' +
      'between. The hosted cost is between $0.60 and $1.00.',
  );
  const stray = findOffer(found, 'delete')?.days.hosts[0]?.priceRange;
  expect([stray?.lessUsd, stray?.moreUsd]).toEqual([0, 0.4]);
});

test('a gap after which the price is the same, or of another model, adds no uncertainty', () => {
  const same = { ...HOST_A, validFromMs: hour(60) };
  const other = { ...GAP, model: 'open/other' };
  expect(weigh({ prices: [HOST_A, same], more: { priceGaps: [GAP] } }).hosted.doubts).toEqual([]);
  const pricier = price({ host: 'host-a', input: '0.30', output: '1', validFromMs: hour(60) });
  expect(weigh({ prices: [HOST_A, pricier], more: { priceGaps: [other] } }).hosted.doubts).toEqual(
    [],
  );
});

test('where no price has been sampled since, that is reported', () => {
  const open: PriceGap = { sourceId: 'market', model: 'open/model', startMs: hour(20) };
  const justNow = { ...open, startMs: hour(90) };
  const { warnings } = weigh({ prices: [HOST_A], more: { priceGaps: [open] } });
  expect(warningSentences(warnings)).toContain(
    'No prices of open/model were read from market after 2026-07-01.',
  );
  const fresh = weigh({ prices: [HOST_A], more: { priceGaps: [justNow] } });
  expect(warningSentences(fresh.warnings).join()).not.toContain('were read from');
});

test('a hybrid varies by the part of a gap’s tokens that it buys', () => {
  const pricier = price({ host: 'host-a', input: '0.30', output: '1', validFromMs: hour(60) });
  const capacity = { tokensPerSecond: exactly(500_000, 3600) };
  const two = DAILY.map((row) => ({ ...row, replicaS: 7200 }));
  const own = { usage: series(two), hosted: hosted({ fee: decimal('0') }), capacity };
  const charges = [charge({ usd: '144', from: 0, to: 96 })];
  const around = { window: FOUR_DAYS, charges, deployments: [deployment(own)] };
  const more = { prices: [HOST_A, pricier], priceGaps: [GAP] };
  const [chat] = weighStack(stack({ ...around, ...more })).deployments;
  const hybrid = chat && findOffer(chat, 'hybrid');
  expect(hybrid?.detail.replicas).toBe(1);
  // Half of each million is above one replica, which serves 500,000 tokens an hour.
  expect(hybrid?.days.hosts[0]?.priceRange?.moreUsd.toFixed(9)).toBe('0.200000000');
  expect(six(chat && optionCost(chat, 'hybrid')?.hostedUsd)).toBe('0.300000');
});

function exactly(num: number, den: number) {
  return { num: BigInt(num / 100), den: BigInt(den / 100) };
}

test('what is known of the provider is listed beside what is wanted, and moves no price', () => {
  const known = { ...HOST_A, contextLength: 131_072, supports: ['tools', 'seed'], region: 'eu' };
  const availability = [
    look(1, true, { latencyMs: 300, tokensPerSecond: 40 }),
    look(2, true, { latencyMs: 500 }),
    look(3, true, { latencyMs: 350, tokensPerSecond: 60 }),
  ];
  const terms = { features: ['tools', 'structured_outputs'] };
  const found = weigh({ prices: [known], terms, more: { availability } });
  expect(found.hosted.parity).toMatchObject({
    quantization: 'fp8',
    contextLength: 131_072,
    region: 'eu',
    latencyMs: 350,
    tokensPerSecond: 50,
    lacks: ['structured_outputs'],
  });
  expect(warningSentences(found.warnings)).toContain(
    'The provider host-a does not state that it supports structured_outputs.',
  );
  expect(six(found.hosted.chosen?.usd)).toBe(six(weigh({ prices: [HOST_A] }).hosted.chosen?.usd));
});

test.each([
  ['bf16', 'lower'],
  ['FP8', 'same'],
  ['int4', 'higher'],
  ['int8', 'other'],
  ['w4a16', 'other'],
])('a provider in fp8 beside our %s is %s, and priced alike', (ownPrecision, precision) => {
  const fp8 = { ...HOST_A, quantization: 'fp8' };
  const { hosted } = weigh({ prices: [fp8], terms: { ownPrecision } });
  expect(hosted.parity).toMatchObject({ quantization: 'fp8', ownPrecision, precision });
  expect(six(hosted.chosen?.usd)).toBe(six(weigh({ prices: [HOST_A] }).hosted.chosen?.usd));
});

test('where one of two precisions is unknown, they are not compared', () => {
  const unknown = weigh({
    prices: [{ ...HOST_A, quantization: 'unknown' }],
    terms: { ownPrecision: 'fp8' },
  });
  expect(unknown.hosted.parity).not.toHaveProperty('precision');
  const unstated = weigh({ prices: [{ ...HOST_A, quantization: 'fp8' }] });
  expect(unstated.hosted.parity).not.toHaveProperty('precision');
});
