import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  decimal,
  type Exact,
  exactInteger,
  multiply,
  ONE,
  sum,
  toDecimal,
  ZERO,
} from '../../src/domain/exact.ts';
import { withRefusalsInWords } from '../../src/report/copy/overrideRefusals.ts';
import { Failure } from '../../src/domain/failure.ts';
import { planNewStack } from '../../src/economics/planned/planNewStack.ts';
import { findBreakEvenLoad } from '../../src/economics/planned/breakEvenLoad.ts';
import { hourShares, podsByHour } from '../../src/economics/planned/plannedInput.ts';
import { tierForOption, tierForSpend } from '../../src/economics/planned/result.ts';
import type { PlannedGpu } from '../../src/economics/planned/request.ts';
import { A100, forecastRequest, forecastPrice } from './forecastFixture.ts';
import { six } from './stackFixture.ts';

const usdOf = (request: ReturnType<typeof forecastRequest>) =>
  Object.fromEntries(planNewStack(request).options.map(({ code, usd }) => [code, six(usd)]));

/** Pod-hours of a day in which pods follow the load. */
function hoursOf(options: ReturnType<typeof forecastRequest>): number {
  return podsByHour(options, A100).reduce((all, pods) => all + pods, 0);
}

describe("a day's traffic", () => {
  it.each(['1', '1.5', '2', '2.4', '3', '3.7', '10', '24'])(
    'with a burstiness of %s has that peak hour, and sums to the day',
    (burstiness) => {
      const shares = hourShares(decimal(burstiness));
      expect(shares).toHaveLength(24);
      expect(sum(shares)).toEqual(ONE);
      const peak = shares.reduce((a, b) => (compare(a, b) > 0 ? a : b));
      expect(six(peak)).toBe(toDecimal(quotient(burstiness, '24'), 6));
      expect(shares.every(({ num }) => num >= 0n)).toBe(true);
    },
  );

  it('at 3 leaves nine hours of the night without load', () => {
    expect(hourShares(decimal('3')).filter(({ num }) => num === 0n)).toHaveLength(9);
  });
});

describe('a plan', () => {
  it('costs a pod around the clock, an API by its tokens, workers by their seconds', () => {
    // 10M tokens a day, 80:20 at $0.10 and $0.30; 10M / 3,000 tok/s = 3,333.33 s a day at $0.0005.
    expect(usdOf(forecastRequest({ prices: [forecastPrice('0.1', '0.3')] }))).toEqual({
      'hosted-api': '42.000000',
      serverless: '50.000000',
      'reserved-pods': '720.000000',
      pods: '1080.000000',
    });
  });

  it('costs less where a provider sells cache hits cheaper, and more by its fee', () => {
    const prices = [forecastPrice('0.1', '0.3', '0.05')];
    const cached = forecastRequest({ prices, cachedShare: decimal('0.5') });
    // Half of the prompt is cached, half of that is hit: 60:20 at full price, 20 at half.
    expect(usdOf(cached)['hosted-api']).toBe('39.000000');
    const pricier = forecastRequest({ prices, hosted: { ...cached.hosted, fee: decimal('0.1') } });
    expect(usdOf(pricier)['hosted-api']).toBe('46.200000');
  });

  it('rents for the peak hour around the clock, or by the hour what each needs', () => {
    const request = forecastRequest({ tokensPerDay: decimal('4e8'), burstiness: decimal('3') });
    const { options } = planNewStack(request);
    const always = options.find(({ code }) => code === 'pods');
    const hourly = options.find(({ code }) => code === 'hourly-pods');
    // 50M in the peak hour at 3,000 x 0.8 tokens/s are 5.8 pods.
    expect(always).toMatchObject({ replicas: 6 });
    expect(six(always?.usd)).toBe('6480.000000');
    expect(hourly && compare(hourly.usd, decimal('6480'))).toBe(-1);
    expect(hourly?.replicas).toBe(6);
  });

  it('reserves what always runs, and rents the peaks by the hour', () => {
    const request = forecastRequest({ tokensPerDay: decimal('4e8'), burstiness: decimal('3') });
    const { options, gpus } = planNewStack(request);
    const usd = Object.fromEntries(options.map(({ code, usd: each }) => [code, six(each)]));
    // Of six pods at the peak the hours of a day need 24, 13, 11, 7, 5 and 3: the first alone is
    // needed for more than the two thirds that $1.00 is of $1.50.
    expect(usd).toMatchObject({
      pods: '6480.000000',
      'reserved-pods': '4320.000000',
      'hourly-pods': six(multiply(decimal('1.5'), decimal(String(hoursOf(request) * 30)))),
    });
    const base = options.find(({ code }) => code === 'reserved-and-hourly-pods');
    expect(base).toMatchObject({ replicas: 6, reservedReplicas: 1, from: ['list'] });
    const peaks = exactInteger((hoursOf(request) - 24) * 30);
    expect(base && six(base.usd)).toBe(six(add(decimal('720'), multiply(decimal('1.5'), peaks))));
    expect(options.filter(({ code }) => code !== 'serverless')[0]).toBe(base);
    expect(gpus[0]?.reserved).toMatchObject({ pods: 1, most: 6 });
  });

  it.each([
    ['0.01', 6],
    ['0.5', 3],
    ['1.49', 1],
  ])('at $%s reserved, against $1.50, no other number of reserved pods is cheaper', (usd, pods) => {
    const reserved = { usdPerGpuHour: decimal(usd), from: 'list' };
    const gpus: PlannedGpu[] = [{ ...A100, reserved }];
    const options = forecastRequest({
      tokensPerDay: decimal('4e8'),
      burstiness: decimal('3'),
      gpus,
    });
    const byHour = podsByHour(options, A100);
    const costs = Array.from({ length: 7 }, (_, base) => {
      const peaks = byHour.reduce((all, needed) => all + Math.max(0, needed - base), 0);
      return add(
        multiply(reserved.usdPerGpuHour, exactInteger(base * 24)),
        multiply(decimal('1.5'), exactInteger(peaks)),
      );
    });
    const least = costs.reduce((a, b) => (compare(b, a) < 0 ? b : a));
    const { gpus: answers } = planNewStack(options);
    expect(answers[0]?.reserved?.pods).toBe(pods);
    expect(costs[pods]).toEqual(least);
  });

  it('reserves nothing where reserved costs the same as on demand', () => {
    const gpus: PlannedGpu[] = [{ ...A100, reserved: A100.onDemand }];
    const request = forecastRequest({
      tokensPerDay: decimal('4e8'),
      burstiness: decimal('3'),
      gpus,
    });
    const { options, gpus: answers } = planNewStack(request);
    expect(options.map(({ code }) => code)).not.toContain('reserved-and-hourly-pods');
    expect(answers[0]?.reserved?.pods).toBe(0);
  });

  it('refuses a load that needs more replicas than are ever rented', () => {
    const gpus: PlannedGpu[] = [{ ...A100, capacity: decimal('0.001') }];
    const options = forecastRequest({ gpus, tokensPerDay: decimal('1e13') });
    const inWords = () => withRefusalsInWords(() => planNewStack(options));
    expect(inWords).toThrow(Failure);
    expect(inWords).toThrow('would need 1.45e+11 replicas on A100-80GB');
  });

  it('pays for all GPUs of a replica', () => {
    const gpus: PlannedGpu[] = [{ ...A100, count: 4 }];
    expect(usdOf(forecastRequest({ gpus }))).toMatchObject({ pods: '4320.000000' });
  });

  it('assigns labor where it belongs: fixed and own, less of the own to serverless', () => {
    const labor = {
      loadedUsdPerHour: decimal('100'),
      selfHosted: side('4', '10'),
      hosted: side('1', '1'),
      serverlessShare: decimal('0.6'),
      basis: 'assumed' as const,
    };
    const { options } = planNewStack(
      forecastRequest({ prices: [forecastPrice('0.1', '0.3')], labor }),
    );
    expect(options.map(({ code, withEngineeringUsd }) => [code, six(withEngineeringUsd)])).toEqual([
      ['hosted-api', '242.000000'],
      ['serverless', '1050.000000'],
      ['reserved-pods', '2120.000000'],
      ['pods', '2480.000000'],
    ]);
  });

  it('without a capacity says which one a single pod would need', () => {
    const gpus: PlannedGpu[] = [{ type: 'A100-80GB', count: 1, onDemand: A100.onDemand }];
    const { gpus: answers, options, missing } = planNewStack(forecastRequest({ gpus }));
    expect(options).toEqual([]);
    expect(answers.map(({ capacityForOne }) => six(capacityForOne))).toEqual(['144.675926']);
    expect(missing.map(({ code }) => code)).toContain('capacity');
  });

  it('names the GPU whose tokens are cheapest, and the tier of its spend', () => {
    const fast: PlannedGpu = { ...A100, type: 'H100-80GB', capacity: decimal('90000') };
    const slow: PlannedGpu = { ...A100, capacity: decimal('1000') };
    const { gpu, tier } = planNewStack(
      forecastRequest({ gpus: [slow, fast], tokensPerDay: decimal('1e9') }),
    );
    expect(gpu).toBe('H100-80GB');
    expect(tier?.rule.tier).toContain('marketplace');
    expect(tier?.of.gpu).toBe('H100-80GB');
  });
});

describe('a planned hybrid', () => {
  /** All 30M tokens of a day in one hour, in which a pod of 3,000 tok/s holds 10.8M. */
  const burst = forecastRequest({
    tokensPerDay: decimal('3e7'),
    burstiness: decimal('24'),
    prices: [forecastPrice('0.1', '0.3')],
  });
  const named = (request: ReturnType<typeof forecastRequest>, code: string) =>
    planNewStack(request).options.find((option) => option.code === code);

  it('buys from the API what its pods do not hold, on demand and reserved', () => {
    // 19.2M tokens a day at $0.14 per Mtok beside one pod at $1.50, or $1.00, for 720 hours.
    const hourly = named(burst, 'pods-with-overflow');
    expect(hourly).toMatchObject({ replicas: 1, from: ['list', 'host'] });
    expect([hourly?.usd, hourly?.overflowUsd, hourly?.utilization].map(six)).toEqual([
      '1160.640000',
      '80.640000',
      '0.041667',
    ]);
    expect(six(named(burst, 'reserved-pods-with-overflow')?.usd)).toBe('800.640000');
    expect(named(burst, 'pods')?.replicas).toBe(4);
  });

  it('is not offered where its pods hold all, or where no API has a price', () => {
    const level = { ...burst, tokensPerDay: decimal('1e7') };
    expect(named(level, 'pods-with-overflow')).toBeUndefined();
    expect(named({ ...burst, prices: [] }, 'pods-with-overflow')).toBeUndefined();
  });

  it('includes the labor of both sides', () => {
    const labor = {
      loadedUsdPerHour: decimal('100'),
      selfHosted: side('4', '10'),
      hosted: side('1', '1'),
      serverlessShare: decimal('0.6'),
      basis: 'assumed' as const,
    };
    const withPeople = named({ ...burst, labor }, 'pods-with-overflow')?.withEngineeringUsd;
    expect(six(withPeople)).toBe('2760.640000');
  });

  it('counts only its pods as GPU spend, not the API', () => {
    const { serverless: _, reserved: __, ...onDemand } = A100;
    const { tier } = planNewStack({ ...burst, gpus: [onDemand] });
    expect(tier?.of.code).toBe('pods-with-overflow');
    expect(six(tier?.rentUsd)).toBe('1080.000000');
    expect(tier?.rule.tier).toBe('on-demand');
  });
});

describe('the tier of an option', () => {
  const knows = { onDemand: true, reserved: true };

  it('is reserved where its pods are, whatever they cost', () => {
    const rented = { isReserved: true, knownRates: { onDemand: false, reserved: true } };
    expect(tierForOption(decimal('3312'), rented)).toMatchObject({
      tier: 'reserved',
      grounds: 'reserved-uncompared',
    });
    const compared = tierForOption(decimal('3312'), { isReserved: true, knownRates: knows });
    expect(compared.grounds).toBe('reserved-cheapest');
  });

  it('is on demand where its pods are, and needs a reserved price that is not known', () => {
    const tier = (usd: string, reserved: boolean) =>
      tierForOption(decimal(usd), { isReserved: false, knownRates: { ...knows, reserved } }).tier;
    expect(tier('16999', false)).toBe('on-demand');
    expect(tier('17000', true)).toBe('on-demand');
    expect(tier('17000', false)).toBe('on-demand-until-known');
  });
});

describe('the tier of a spend', () => {
  it.each([
    ['999.99', 'hosted-or-marketplace'],
    ['1000', 'on-demand'],
    ['16999', 'on-demand'],
    ['17000', 'reserved-base'],
  ])('of $%s a month is %s', (usd, tier) => {
    expect(tierForSpend(decimal(usd)).tier).toBe(tier);
  });
});

describe('pods pay', () => {
  const terms = { podUsd: decimal('1080'), podTokens: decimal('4e9') };
  const from = (hosted: string, laborUsd: Exact) =>
    findBreakEvenLoad({ ...terms, laborUsd, hostedUsdPerToken: quotient(hosted, '1000000') });

  it('from the tokens at which one pod costs what a provider charges', () => {
    expect(from('0.5', ZERO)).toEqual({ tokensPerDay: decimal('72000000'), pods: 1 });
  });

  it('with labor, only once so many full pods have saved its cost', () => {
    expect(from('0.5', decimal('1667'))).toMatchObject({ pods: 2 });
  });

  it('never where a provider charges less than a full pod costs', () => {
    expect(from('0.25', ZERO)).toBeUndefined();
    expect(from('0.27', decimal('1'))).toBeUndefined();
    expect(from('0.27', ZERO)).toMatchObject({ pods: 1 });
    expect(from('0', ZERO)).toBeUndefined();
  });

  it('where a provider needs more labor than a pod loses', () => {
    // A full pod costs $80 more than the provider, whose labor costs $100 more: from $980 on.
    expect(from('0.25', decimal('-100'))).toMatchObject({ pods: 1 });
    expect(from('0.25', decimal('-100'))?.tokensPerDay).toEqual(quotient('392000000', '3'));
    expect(from('0.25', decimal('-79'))).toBeUndefined();
  });
});

function side(fixed: string, own: string) {
  const certain = (hours: Exact) => ({ low: hours, base: hours, high: hours });
  return { fixedHours: certain(decimal(fixed)), hoursPerDeployment: certain(decimal(own)) };
}

/** Two decimals, divided. */
function quotient(num: string, den: string): Exact {
  const [a, b] = [decimal(num), decimal(den)];
  return { num: a.num * b.den, den: a.den * b.num };
}
