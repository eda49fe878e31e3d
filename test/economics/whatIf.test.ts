import { describe, expect, it } from 'vitest';
import { decimal, type Exact, multiply, sum, toDecimal } from '../../src/domain/exact.ts';
import { tokensAt } from '../../src/domain/usage.ts';
import { gpuUsdPerHour, sumGpuSpend } from '../../src/economics/bill/contract.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { OPTIONS } from '../../src/economics/offer.ts';
import { BASE_ASSUMPTIONS, optionCost, type Assumptions } from '../../src/economics/options.ts';
import type { DeploymentEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { applyOverrides } from '../../src/economics/whatIf/whatIf.ts';
import type { WhatIfOverrides } from '../../src/economics/whatIf/overrides.ts';
import { withRefusalsInWords } from '../../src/report/copy/overrideRefusals.ts';
import { PRICED } from './marketFixture.ts';
import { pointRange, charge, deployment, hour, price, series, six, stack } from './stackFixture.ts';

/** The worked example's rate is $1.50 a GPU-hour, its hosted price $0.136271, its hours three. */
const WORKED = stack();

function weighed(input: StackInput, id = 'chat'): DeploymentEconomics {
  const found = weighStack(input).deployments.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no deployment ${id}`);
  return found;
}

/** Error messages as a person reads them. */
const inWords = (compute: () => unknown) => () => withRefusalsInWords(compute);
const after = (overrides: WhatIfOverrides, input = WORKED, id = 'chat') =>
  weighed(applyOverrides(input, overrides), id);

/** Two deployments, each with a pod of its own. */
const TWO = stack({
  charges: [
    charge({ usd: '6', from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' }),
    charge({
      usd: '12',
      from: 0,
      to: 4,
      resourceId: 'pod-2',
      quantity: decimal('4'),
      unit: 'Hours',
    }),
  ],
  deployments: [
    deployment(),
    deployment({ id: 'code', resources: [{ sourceId: 'bill', id: 'pod-2' }] }),
  ],
});

describe('what if', () => {
  it.each<[string, WhatIfOverrides, Partial<Assumptions>]>([
    [
      'the hosted price fell by 30%',
      { hostedPrice: { factor: decimal('0.7') } },
      { hostedPrice: decimal('0.7') },
    ],
    [
      'the GPUs cost 20% less',
      { gpuRate: { factor: decimal('0.8') } },
      { ownGpu: decimal('0.8'), marketGpu: decimal('0.8') },
    ],
    ['a host hit 20% of our hits', { cacheShare: decimal('0.2') }, { cacheShare: () => CACHE }],
    ['people took nine hours', { opsHours: decimal('9') }, { selfHosted: () => decimal('9') }],
  ])('%s is what the options cost in that world', (_, overrides, world) => {
    const changed = after(overrides, PRICED);
    const measured = weighed(PRICED);
    for (const option of OPTIONS.filter((each) => each !== 'bring-back')) {
      expect(optionCost(measured, option)).toBeDefined();
      const expected = optionCost(measured, option, { ...BASE_ASSUMPTIONS, ...world });
      expect(six(optionCost(changed, option)?.usd)).toBe(six(expected?.usd));
    }
  });

  it('a hosted price in dollars is the price that the chosen provider then charges', () => {
    const changed = after({ hostedPrice: { usd: decimal('0.25') } });
    expect(six(changed.hosted.chosen?.usd)).toBe('3.900000');
    expect(changed.hosted.chosen?.host).toBe('host-a');
  });

  it('a provider is used where it sells the model, and leaves the others as they are', () => {
    const [chat, code] = TWO.deployments;
    if (chat === undefined || code === undefined) throw new Error('there are two');
    const equivalents = [{ sourceId: 'market', model: 'another/model', tokenRatio: decimal('1') }];
    const input = {
      ...TWO,
      prices: [...TWO.prices, price({ host: 'host-c', model: 'another/model', input: '1' })],
      deployments: [chat, { ...code, hosted: { ...code.hosted, equivalents } }],
    };
    const changedHosted = applyOverrides(input, { host: 'host-b' }).deployments.map(
      ({ hosted }) => hosted,
    );
    expect(changedHosted.map(({ policy, pinned }) => [policy, pinned])).toEqual([
      ['pinned', 'host-b'],
      ['cheapest', undefined],
    ]);
  });

  it('a GPU rate in dollars is the covered compute per GPU-hour', () => {
    const input = applyOverrides(WORKED, { gpuRate: { usd: decimal('1.2') } });
    expect(gpuUsdPerHour(sumGpuSpend(weighStack(input).deployments))).toEqual(decimal('1.2'));
    expect(six(weighed(input).spend.coveredUsd)).toBe('4.800000');
  });

  it('hours derived from a rate of the inventory stay the same at another price', () => {
    const resource = { sourceId: 'bill', resourceId: 'pod-1', kind: 'pod', name: 'p' } as const;
    const input = stack({
      charges: [charge({ usd: '3', from: 0, to: 4 })],
      resources: [
        { ...resource, usdPerHour: charge({ usd: '1.5', from: 0, to: 1 }).billed, seenAtMs: 0 },
      ],
    });
    expect(after({ gpuRate: { usd: decimal('1.2') } }, input).time.paidNs).toBe(
      weighed(input).time.paidNs,
    );
  });

  it('a utilization is reached to the token, with every mix and no interval above capacity', () => {
    const input = applyOverrides(WORKED, { utilization: decimal('0.6') });
    const changed = weighed(input);
    expect(changed.utilization).toEqual(decimal('0.6'));
    const { usage } = input.deployments[0] ?? deployment();
    const rows = Array.from({ length: usage.length }, (_, row) => tokensAt(usage, row));
    // The busiest hour is full at 10.8M; the others take the rest as 3.6M to 1.2M.
    expect(rows).toEqual([10_800_000, 10_800_000, 0, 4_320_000]);
    expect(usage.outputTokens[3]).toBe(720_000);
  });

  it('a load that exceeds the busy hours overflows into the idle ones', () => {
    const changed = after({ utilization: decimal('1') });
    expect(changed.served.tokens).toBe(43_200_000);
    expect(changed.utilization).toEqual(decimal('1'));
    expect(changed.capacity?.tokensPerSecond).toEqual(decimal('3000'));
  });

  it('fewer tokens do not lower a capacity that was seen in the window', () => {
    const { capacity: _, ...blind } = deployment();
    const input = stack({ deployments: [blind] });
    const seen = weighed(input).capacity?.tokensPerSecond;
    expect(seen).toEqual(decimal('3000'));
    expect(after({ utilization: decimal('0.1') }, input).capacity?.tokensPerSecond).toEqual(seen);
  });

  it('tokens a day of the stack are spread as they are today', () => {
    const input = applyOverrides(TWO, { tokensPerDay: decimal('60000000') });
    const tokens = weighStack(input).deployments.map(({ served }) => served.tokens);
    expect(tokens).toEqual([5_000_000, 5_000_000]);
  });

  it('hours of the stack keep the shares of its parts', () => {
    const labor = {
      ...TWO.labor,
      selfHosted: { fixedHours: pointRange('10'), hoursPerDeployment: pointRange('5') },
    };
    const changed = weighStack(applyOverrides({ ...TWO, labor }, { opsHours: decimal('60') }));
    expect(changed.labor.selfHosted).toEqual(pointRange('30'));
    expect(changed.deployments.map(({ labor: own }) => six(own.selfHosted.base))).toEqual([
      '15.000000',
      '15.000000',
    ]);
  });

  it('hours of a stack that had none are all fixed', () => {
    const none = { fixedHours: pointRange('0'), hoursPerDeployment: pointRange('0') };
    const input = { ...WORKED, labor: { ...WORKED.labor, selfHosted: none } };
    const changed = weighStack(applyOverrides(input, { opsHours: decimal('60') }));
    expect(six(changed.labor.selfHosted.base)).toBe('60.000000');
    expect(six(changed.deployments[0]?.labor.selfHosted.base)).toBe('0.000000');
  });

  it('an override for one deployment leaves the others as they are', () => {
    const overrides: WhatIfOverrides = {
      deployment: 'code',
      gpuRate: { usd: decimal('1.5') },
      hostedPrice: { usd: decimal('1') },
      opsHours: decimal('7'),
      utilization: decimal('0.5'),
      fee: decimal('0.2'),
      capacity: decimal('4000'),
    };
    expect(figuresOf(after(overrides, TWO, 'chat'))).toBe(figuresOf(weighed(TWO, 'chat')));
    const code = after(overrides, TWO, 'code');
    expect(six(code.spend.coveredUsd)).toBe('6.000000');
    expect(six(code.hosted.chosen?.usd)).toBe(toDecimal(mtok(code.served.tokens), 6));
    expect(code.utilization).toEqual(decimal('0.5'));
    expect(six(code.labor.selfHosted.base)).toBe('7.000000');
  });

  it('deployments on one machine get another rate together', () => {
    const both = [deployment(), deployment({ id: 'code' })];
    const input = applyOverrides(stack({ deployments: both }), {
      deployment: 'code',
      gpuRate: { factor: decimal('0.5') },
    });
    expect(six(sum(weighStack(input).deployments.map(({ spend }) => spend.coveredUsd)))).toBe(
      '3.000000',
    );
  });

  it('a cache share outside the range widens it; a pinned provider counts, though pricier', () => {
    const narrow = stack({ cacheRealization: { ...pointRange('0.5'), low: decimal('0.4') } });
    expect(applyOverrides(narrow, { cacheShare: decimal('0.9') }).cacheRealization).toEqual({
      low: decimal('0.4'),
      base: decimal('0.9'),
      high: decimal('0.9'),
    });
    expect(after({ host: 'host-b' }).hosted.chosen?.host).toBe('host-b');
  });

  it.each<[string, WhatIfOverrides, string]>([
    [
      'a deployment that is not there',
      { deployment: 'x', fee: decimal('0') },
      'unknown deployment "x"',
    ],
    ['a utilization above 1', { utilization: decimal('1.01') }, 'need 1.01 times its capacity'],
    ['more tokens than fit', { tokensPerDay: decimal('1e9') }, 'need 3.86 times its capacity'],
    [
      'two loads at once',
      { tokensPerDay: decimal('1'), utilization: decimal('0.1') },
      'cannot be changed together',
    ],
  ])('refuses %s', (_, overrides, message) => {
    expect(inWords(() => applyOverrides(WORKED, overrides))).toThrow(message);
  });

  it('refuses to change a figure that is unknown', () => {
    const bare = stack({
      prices: [],
      charges: [],
      deployments: [deployment({ usage: series([]) })],
    });
    const price = { usd: decimal('1') };
    expect(inWords(() => applyOverrides(bare, { hostedPrice: price }))).toThrow(
      'no hosted price is eligible',
    );
    expect(inWords(() => applyOverrides(bare, { gpuRate: price }))).toThrow('no GPU-hours');
    expect(inWords(() => applyOverrides(bare, { tokensPerDay: decimal('1') }))).toThrow(
      'no tokens were served',
    );
  });

  it('does not change its input', () => {
    const before = structuredClone(WORKED);
    applyOverrides(WORKED, { utilization: decimal('0.9'), gpuRate: { usd: decimal('9') } });
    expect(WORKED).toEqual(before);
    expect(hour(4)).toBe(WORKED.window.endMs);
  });
});

const CACHE = decimal('0.2');

/** Everything that is not a function. */
function figuresOf(of: DeploymentEconomics): string {
  return JSON.stringify(of, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}

function mtok(tokens: number): Exact {
  return multiply(decimal(String(tokens)), decimal('1e-6'));
}

describe('what if machines are shared by tokens', () => {
  const rows = [0, 1, 2, 3].map((at) => ({ at, output: 4_320_000 }));
  const node = { usd: '12', from: 0, to: 4, quantity: decimal('8'), unit: 'GPU-Hours' };
  const input = stack({
    sharing: 'tokens',
    charges: [charge(node)],
    deployments: ['a', 'b'].map((id) =>
      deployment({ id, usage: series(rows), resources: [{ sourceId: 'bill' }] }),
    ),
  });

  it('a changed load of one moves no spend to the other, and is the requested one', () => {
    const { deployments } = weighStack(
      applyOverrides(input, { deployment: 'a', utilization: FIFTH }),
    );
    expect(deployments.map(({ spend }) => six(spend.coveredUsd))).toEqual(['6.000000', '6.000000']);
    expect(deployments.map(({ utilization }) => six(utilization))).toEqual([
      '0.200000',
      '0.400000',
    ]);
  });
});

const FIFTH = decimal('0.2');
