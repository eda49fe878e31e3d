import { expect, test } from 'vitest';
import { decimal, ONE, sum } from '../../src/domain/exact.ts';
import type { HostAvailability, HostedPrice } from '../../src/domain/price.ts';
import type { HostedInput } from '../../src/economics/input.ts';
import { optionCost } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  deployment,
  HOST_A,
  HOST_B,
  hosted,
  hour,
  price,
  series,
  six,
  stack,
} from './stackFixture.ts';
import { warningSentences, providerLackSentence, lackSentence } from '../support/factSentences.ts';

interface Market {
  readonly prices?: readonly HostedPrice[];
  readonly availability?: readonly HostAvailability[];
  readonly terms?: Partial<HostedInput>;
}

function weigh({ prices = [HOST_A, HOST_B], availability = [], terms = {} }: Market) {
  const deployments = [deployment({ hosted: hosted(terms) })];
  const [chat] = weighStack(stack({ prices, availability, deployments })).deployments;
  if (chat === undefined) throw new Error('one deployment is weighed');
  return chat;
}

function reasons(market: Market) {
  return Object.fromEntries(
    weigh(market).hosted.considered.map(({ host, reason }) => [host, providerLackSentence(reason)]),
  );
}

const EQUIVALENT = { sourceId: 'market', model: 'open/model', tokenRatio: ONE };

test('each interval is priced as of its start: a change at noon counts from noon', () => {
  const pricier = price({ host: 'host-b', input: '0.24', output: '0.40', validFromMs: hour(3) });
  const chat = weigh({ prices: [HOST_B, pricier], terms: { fee: decimal('0') } });
  expect(six(chat.hosted.chosen?.usd)).toBe('2.240000');
});

test('a provider charges the full price for cache hits where it sells no cached price', () => {
  const chat = weigh({ prices: [HOST_B], terms: { fee: decimal('0') } });
  const { cost } = chat.hosted.chosen ?? {};
  expect(six(cost?.atZeroUsd)).toBe('2.080000');
  expect(six(cost?.atOneUsd)).toBe('2.080000');
});

test('requests and another tokenizer are part of the cost, and the fee applies to both', () => {
  const perRequest = price({ host: 'x', input: '0.12', output: '0.20', request: '0.001' });
  const terms = { equivalents: [{ ...EQUIVALENT, tokenRatio: decimal('1.1') }] };
  const chat = weigh({ prices: [perRequest], terms: { ...terms, fee: decimal('0.5') } });
  expect(six(chat.hosted.chosen?.usd)).toBe('13.182000');
});

test('a price per request cannot be charged for an unknown number of requests', () => {
  const prices = [price({ host: 'x', input: '0.12', output: '0.20', request: '0.001' })];
  const usage = series([{ at: 0, output: 100, requests: null }]);
  const [chat] = weighStack(stack({ prices, deployments: [deployment({ usage })] })).deployments;
  expect(providerLackSentence(chat?.hosted.considered[0]?.reason)).toContain(
    'the number of requests is unknown',
  );
  expect(chat && optionCost(chat, 'delete')).toBeUndefined();
});

test('unknown cache hits count as none, and that is reported', () => {
  const usage = series([{ at: 0, uncached: 1_000_000, cached: null }]);
  const [chat] = weighStack(stack({ deployments: [deployment({ usage })] })).deployments;
  expect(six(chat?.hosted.chosen?.usd)).toBe('0.105500');
  expect(warningSentences(chat?.warnings).join()).toContain('Cache hits are unknown in 1 interval');
  expect(chat?.served.cachedTokens).toBeUndefined();
});

test('before its first price a provider has no cost: unknown, never less', () => {
  const late = price({ host: 'late', input: '0.01', output: '0.01', validFromMs: hour(1) });
  const chat = weigh({ prices: [late] });
  expect(providerLackSentence(chat.hosted.considered[0]?.reason)).toBe(
    'no price was in force at 2026-07-01T00:00:00Z',
  );
  expect(chat.hosted.chosen).toBeUndefined();
  expect(lackSentence(chat.hosted.reason)).toContain('late (no price was in force');
});

test('a provider that stops selling is not eligible from then on', () => {
  const gone = price({ host: 'host-a', validFromMs: hour(3), offered: false });
  expect(reasons({ prices: [HOST_A, gone, HOST_B] })).toEqual({
    'host-a': 'no price was in force at 2026-07-01T03:00:00Z',
    'host-b': undefined,
  });
});

test('a period without tokens needs no price', () => {
  const gone = price({ host: 'host-a', validFromMs: hour(2), offered: false });
  const back = { ...HOST_A, validFromMs: hour(3) };
  expect(reasons({ prices: [HOST_A, gone, back] })).toEqual({ 'host-a': undefined });
});

test('a missing input or output price is not a price of zero', () => {
  const prices = [
    price({ host: 'no-input', input: null, output: '0.2' }),
    price({ host: 'no-output', input: '0.2', output: null }),
  ];
  expect(reasons({ prices })).toEqual({
    'no-input': 'no input price at 2026-07-01T00:00:00Z',
    'no-output': 'no output price at 2026-07-01T00:00:00Z',
  });
});

test('a free tier is never a counterfactual unless config allows it', () => {
  const free = price({ host: 'free', input: '0', output: '0', free: true });
  const zero = price({ host: 'zero', input: '0', output: '0' });
  expect(weigh({ prices: [free, zero, HOST_A] }).hosted.chosen?.host).toBe('host-a');
  const allowed = weigh({ prices: [free, HOST_A], terms: { allowFree: true } });
  expect(allowed.hosted.chosen?.host).toBe('free');
  expect(six(optionCost(allowed, 'delete')?.hostedUsd)).toBe('0.000000');
});

test('only allowed quantizations are eligible, and unknown does not count as allowed', () => {
  const prices = [
    price({ host: 'a/int4', input: '0.01', output: '0.01', quantization: 'int4' }),
    price({ host: 'b', input: '0.01', output: '0.01', quantization: 'unknown' }),
    HOST_A,
  ];
  const terms = { equivalents: [{ ...EQUIVALENT, quantizations: ['fp8', 'bf16'] }] };
  expect(reasons({ prices, terms })).toEqual({
    'host-a': undefined,
    'a/int4': 'quantization int4 is not allowed',
    b: 'quantization unknown is not allowed',
  });
});

test('each of several quantizations that a provider sells at once is a separate offer', () => {
  const terms = { equivalents: [{ ...EQUIVALENT, quantizations: ['fp8'] }] };
  const bf16 = { host: 'host-a', quantization: 'bf16', input: '9', output: '9' };
  for (const validFromMs of [HOST_A.validFromMs, hour(2)]) {
    const prices = [HOST_A, price({ ...bf16, validFromMs })];
    expect(six(weigh({ prices, terms }).hosted.chosen?.usd)).toBe('2.125825');
    const all = weigh({ prices }).hosted.considered;
    expect(all.map(({ quantization, usd }) => [quantization, usd === undefined])).toEqual([
      ['fp8', false],
      ['bf16', validFromMs === hour(2)],
    ]);
  }
});

test('a provider that changes or omits its quantization has one offer', () => {
  for (const quantization of ['bf16', 'unknown']) {
    const ends = { ...HOST_A, offered: false, validFromMs: hour(2) };
    const next = { ...HOST_A, quantization, validFromMs: hour(2) };
    const prices = quantization === 'unknown' ? [HOST_A, next] : [HOST_A, ends, next];
    const { considered } = weigh({ prices }).hosted;
    expect(considered.map(({ usd }) => six(usd))).toEqual(['2.125825']);
  }
});

test('providers are named by endpoint, by name or by the part before the slash', () => {
  const prices = [HOST_A, price({ host: 'b/fp8', input: '1', output: '1', hostName: 'Bee' })];
  const only = (names: string[]) => ({ equivalents: [{ ...EQUIVALENT, hosts: names }] });
  const without = (names: string[]) => ({ equivalents: [{ ...EQUIVALENT, excludeHosts: names }] });
  expect(weigh({ prices, terms: only(['b']) }).hosted.chosen?.host).toBe('b/fp8');
  expect(weigh({ prices, terms: only(['Bee']) }).hosted.chosen?.host).toBe('b/fp8');
  expect(reasons({ prices, terms: without(['host-a']) })).toEqual({
    'b/fp8': undefined,
    'host-a': 'excluded by the config',
  });
});

test('a context that is too short is refused', () => {
  const prices = [price({ host: 'short', input: '1', output: '1', contextLength: 8192 })];
  expect(reasons({ prices, terms: { minContextLength: 32_768 } })).toEqual({
    short: 'context of 8,192 tokens is shorter than 32,768',
  });
});

function seen(host: string, at: number, uptimeMillionths?: number): HostAvailability {
  const identity = { sourceId: 'market', model: 'open/model', host, observedAtMs: hour(at) };
  const uptime = uptimeMillionths === undefined ? {} : { uptimeMillionths };
  return { ...identity, healthy: true, ...uptime };
}

function degraded(host: string, at: number): HostAvailability {
  return { ...seen(host, at), healthy: false };
}

test('uptime is the mean over the window, else the newest before it', () => {
  const availability = [
    seen('host-a', -1, 100_000),
    seen('host-a', 1, 999_000),
    seen('host-a', 2, 985_000),
    seen('host-b', -2, 100_000),
    seen('host-b', -1, 985_000),
  ];
  const terms = { minUptime: decimal('0.99') };
  expect(reasons({ availability, terms })).toEqual({
    'host-a': undefined,
    'host-b': 'uptime 98.5% is below 99%',
  });
});

test('an unknown uptime passes, and that is reported', () => {
  const chat = weigh({ terms: { minUptime: decimal('0.99') } });
  expect(chat.hosted.chosen?.host).toBe('host-a');
  expect(warningSentences(chat.warnings).join()).toContain(
    'The provider host-a does not state its uptime or context length. It is compared without ' +
      'that check.',
  );
});

test('a provider that is degraded most of the time is not eligible', () => {
  const availability = [
    degraded('host-a', 0),
    degraded('host-a', 1),
    seen('host-a', 2),
    degraded('host-b', 0),
    seen('host-b', 1),
  ];
  expect(reasons({ availability })).toEqual({
    'host-a': 'degraded in 2 of 3 observations',
    'host-b': undefined,
  });
});

const HOST_C = price({ host: 'host-c', input: '0.50', output: '0.50', hostName: 'Sea' });
const HOST_D = price({ host: 'host-d', input: '0.60', output: '0.60' });

test('policy median takes the cheaper of the two middle providers of an even number', () => {
  const chat = weigh({ prices: [HOST_D, HOST_C, HOST_B, HOST_A], terms: { policy: 'median' } });
  expect(chat.hosted.chosen?.host).toBe('host-b');
  expect(chat.hosted.cheapest?.host).toBe('host-a');
});

test('the reported median of an even number of providers is the mean of the middle two', () => {
  const medianOf = (prices: readonly HostedPrice[]) => six(weigh({ prices }).hosted.medianUsd);
  // $2.125825, $2.1944, $8.229 and $9.8748: (2.1944 + 8.229) / 2.
  expect(medianOf([HOST_D, HOST_C, HOST_B, HOST_A])).toBe('5.211700');
  expect(medianOf([HOST_C, HOST_B, HOST_A])).toBe('2.194400');
  expect(medianOf([HOST_B, HOST_A])).toBe('2.160112');
});

test('a pinned provider counts by id or by name, though it is not the cheapest', () => {
  const prices = [HOST_A, HOST_C];
  const pin = (pinned: string) => weigh({ prices, terms: { policy: 'pinned', pinned } }).hosted;
  expect(pin('host-c').chosen?.host).toBe('host-c');
  expect(pin('Sea').chosen?.host).toBe('host-c');
  expect(lackSentence(pin('gone').reason)).toBe('the pinned provider gone does not sell the model');
});

test('a pinned provider that is not eligible leaves no price, with the reason', () => {
  const prices = [HOST_A, price({ host: 'free', input: '0', output: '0', free: true })];
  const chat = weigh({ prices, terms: { policy: 'pinned', pinned: 'free' } });
  expect(chat.hosted.chosen).toBeUndefined();
  expect(lackSentence(chat.hosted.reason)).toContain(
    'the pinned provider free is not eligible (free tiers do not count)',
  );
});

test('several equivalents compete', () => {
  const small = price({ host: 'tiny', model: 'open/small', input: '0.01', output: '0.01' });
  const terms = { equivalents: [EQUIVALENT, { ...EQUIVALENT, model: 'open/small' }] };
  const chat = weigh({ prices: [HOST_A, small], terms });
  expect(chat.hosted.chosen).toMatchObject({ host: 'tiny', model: 'open/small' });
});

test('the days of a provider sum to its cost', () => {
  const [chosen] = weigh({}).hosted.byDay;
  expect(chosen && sum(chosen.usd)).toEqual(chosen?.host.usd);
});

test('without equivalents nothing is eligible, and the reason says so', () => {
  expect(lackSentence(weigh({ terms: { equivalents: [] } }).hosted.reason)).toContain(
    'named in the config',
  );
  expect(lackSentence(weigh({ prices: [] }).hosted.reason)).toContain(
    'no provider of the model is known',
  );
});
