/**
 * Laws of the economics: what was paid is never lost, and what is unknown never makes anything
 * cheaper.
 */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, divide, exact, multiply, subtract, sum } from '../../src/domain/exact.ts';
import { nanoUsd, usd } from '../../src/domain/money.ts';
import { rowsStartingIn, type UsageColumn, type UsageSeries } from '../../src/domain/usage.ts';
import { OPTIONS } from '../../src/economics/offer.ts';
import { hostedCost } from '../../src/economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../src/economics/result.ts';
import { weighStack } from '../../src/economics/stack.ts';
import {
  STACK_HOURS,
  onePerMoment,
  arbitraryPrices,
  arbitraryStack,
  arbitraryUsage,
} from '../economics/stackArbitrary.ts';
import { deployment, HOST_A, hour, POD, series, stack } from '../economics/stackFixture.ts';
import { listCharges } from '../support/listCharges.ts';

const RUNS = { numRuns: 60 };

function total(amounts: readonly bigint[]): bigint {
  return amounts.reduce((all, amount) => all + amount, 0n);
}

test('the parts of the bill sum to the whole, including unattributed ones', () => {
  fc.assert(
    fc.property(arbitraryStack, (input) => {
      const { deployments, bill, unattributed } = weighStack(input);
      const attributed = total(deployments.map(({ spend }) => spend.total));
      expect(attributed + bill.unattributed).toBe(bill.spend);
      expect(total(unattributed.map(({ nanoUsd }) => nanoUsd))).toBe(bill.unattributed);
      for (const { days, spend } of deployments) {
        expect(total(days.map((day) => day.spend))).toBe(spend.total);
        expect(add(spend.coveredUsd, spend.uncoveredUsd)).toEqual(usd(spend.total));
      }
    }),
    RUNS,
  );
});

test('a window holds what its days hold, and no charge falls between two windows', () => {
  fc.assert(
    fc.property(arbitraryStack, (input) => {
      const spend = (from: number, to: number) => {
        const window = { startMs: hour(from), endMs: hour(to) };
        const { bill } = weighStack({ ...input, window });
        return [bill.spend, bill.tax, bill.hosted, bill.labor, bill.unattributed];
      };
      const [first, second] = [spend(0, 24), spend(24, STACK_HOURS)];
      expect(first.map((amount, index) => amount + (second[index] ?? 0n))).toEqual(
        spend(0, STACK_HOURS),
      );
    }),
    RUNS,
  );
});

test('covered time is never more than paid time, and no share is above 1', () => {
  fc.assert(
    fc.property(arbitraryStack, (input) => {
      for (const { days, utilization, busyFraction, time } of weighStack(input).deployments) {
        expect(days.every(({ coveredNs, paidNs }) => coveredNs <= paidNs)).toBe(true);
        for (const share of [utilization, busyFraction, time.coverage]) {
          expect(share === undefined || share.num <= share.den).toBe(true);
        }
      }
    }),
    RUNS,
  );
});

test('the waterfall sums to the covered spend', () => {
  fc.assert(
    fc.property(arbitraryStack, (input) => {
      for (const { waterfall, spend } of weighStack(input).deployments) {
        const { fullUsd, idleUsd, underfilledUsd } = waterfall;
        const parts = [fullUsd, idleUsd, underfilledUsd].filter((part) => part !== undefined);
        expect(parts.length < 3 ? spend.coveredUsd : sum(parts)).toEqual(spend.coveredUsd);
      }
    }),
    RUNS,
  );
});

/** (paid $/replica-hour) / (capacity x utilization x 3600 / 1e6). */
function byIdentity({ spend, time, capacity, utilization }: DeploymentEconomics) {
  if (capacity === undefined || utilization === undefined) throw new Error('both are known');
  const hours = exact(time.coveredNs, 3_600_000_000_000n);
  const mtokPerHour = multiply(
    multiply(capacity.tokensPerSecond, utilization),
    exact(3600n, 1_000_000n),
  );
  return divide(divide(spend.coveredUsd, hours), mtokPerHour);
}

const load = fc.record({
  tokens: fc.integer({ min: 1, max: 3_600_000 }),
  // Shorter samples of a replica say nothing about its capacity.
  seconds: fc.integer({ min: 150, max: 3600 }),
  nano: fc.bigInt({ min: 1n, max: 10n ** 12n }),
});

test('the price of a token is the price of an hour over the tokens served in it', () => {
  fc.assert(
    fc.property(load, ({ tokens, seconds, nano }) => {
      const rows = [0, 1, 2].map((at) => ({ at, output: tokens, replicaS: seconds }));
      const charges = [{ ...POD, billed: nanoUsd(nano) }];
      const deployments = [deployment({ usage: series(rows) })];
      const [chat] = weighStack(stack({ charges, deployments })).deployments;
      expect(chat?.effectiveUsdPerMtok).toEqual(chat && byIdentity(chat));
    }),
    RUNS,
  );
});

test('10% utilization costs exactly ten times 100%', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_080_000 }), (tokens) => {
      const at = (factor: number) => {
        const rows = [0, 1, 2, 3].map((from) => ({ at: from, output: tokens * factor }));
        return weighStack(stack({ deployments: [deployment({ usage: series(rows) })] }))
          .deployments[0];
      };
      const [tenth, full] = [at(1), at(10)];
      expect(tenth?.effectiveUsdPerMtok).toEqual(
        full?.effectiveUsdPerMtok && multiply(full.effectiveUsdPerMtok, exact(10n)),
      );
      expect(full?.utilization).toEqual(
        tenth?.utilization && multiply(tenth.utilization, exact(10n)),
      );
    }),
    RUNS,
  );
});

function doubled(rows: UsageSeries): UsageSeries {
  const twice = (column: UsageColumn) => Float64Array.from(column, (value) => value * 2);
  return {
    ...rows,
    uncachedPromptTokens: twice(rows.uncachedPromptTokens),
    cachedPromptTokens: twice(rows.cachedPromptTokens),
    outputTokens: twice(rows.outputTokens),
    requests: twice(rows.requests),
  };
}

function costsOf(rows: UsageSeries, market: ReturnType<typeof onePerMoment>) {
  const window = { startMs: hour(0), endMs: hour(STACK_HOURS) };
  const deployments = [deployment({ usage: rows })];
  const [chat] = weighStack(stack({ window, deployments, prices: market })).deployments;
  return new Map(chat?.hosted.considered.map(({ host, usd: cost }) => [host, cost]));
}

test('doubling usage doubles the cost at every provider', () => {
  fc.assert(
    fc.property(arbitraryUsage, arbitraryPrices, (rows, market) => {
      const unique = onePerMoment(market);
      const [once, twice] = [costsOf(rows, unique), costsOf(doubled(rows), unique)];
      for (const [host, cost] of once) {
        expect(twice.get(host)).toEqual(cost && multiply(cost, exact(2n)));
      }
    }),
    RUNS,
  );
});

test('a later price changes nothing that was served before it', () => {
  const noon = hour(24);
  fc.assert(
    fc.property(arbitraryUsage, arbitraryPrices, arbitraryPrices, (rows, market, news) => {
      const served = rowsStartingIn(rows, hour(0), noon);
      const earlier = onePerMoment(market).filter(({ validFromMs }) => validFromMs < noon);
      const later = news.map((each) => ({
        ...each,
        validFromMs: each.validFromMs + STACK_HOURS * 2e6,
      }));
      const known = onePerMoment(later.filter(({ validFromMs }) => validFromMs >= noon));
      const [before, after] = [costsOf(served, earlier), costsOf(served, [...earlier, ...known])];
      for (const [host, cost] of before) expect(after.get(host)).toEqual(cost);
    }),
    RUNS,
  );
});

test('without a price the cost is unknown, never less', () => {
  fc.assert(
    fc.property(arbitraryUsage, arbitraryPrices, fc.nat(), (rows, market, pick) => {
      const unique = onePerMoment(market);
      const gone = pick % unique.length;
      const without = unique.map((each, index) => {
        if (index !== gone) return each;
        const { inputPerMtok: _input, ...rest } = each;
        return rest;
      });
      const [full, partial] = [costsOf(rows, unique), costsOf(rows, without)];
      for (const [host, cost] of partial) {
        expect(cost === undefined ? full.get(host) : cost).toEqual(full.get(host));
      }
    }),
    RUNS,
  );
});

/** Offers as they are and at twice the tokens, because functions are only equal to themselves. */
function figuresOf(economics: StackEconomics) {
  const deployments = economics.deployments.map(({ offers, ...figures }) => ({
    ...figures,
    offers: OPTIONS.map((option) => {
      const offer = offers[option];
      if (offer === undefined || 'reason' in offer) return offer;
      const { atScale, strandedBeside, ...plain } = offer;
      return {
        ...plain,
        doubled: atScale?.(exact(2n)),
        besideADollar: strandedBeside?.(exact(1n)),
      };
    }),
  }));
  return { ...economics, deployments };
}

test('the order in which facts arrive changes nothing', () => {
  fc.assert(
    fc.property(arbitraryStack, fc.infiniteStream(fc.nat()), (input, random) => {
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map((item) => ({ item, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ item }) => item);
      const other = {
        ...input,
        charges: shuffled(listCharges(input)),
        prices: shuffled(input.prices),
      };
      expect(figuresOf(weighStack(other))).toEqual(figuresOf(weighStack(input)));
    }),
    RUNS,
  );
});

test('the cost at a share of cache hits is on the line between none and all of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), (hundredths) => {
      const base = exact(BigInt(hundredths), 100n);
      const cacheRealization = { low: exact(0n), base, high: exact(1n) };
      const [chat] = weighStack(stack({ cacheRealization, prices: [HOST_A] })).deployments;
      const cost = chat?.hosted.chosen?.cost;
      const saved = cost && subtract(cost.atZeroUsd, cost.atOneUsd);
      expect(chat && hostedCost(chat)).toEqual(
        cost && saved && subtract(cost.atZeroUsd, multiply(saved, base)),
      );
    }),
    RUNS,
  );
});
