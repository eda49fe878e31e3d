import { describe, expect, test } from 'vitest';
import { decimal } from '../../src/domain/exact.ts';
import { period } from '../../src/domain/period.ts';
import type { GpuRate } from '../../src/domain/price.ts';
import type { StackInput } from '../../src/economics/input.ts';
import type { NoOffer } from '../../src/economics/offer.ts';
import { moveOffer, spotOffer } from '../../src/economics/option/market.ts';
import type { BareOffer } from '../../src/economics/option/optionFacts.ts';
import { lackSentence } from '../support/factSentences.ts';
import { marketFacts, rate } from './marketFixture.ts';
import { charge, deployment, hour, money, POD, series, six, stack } from './stackFixture.ts';

const DISK = charge({ usd: '1', from: 0, to: 4, category: 'storage' });
const CREDIT = charge({ usd: '-0.5', from: 0, to: 4, category: 'credit' });

function move(overrides: Partial<StackInput>, place = 0) {
  return moveOffer(marketFacts(stack(overrides), place));
}

function spot(overrides: Partial<StackInput>) {
  return spotOffer(marketFacts(stack(overrides)));
}

/** Two days of one pod at $1 an hour, all of it seen. */
function twoDays(rates: readonly GpuRate[], overrides: Partial<StackInput> = {}) {
  const rent = charge({ usd: '48', from: 0, to: 48, quantity: decimal('48'), unit: 'Hours' });
  const usage = series([
    { at: 0, hours: 24 },
    { at: 24, hours: 24 },
  ]);
  const deployments = [deployment({ usage })];
  const window = period(hour(0), hour(48));
  return { window, charges: [rent], deployments, rates, ...overrides };
}

function figures(offer: BareOffer | NoOffer) {
  if ('reason' in offer) return { reason: lackSentence(offer.reason) };
  const { gpuUsd, storageUsd, otherUsd, days, detail } = offer;
  return {
    usd: [gpuUsd, storageUsd, otherUsd].map(six),
    days: [...days.ownUsd],
    provider: detail.provider,
    perHour: [detail.usdPerGpuHour, detail.ownUsdPerGpuHour].map(six),
  };
}

function chosen(offer: BareOffer | NoOffer) {
  return 'reason' in offer ? lackSentence(offer.reason) : offer.detail.provider;
}

describe('move', () => {
  test('the paid GPU-hours are priced elsewhere, and what is not compute stays', () => {
    const rates = [rate({ provider: 'there', usd: '1.2' })];
    const offer = move({ rates, charges: [POD, DISK, CREDIT] });
    expect(figures(offer)).toEqual({
      usd: ['4.800000', '1.000000', '-0.500000'],
      days: [5.3],
      provider: 'there',
      perHour: ['1.200000', '1.500000'],
    });
    expect(offer).toMatchObject({ rate: 'market', days: { hosts: [] } });
    expect(offer).not.toHaveProperty('atScale');
  });

  test('each hour has the rate then in force, and the least over the window wins', () => {
    const rising = [rate({ provider: 'a', usd: '1' }), rate({ provider: 'a', usd: '1.2', at: 36 })];
    const flat = rate({ provider: 'b', usd: '1.06' });
    expect(figures(move(twoDays([flat, ...rising])))).toEqual({
      usd: ['50.400000', '0.000000', '0.000000'],
      days: [24, 26.4],
      provider: 'a',
      perHour: ['1.050000', '1.000000'],
    });
    const pricier = rate({ provider: 'a', usd: '2', at: 36 });
    const first = rate({ provider: 'a', usd: '1' });
    expect(chosen(move(twoDays([pricier, flat, first])))).toBe('b');
  });

  test("today's rate is not applied to hours before it", () => {
    const rates = [
      rate({ provider: 'a', usd: '2' }),
      rate({ provider: 'a', usd: '0.1', at: 48 }),
      rate({ provider: 'new', usd: '0.1', at: 1 }),
    ];
    expect(figures(move(twoDays(rates)))).toMatchObject({
      provider: 'a',
      perHour: ['2.000000', '1.000000'],
    });
    expect(chosen(move(twoDays(rates.slice(2))))).toBe(
      'no rate was in force at 2026-07-01T00:00:00Z',
    );
  });

  test('a rate is early enough where it begins by the first paid hour', () => {
    const late = charge({ usd: '24', from: 24, to: 48, quantity: decimal('24'), unit: 'Hours' });
    const rates = [rate({ provider: 'new', usd: '0.5', at: 24 })];
    expect(figures(move(twoDays(rates, { charges: [late] })))).toMatchObject({
      usd: ['12.000000', '0.000000', '0.000000'],
      days: [0, 12],
    });
  });

  test('only covered time is priced, because only covered money is compared with it', () => {
    const usage = series([
      { at: 0, hours: 24 },
      { at: 24, hours: 18 },
    ]);
    const rates = [rate({ provider: 'a', usd: '2' })];
    const deployments = [deployment({ usage })];
    expect(figures(move(twoDays(rates, { deployments })))).toMatchObject({
      usd: ['84.000000', '0.000000', '0.000000'],
      perHour: ['2.000000', '1.000000'],
    });
  });

  test('compute without paid time has no rate elsewhere and stays as paid', () => {
    const fixed = charge({ usd: '3', from: 24, to: 48, quantity: decimal('0'), unit: 'Hours' });
    const rent = charge({ usd: '24', from: 0, to: 24, quantity: decimal('24'), unit: 'Hours' });
    const refund = { ...fixed, key: 'refund', billed: money('-1') };
    const rates = [rate({ provider: 'a', usd: '0.5' })];
    expect(figures(move(twoDays(rates, { charges: [rent, fixed] })))).toMatchObject({
      usd: ['12.000000', '0.000000', '3.000000'],
      days: [12, 3],
      perHour: ['0.500000', '1.000000'],
    });
    expect(figures(move(twoDays(rates, { charges: [rent, refund] })))).toMatchObject({
      usd: ['12.000000', '0.000000', '0.000000'],
    });
  });

  test('a replica of several GPUs pays for each', () => {
    const pod = { usd: '6', from: 0, to: 4, quantity: decimal('8'), unit: 'GPU-Hours' };
    const deployments = [deployment({ gpu: { type: 'A100-80GB', count: 2 } })];
    const rates = [rate({ provider: 'a', usd: '0.7' })];
    expect(figures(move({ rates, charges: [charge(pod)], deployments }))).toMatchObject({
      usd: ['5.600000', '0.000000', '0.000000'],
      perHour: ['0.700000', '0.750000'],
    });
  });

  test('a catalog stands in for a provider until its own rates begin', () => {
    const catalog = (usd: string, more: Partial<GpuRate> = {}) =>
      rate({ provider: 'a', usd, sourceId: 'catalog', secondHand: true, ...more });
    const own = rate({ provider: 'A', usd: '3', at: 24 });
    // A day at the catalog's $1.00, one at $3.00; the catalog's later $0.50 is ignored.
    const later = { ...catalog('0.5'), validFromMs: hour(36) };
    const offer = move(twoDays([catalog('1'), later, own]));
    expect(figures(offer)).toMatchObject({ usd: ['96.000000', '0.000000', '0.000000'] });
    expect(offer).toMatchObject({ detail: { secondHand: true } });
    const sooner = { ...own, validFromMs: hour(-720) };
    const moved = move(twoDays([catalog('1'), sooner]));
    expect(figures(moved)).toMatchObject({ perHour: ['3.000000', '1.000000'] });
    expect('detail' in moved && 'secondHand' in moved.detail).toBe(false);
    expect(figures(move(twoDays([catalog('1')])))).toMatchObject({
      perHour: ['1.000000', '1.000000'],
    });
  });

  test('on a tie the first name wins, whatever the order; our own provider may win too', () => {
    const rates = ['zeta', 'bill', 'alpha'].map((provider) => rate({ provider, usd: '1' }));
    expect(chosen(move({ rates }))).toBe('alpha');
    expect(chosen(move({ rates: rates.toReversed() }))).toBe('alpha');
    expect(chosen(move({ rates: [rate({ provider: 'bill', usd: '2' })] }))).toBe('bill');
  });

  test('two rates of one moment count as the more expensive', () => {
    const rates = ['1', '3', '2'].map((usd) => rate({ provider: 'a', usd }));
    expect(figures(move({ rates }))).toMatchObject({ perHour: ['3.000000', '1.500000'] });
  });
});

describe('the class of the rates', () => {
  const rates = (['on-demand', 'spot', 'community', 'reserved'] as const).map((pricingClass) =>
    rate({ provider: pricingClass, usd: '1', pricingClass }),
  );

  test.each(['on-demand', 'spot', 'community', 'reserved'] as const)(
    'is ours: %s is compared only with the same class',
    (pricingClass) => {
      expect(chosen(move({ rates, charges: [{ ...POD, pricingClass }] }))).toBe(pricingClass);
    },
  );

  const daily = (usd: string, from: number, pricingClass: 'spot' | 'on-demand') =>
    charge({ usd, from, to: from + 24, quantity: decimal('24'), unit: 'Hours', pricingClass });
  const mixed = [daily('10', 0, 'spot'), daily('8', 24, 'on-demand')];

  test('is that of most covered compute dollars where there are several', () => {
    expect(chosen(move(twoDays(rates, { charges: mixed })))).toBe('spot');
    const usage = series([
      { at: 0, hours: 12 },
      { at: 24, hours: 24 },
    ]);
    const deployments = [deployment({ usage })];
    expect(chosen(move(twoDays(rates, { charges: mixed, deployments })))).toBe('on-demand');
  });

  test("is not taken from another deployment's spend, and shared spend counts in part", () => {
    const theirs = { ...daily('100', 0, 'spot'), resourceId: 'pod-2' };
    const shared = { ...daily('15', 0, 'spot'), resourceId: 'node' };
    const matches = (...ids: string[]) => ids.map((id) => ({ sourceId: 'bill', id }));
    const usage = series([
      { at: 0, hours: 24 },
      { at: 24, hours: 24 },
    ]);
    const deployments = [
      deployment({ id: 'a', usage, resources: matches('pod-1', 'node') }),
      deployment({ id: 'b', usage, resources: matches('pod-2', 'node') }),
    ];
    const charges = [daily('8', 24, 'on-demand'), theirs, shared];
    const input = twoDays(rates, { charges, deployments });
    expect(chosen(move(input))).toBe('on-demand');
    expect(chosen(move(input, 1))).toBe('spot');
  });
});

describe('whose rates are compared', () => {
  const rates = [
    rate({ provider: 'Vast.ai', usd: '1' }),
    rate({ provider: 'lambda', usd: '2' }),
    rate({ provider: 'aws', usd: '3' }),
    rate({ provider: 'nobody knows', usd: '0.5' }),
  ];

  test.each([
    [{}, 'nobody knows'],
    [{ tiers: ['marketplace', 'neocloud'] }, 'Vast.ai'],
    [{ tiers: ['neocloud', 'hyperscaler'] }, 'lambda'],
    [{ tiers: ['hyperscaler'] }, 'aws'],
    [{ providers: ['AWS', 'Lambda'] }, 'lambda'],
    [{ excludeProviders: ['Nobody Knows', 'vast ai'] }, 'lambda'],
    [{ tiers: ['marketplace', 'neocloud'], excludeProviders: ['vast.ai'] }, 'lambda'],
    [
      { providers: ['aws'], excludeProviders: ['aws'] },
      'no on-demand rate of the GPU A100 80 GB is known from a provider that is allowed',
    ],
  ] satisfies [StackInput['market'], string][])('%j allows %s', (market, provider) => {
    expect(chosen(move({ rates, market }))).toBe(provider);
  });

  test('a provider of unknown tier is in no requested tier', () => {
    const tiers = ['neocloud', 'marketplace'] as const;
    expect(chosen(move({ rates: rates.slice(3), market: { tiers } }))).toBe(
      'no on-demand rate of the GPU A100 80 GB is known from a provider of tier ' +
        'neocloud, marketplace',
    );
  });

  test('another size, form or model of GPU is a different one, and so is an unknown size', () => {
    const others = ['A100-40GB', 'A100', 'H100-80GB', 'A100 80GB MIG', 'nonsense'];
    const cheap = others.map((gpuType) => rate({ provider: 'a', usd: '0.1', gpuType }));
    const sxm = rate({ provider: 'b', usd: '2', gpuType: 'NVIDIA A100-SXM4-80GB' });
    expect(chosen(move({ rates: [...cheap, sxm] }))).toBe('b');
    const deployments = [deployment({ gpu: { type: 'A100 80GB PCIe', count: 1 } })];
    expect(chosen(move({ rates: [sxm], deployments }))).toBe(
      'no rate of the GPU A100 80 GB PCIe is known',
    );
  });

  test.each([
    ['no rates', {}, 'no rate of the GPU A100 80 GB is known'],
    [
      'another class',
      { rates: [rate({ provider: 'a', usd: '1', pricingClass: 'spot' })] },
      'no on-demand rate of the GPU A100 80 GB is known',
    ],
    [
      'an unknown name',
      { deployments: [deployment({ gpu: { type: 'abacus', count: 1 } })] },
      'the GPU "abacus" is not recognized',
    ],
    [
      'an ambiguous name',
      { deployments: [deployment({ gpu: { type: 'A100', count: 1 } })] },
      'the memory of the GPU "A100" is not stated',
    ],
    ['no bill', { charges: [] }, 'no replica time is known to be both paid for and used'],
    [
      'no usage',
      { deployments: [deployment({ usage: series([]) })] },
      'no replica time is known to be both paid for and used',
    ],
  ] satisfies [string, Partial<StackInput>, string][])('%s is no offer', (_, overrides, reason) => {
    expect(chosen(move(overrides))).toBe(reason);
  });
});

describe('spot', () => {
  const rates = [
    rate({ provider: 'a', usd: '0.1' }),
    rate({ provider: 'b', usd: '0.6', pricingClass: 'spot' }),
    rate({ provider: 'c', usd: '0.7', pricingClass: 'spot' }),
  ];

  test('costs the spot rate for as many hours more as evictions waste', () => {
    expect(figures(spot({ rates, charges: [POD, DISK] }))).toEqual({
      usd: ['2.640000', '1.000000', '0.000000'],
      days: [3.64],
      provider: 'b',
      perHour: ['0.600000', '1.500000'],
    });
  });

  test('is no offer where spot is already used, or where no spot rate is known', () => {
    expect(spot({ rates, charges: [{ ...POD, pricingClass: 'spot' }] })).toEqual({
      reason: { code: 'already-on-spot' },
    });
    expect(spot({ rates: rates.slice(0, 1) })).toEqual({
      reason: { code: 'no-rate', gpu: 'A100 80 GB', pricingClass: 'spot' },
    });
  });
});
