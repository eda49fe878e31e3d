import { describe, expect, test } from 'vitest';
import { decimal, exact, ONE, ZERO } from '../../src/domain/exact.ts';
import type { HostedUsage } from '../../src/domain/usage.ts';
import { period } from '../../src/domain/period.ts';
import { boughtKeeper } from '../../src/economics/hosted/bought.ts';
import type { AlreadyBought, BoughtTokens, StackInput } from '../../src/economics/input.ts';
import { findOffer, optionCost } from '../../src/economics/options.ts';
import { bestPlan } from '../../src/economics/plan.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { toStackSeries } from '../../src/verdict/simulation/stackSeries.ts';
import {
  charge,
  deployment,
  hosted,
  hour,
  POD,
  series,
  six,
  stack,
  WORKED_ROWS,
} from './stackFixture.ts';

/** In the worked example a replica holds 8,640,000 tokens an hour at 0.8, and costs $1.50. */
const FREE_IN_FIRST_HOUR = 8_640_000 - 3_600_000;

const spent = (overrides: Partial<AlreadyBought> = {}): AlreadyBought => ({
  sourceId: 'router',
  model: 'open/*',
  tokenRatio: ONE,
  ...overrides,
});

const tokens = (count: number, from = 0, to = 1): BoughtTokens => ({
  sourceId: 'router',
  model: 'open/model',
  period: period(hour(from), hour(to)),
  tokens: count,
});

const bill = (usd: string, overrides = {}) =>
  charge({
    usd,
    from: 0,
    to: 4,
    sourceId: 'router',
    resourceId: 'perma/slug',
    category: 'hosted',
    pricingClass: 'serverless',
    tags: { model: 'open/model' },
    ...overrides,
  });

interface World extends Partial<StackInput> {
  readonly alreadySpent?: readonly AlreadyBought[];
}

function world({ alreadySpent = [spent()], ...rest }: World = {}): StackInput {
  const deployments = [deployment({ hosted: hosted({ alreadySpent }) })];
  return stack({ deployments, charges: [POD, bill('12')], ...rest });
}

const only = (input: StackInput) => {
  const [found] = weighStack(input).deployments;
  if (found === undefined) throw new Error('the stack has no deployment');
  return found;
};

const costs = (input: StackInput) => {
  const cost = optionCost(only(input), 'bring-back');
  return [cost?.gpuUsd, cost?.hostedUsd, cost?.laborUsd, cost?.usd].map(six);
};

const detail = (input: StackInput) => findOffer(only(input), 'bring-back')?.detail;

describe('bringing purchased tokens in-house', () => {
  test('uses free capacity at no cost, and saves what was paid for the tokens', () => {
    const input = world({ bought: [tokens(FREE_IN_FIRST_HOUR)] });
    // $6 of GPU spend, $12 no longer bought, $3 of labor: keeping costs $9, so $12 are saved.
    expect(costs(input)).toEqual(['6.000000', '-12.000000', '3.000000', '-3.000000']);
    expect(detail(input)).toEqual({
      broughtTokens: 5_040_000,
      broughtUsd: exact(12n),
      extraReplicaHours: ZERO,
      leastExtraReplicaHours: ZERO,
      grain: 'hour',
    });
  });

  test('needs another replica for an hour for one token more', () => {
    const input = world({ bought: [tokens(FREE_IN_FIRST_HOUR + 1)] });
    expect(costs(input)).toEqual(['7.500000', '-12.000000', '3.000000', '-1.500000']);
    expect(six(detail(input)?.extraReplicaHours)).toBe('1.000000');
  });

  test('has a range where tokens are only known by day: as the load comes, and at best', () => {
    // 12M as 3.6, 10.8, 0 and 1.2 of 15.6: the second hour has no capacity for its 8,307,692
    // tokens, which are one replica-hour; if their hours were free to choose, 21.12M would fit
    // somewhere.
    const input = world({ bought: [tokens(12_000_000, 0, 4)] });
    const { extraReplicaHours, leastExtraReplicaHours, grain } = detail(input) ?? {};
    expect([six(extraReplicaHours), six(leastExtraReplicaHours), grain]).toEqual([
      '1.000000',
      '0.000000',
      'day',
    ]);
    expect(costs(input)).toEqual(['7.500000', '-12.000000', '3.000000', '-1.500000']);
  });

  test("converts a provider's token count to ours", () => {
    const input = world({
      alreadySpent: [spent({ tokenRatio: exact(2n) })],
      bought: [tokens(2 * FREE_IN_FIRST_HOUR)],
    });
    expect(detail(input)?.broughtTokens).toBe(FREE_IN_FIRST_HOUR);
  });

  test('compares only hours that are paid for and known: dollars and tokens match', () => {
    const rows = WORKED_ROWS.filter(({ at }) => at !== 2);
    const deployments = [
      deployment({ usage: series(rows), hosted: hosted({ alreadySpent: [spent()] }) }),
    ];
    const input = world({ deployments, bought: [tokens(12_000_000, 0, 4)] });
    // Three of four hours: 9M of 12M tokens, $9 of $12.
    expect(detail(input)?.broughtTokens).toBe(9_000_000);
    expect(costs(input)[1]).toBe('-9.000000');
  });

  test('has no price where one of its sides is unknown, and says which', () => {
    const bought = [tokens(1_000)];
    const reason = (input: StackInput) => only(input).offers['bring-back'];
    expect(reason(world({ bought, charges: [POD] }))).toEqual({
      reason: { code: 'bought-tokens-without-bill' },
    });
    const unknown = world({ bought });
    const [{ capacity: _capacity, ...rest } = deployment()] = unknown.deployments;
    const blind = { ...rest, usage: series([]), trailingUsage: series([]) };
    expect(reason({ ...unknown, deployments: [blind] })).toEqual({
      reason: { code: 'capacity-unknown' },
    });
  });

  test('is evaluated like any other: in the plan, in the probability, and with more tokens', () => {
    const input = world({ bought: [tokens(FREE_IN_FIRST_HOUR)] });
    const economics = weighStack(input);
    expect(bestPlan(economics, { kept: new Set() }).picks).toEqual([
      { deployment: 'chat', choice: 'bring-back' },
    ]);
    const [drawn] = toStackSeries(economics).deployments;
    const option = drawn?.options.find(({ name }) => name === 'bring-back');
    // $6 of GPU spend less $12, on the one day of the window.
    expect([...(option?.own ?? [])]).toEqual([-6]);
    const scaled = findOffer(only(input), 'bring-back')?.atScale?.(exact(2n));
    // Twice the load and twice the purchased tokens: 7.2M and 10.08M in the first hour.
    expect([scaled?.gpuUsd, scaled?.hosted.atZeroUsd].map(six)).toEqual(['7.500000', '-24.000000']);
  });
});

describe("today's hybrid", () => {
  test('is measured: the share of tokens served here, and what was billed for the others', () => {
    const input = world({ bought: [tokens(12_000_000, 0, 4)] });
    const { bought } = only(input);
    // 15.6M of 27.6M.
    expect([bought?.tokens, bought?.nanoUsd, six(bought?.servedHere)]).toEqual([
      12_000_000,
      12_000_000_000n,
      '0.565217',
    ]);
  });

  test('stays visible where no deployment claims it, and sums to the bill', () => {
    const other = bill('5', { tags: { model: 'closed/model' } });
    const input = world({
      charges: [POD, bill('12'), other],
      bought: [tokens(1_000), { ...tokens(7), sourceId: 'gateway', secondHand: true }],
    });
    const economics = weighStack(input);
    const result = economics.bought?.map(({ model, deployment: id, nanoUsd, ...rest }) => [
      model,
      id,
      nanoUsd,
      rest.tokens,
      rest.secondHand,
    ]);
    expect(result).toEqual([
      ['open/model', undefined, 0n, 7, true],
      ['closed/model', undefined, 5_000_000_000n, undefined, undefined],
      ['open/model', 'chat', 12_000_000_000n, 1_000, undefined],
    ]);
    expect(economics.bill.hosted).toBe(17_000_000_000n);
    expect(only(input).bought?.tokens).toBe(1_000);
  });

  test('belongs to the deployment whose equivalent is that model, unless another claims it', () => {
    const here = { sourceId: 'router', model: 'open/model', tokenRatio: ONE };
    const one = deployment({ hosted: hosted({ equivalents: [here] }) });
    const two = { ...one, id: 'other' };
    const boughtBy = (deployments: StackInput['deployments']) => {
      const { deployments: found, warnings } = weighStack(
        world({ deployments, bought: [tokens(1_000)] }),
      );
      const ids = found.flatMap(({ id, bought }) => (bought === undefined ? [] : [id]));
      return { ids, isWarned: warnings.some(({ code }) => code === 'bought-model-contested') };
    };
    expect(boughtBy([one])).toEqual({ ids: ['chat'], isWarned: false });
    expect(boughtBy([one, two])).toEqual({ ids: [], isWarned: true });
    const named = { ...two, hosted: hosted({ equivalents: [here], alreadySpent: [spent()] }) };
    expect(boughtBy([one, named])).toEqual({ ids: ['other'], isWarned: false });
  });

  test('without it there is no such option, and with it no other figure changes', () => {
    const without = only(stack());
    expect('bring-back' in without.offers).toBe(false);
    expect(without.bought).toBeUndefined();
    const found = only(world({ bought: [tokens(12_000_000, 0, 4)] }));
    const figures = ({ offers, bought: _bought, ...rest }: typeof found) => ({
      ...rest,
      costs: Object.keys(offers)
        .filter((name) => name !== 'bring-back')
        .map((name) => optionCost(found, name as 'keep')),
    });
    expect(figures(found)).toEqual(figures(without));
    // A deployment that is deleted still pays for these tokens: they are in neither figure.
    expect(six(optionCost(found, 'delete')?.usd)).toBe('2.625825');
  });
});

describe('rows of purchased tokens', () => {
  const usage: HostedUsage = {
    sourceId: 'router',
    model: 'open/model',
    period: period(hour(0), hour(24)),
    uncachedPromptTokens: 100,
    cachedPromptTokens: 20,
    cacheWriteTokens: 3,
    outputTokens: 40,
  };

  test('are usage of all providers and tiers together, except with keys of our own', () => {
    const keeper = boughtKeeper();
    keeper.addUsage(usage);
    keeper.addUsage({ ...usage, host: 'another', serviceTier: 'batch' });
    keeper.addUsage({ ...usage, serviceTier: 'byok' });
    keeper.addUsage({ ...usage, secondHand: true });
    const { sourceId, model, period: day } = usage;
    expect(keeper.close()).toEqual([
      { sourceId, model, period: day, tokens: 326 },
      { sourceId, model, period: day, secondHand: true, tokens: 163 },
    ]);
  });

  test('are charges that count tokens of one class, and no other charges', () => {
    const keeper = boughtKeeper();
    const line = (token_class: string, quantity: string) =>
      bill('1', {
        tags: { model: 'm', token_class },
        quantity: decimal(quantity),
        unit: '1K tokens',
      });
    for (const one of [line('input', '1.5'), line('output', '0.25'), bill('3')]) {
      keeper.addCharge(one);
    }
    expect(keeper.close()).toEqual([
      { sourceId: 'router', model: 'm', period: period(hour(0), hour(4)), tokens: 1_750 },
    ]);
  });
});
