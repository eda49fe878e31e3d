import { expect, test } from 'vitest';
import {
  decimal,
  divide,
  type Exact,
  exact,
  exactInteger,
  multiply,
  ONE,
} from '../../src/domain/exact.ts';
import type { StackInput } from '../../src/economics/input.ts';
import {
  BASE_ASSUMPTIONS,
  optionCost,
  pricedOption,
  type Assumptions,
} from '../../src/economics/options.ts';
import type { DeploymentEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  pointRange,
  charge,
  deployment,
  hosted,
  hour,
  LABOR,
  money,
  price,
  series,
  six,
  stack,
  WORKED_ROWS,
} from './stackFixture.ts';

function weighed(parts: Partial<StackInput> = {}): DeploymentEconomics {
  const [first] = weighStack(stack(parts)).deployments;
  if (first === undefined) throw new Error('one deployment is weighed');
  return first;
}

function equalIn(of: DeploymentEconomics, world: Partial<Assumptions>): void {
  const at = { ...BASE_ASSUMPTIONS, ...world };
  expect(pricedOption(of, 'delete', at).usd).toEqual(pricedOption(of, 'keep', at).usd);
}

/** A provider so expensive that keeping and deleting cost nearly the same. */
function expensive(input: string, cached: string, output: string): Partial<StackInput> {
  return { prices: [price({ host: 'dear', input, cached, output })] };
}

test('in the worked example only a more expensive provider brings the sides together', () => {
  const { breakEven } = weighed();
  expect(six(breakEven.hostedUsdPerMtok)).toBe('0.544872');
  expect(six(breakEven.gpuHours)).toBe('4.000000');
  expect(breakEven).not.toHaveProperty('gpuUsdPerHour');
  expect(breakEven).not.toHaveProperty('opsHours');
  expect(breakEven).not.toHaveProperty('cacheShare');
  expect(breakEven.lacks).toEqual({
    gpuUsdPerHour: 'delete-cheaper-at-free-gpus',
    opsHours: 'delete-cheaper-at-no-hours',
    cacheShare: 'no-cache-share-decides',
  });
});

test('each break-even, put back in, makes keeping cost what deleting does', () => {
  const of = weighed(expensive('0.45', '0.10', '0.90'));
  const { hostedUsdPerMtok, gpuUsdPerHour, opsHours, cacheShare } = of.breakEven;
  expect([hostedUsdPerMtok, gpuUsdPerHour, opsHours, cacheShare].map(six)).toEqual([
    '0.544872',
    '1.415106',
    '2.660425',
    '0.146294',
  ]);
  const known = (level: Exact | undefined) => level ?? exact(-1n);
  const hostedUsd = pricedOption(of, 'delete').hostedUsd;
  const today = divide(multiply(hostedUsd, exact(1_000_000n)), exactInteger(of.served.tokens));
  equalIn(of, { hostedPrice: divide(known(hostedUsdPerMtok), today) });
  equalIn(of, { ownGpu: divide(known(gpuUsdPerHour), decimal('1.5')) });
  equalIn(of, { selfHosted: () => known(opsHours) });
  equalIn(of, { cacheShare: () => known(cacheShare) });
});

test('the rate of a GPU is spread over all GPUs of a replica', () => {
  const parts = expensive('0.45', '0.10', '0.90');
  const gpu = { type: 'A100-80GB', count: 4 };
  const { breakEven } = weighed({ ...parts, deployments: [deployment({ gpu })] });
  expect(six(breakEven.gpuHours)).toBe('16.000000');
  expect(six(breakEven.gpuUsdPerHour)).toBe('0.353777');
});

test('the one-off cost of leaving is on the hosting side', () => {
  const commitments = [
    { sourceId: 'bill', usdPerMonth: money('186'), untilMs: hour(4) + 31 * 24 * 3_600_000 },
  ];
  const migration = { hours: { delete: exact(2n) }, stated: true };
  const of = weighed({ commitments, migration });
  const { strandedUsd, migrationUsd } = pricedOption(of, 'delete');
  expect([strandedUsd, migrationUsd].map(six)).toEqual(['1.000000', '2.000000']);
  expect(six(of.breakEven.hostedUsdPerMtok)).toBe('0.352564');
  expect(of.breakEven.tokens).toBe(40_360_801n);
  const scale = divide(exact(40_360_801n), exactInteger(of.served.tokens));
  const more = divide(exact(40_360_802n), exactInteger(of.served.tokens));
  const keep = pricedOption(of, 'keep').usd;
  const at = (tokens: Exact) => optionCost(of, 'delete', { ...BASE_ASSUMPTIONS, tokens })?.usd;
  expect([scale, more].map(at).map(six)).toEqual(['9.000000', '9.000000']);
  expect(at(ONE)).not.toEqual(keep);
});

test('a change that costs more than keeping has no break-even', () => {
  const migration = { hours: { delete: exact(20n) }, stated: true };
  const { breakEven } = weighed({ migration });
  expect(breakEven).toMatchObject({
    tokens: 0n,
    note: { code: 'keep-within-leaving' },
    lacks: { hostedUsdPerMtok: 'keep-cheaper-at-free-tokens' },
  });
  expect(breakEven).not.toHaveProperty('hostedUsdPerMtok');
});

test('labor without a price, pods without hours, hits without discount have no break-even', () => {
  const labor = { ...LABOR, loadedUsdPerHour: exact(0n) };
  const flat = { prices: [price({ host: 'flat', input: '0.45', output: '0.90' })], labor };
  expect(weighed(flat).breakEven.lacks).toMatchObject({
    opsHours: 'labor-without-price',
    cacheShare: 'cache-hits-change-nothing',
  });
  const idle = weighed({ charges: [charge({ usd: '6', from: 0, to: 4, category: 'commitment' })] });
  expect(idle.breakEven).not.toHaveProperty('gpuHours');
  expect(idle.breakEven.lacks).toMatchObject({
    gpuUsdPerHour: 'no-gpu-time',
  });
});

test('without a token no token price breaks even, and without a provider nothing does', () => {
  const silent = series(WORKED_ROWS.map(({ at }) => ({ at })));
  const none = weighed({ deployments: [deployment({ usage: silent })] });
  expect(none.breakEven.lacks).toMatchObject({ hostedUsdPerMtok: 'no-tokens' });
  expect(none.breakEven).not.toHaveProperty('tokens');
  const alone = deployment({ hosted: hosted({ equivalents: [] }) });
  expect(Object.keys(weighed({ deployments: [alone] }).breakEven)).toEqual(['gpuHours']);
});

test('labor hours are those of the deployment alone', () => {
  const side = { fixedHours: pointRange('40'), hoursPerDeployment: pointRange('3') };
  const labor = { ...LABOR, selfHosted: side };
  const of = weighed({ ...expensive('0.45', '0.10', '0.90'), labor });
  expect(six(of.breakEven.opsHours)).toBe('2.660425');
});
