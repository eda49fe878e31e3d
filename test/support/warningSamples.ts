/** One warning and one missing input of each code, without the code. */

import type { HostLack, Lack } from '../../src/economics/lack.ts';
import type { Warning } from '../../src/economics/warning.ts';

/** One fact of each code, without the code. */
type Facts<Fact extends { readonly code: string }> = {
  readonly [Code in Fact['code']]: Omit<Extract<Fact, { readonly code: Code }>, 'code'>;
};

const ENDS = { lowUsd: '10.000000', highUsd: '1234.500000' };
const BY_MONTH = { source: 'acme', month: '2026-08' };
const INSTANT = '2026-07-01T00:30:00Z';

export const WARNINGS: Facts<Warning> = {
  'usage-doubted': {
    doubt: 'alone',
    intervals: 2,
    tokens: 1_234_567,
    tokensPerSecond: 90_000,
    supportedTokensPerSecond: 3_000,
    fastestAt: INSTANT,
  },
  'paid-time-estimated': { from: 'whole-period', resources: ['a', 'b', 'c'], resourceCount: 5 },
  'utilization-above-one': { share: '1.500000' },
  'busy-fraction-above-one': { share: '1.500000' },
  'utilization-above-busy-fraction': { utilizationShare: '0.600000', busyShare: '0.500000' },
  'tokens-without-paid-time': { tokens: 1, days: 1 },
  'intervals-longer-than-an-hour': { intervals: 1 },
  'capacity-understated': {
    statedTokensPerSecond: '3000.000000',
    seenTokensPerSecond: '4000.000000',
  },
  'capacity-not-believed': {
    statedTokensPerSecond: '300000.000000',
    believedTokensPerSecond: '90000.000000',
  },
  'serverless-lower-bound': {},
  'busy-time-unknown': { intervals: 1_000 },
  'ops-hours-not-logged': {},
  'usage-not-billed': {
    tokens: 2_000_000,
    billedTokens: 1_000_000,
    share: '0.666667',
    start: '2026-08-01T00:00:00Z',
    end: '2026-10-01T00:00:00Z',
    sources: ['acme', 'other'],
  },
  'replica-hours-disagree': {
    seenHours: '8832.000000',
    paidHours: '4.500000',
    gpus: '8.000000',
    billedGpus: '2.000000',
  },
  'months-not-billed': { months: [BY_MONTH, { ...BY_MONTH, month: '2026-09' }] },
  'host-retired': { host: 'host-a', day: '2026-07-03' },
  'cache-hits-unknown': { intervals: 1, allHitsUsd: '1.510000' },
  'host-not-checked': { host: 'host-a' },
  'host-prices-second-hand': { host: 'host-a', share: '0.500000', untilDay: '2026-07-03' },
  'host-price-changed-unseen': { startDay: '2026-07-01', endDay: '2026-07-09', ...ENDS },
  'prompt-sizes-unknown': ENDS,
  'intervals-longer-than-price-hours': ENDS,
  'prices-not-looked-at': { model: 'open/model', source: 'market', sinceDay: '2026-07-03' },
  'features-not-stated': { host: 'host-a', features: ['tools', 'structured_outputs'] },
  'double-billing': {
    sources: ['a', 'b'],
    category: 'hosted',
    evidence: 'same-resources',
    things: ['gpt-4o'],
    days: 4,
    usd: '51.500000',
  },
  'charges-left-out': {
    source: 'a',
    categories: ['hosted', 'tax'],
    usd: '5.000000',
    recordSource: 'b',
    recordUsd: '6.000000',
  },
  'bought-model-contested': { source: 'a', model: 'gpt-4o', deployments: ['chat', 'code'] },
  'commitment-not-stated': { source: 'a' },
  'reserved-capacity-not-stated': { source: 'a' },
  'resources-contested': { deployments: ['chat', 'code'], resources: 1, usd: '5.000000' },
  'labor-on-bill': { usd: '4.000000' },
  'intervals-overlap': { source: 'a', intervals: 1 },
  'usage-parts-contradict': { stretches: 1 },
  'usage-of-unknown-deployment': { name: 'chta' },
  'hours-of-unknown-deployment': { name: 'chta', hours: '1.500000' },
  'source-incomplete': {
    source: 'a',
    kind: 'charges',
    what: 'rejects',
    count: 2,
    example: 'no amount',
  },
};

export const HOST_LACKS: Facts<HostLack> = {
  'host-not-named': {},
  'host-excluded': {},
  'host-degraded': { degraded: 3, looks: 4 },
  'uptime-too-low': { uptimeShare: '0.980000', neededShare: '0.990000' },
  'health-too-low': { healthyShare: '0.800000', neededShare: '0.900000' },
  'batches-only': {},
  'no-price-in-force': { at: INSTANT },
  'no-input-price': { at: INSTANT },
  'no-output-price': { at: INSTANT },
  'quantization-not-allowed': { quantization: 'fp4' },
  'free-tier': {},
  'context-too-short': { contextTokens: 8192, neededTokens: 32_768 },
  'region-not-allowed': { region: 'us' },
  'data-policy-not-allowed': {},
  'requests-unknown': {},
  'rate-limit-too-low': { of: 'tokens', limitPerMinute: 1999, peakPerMinute: '2000.000000' },
};

const GPU = { gpu: 'A100 80 GB' };

export const LACKS: Facts<Lack> = {
  'nothing-billed': {},
  'billed-time-without-usage': {},
  'no-usage': {},
  'no-paid-hours-in-use': {},
  'capacity-unknown': {},
  'bought-tokens-without-bill': {},
  'no-serverless-price': {},
  'already-on-spot': {},
  'no-gpu-named': {},
  'gpu-not-understood': GPU,
  'gpu-memory-unknown': GPU,
  'no-rate': { ...GPU, pricingClass: 'spot', tiers: ['neocloud'] },
  'no-rate-of-allowed-provider': { ...GPU, pricingClass: 'spot' },
  'no-rate-in-force': { at: INSTANT },
  'no-equivalent-named': {},
  'no-host-known': {},
  'pinned-host-not-found': { host: 'host-a' },
  'pinned-host-not-eligible': { host: 'host-a', why: { code: 'free-tier' } },
  'no-host-eligible': { hosts: [{ host: 'host-a', why: { code: 'free-tier' } }], hostCount: 3 },
  'no-hosted-price': {},
};
