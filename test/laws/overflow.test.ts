/** Laws of the overflow: the fast sums equal the definition, interval by interval. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  ONE,
  subtract,
  toDecimal,
  ZERO,
} from '../../src/domain/exact.ts';
import { tokensAt, type UsageSeries } from '../../src/domain/usage.ts';
import { toTab, tabUsd } from '../../src/economics/hosted/hostedCost.ts';
import { overflowCost } from '../../src/economics/hosted/overflow.ts';
import {
  type ResolvedPrices,
  withoutConditions,
} from '../../src/economics/hosted/resolvedPrices.ts';
import { onePerMoment, arbitraryPrices, arbitraryUsage } from '../economics/stackArbitrary.ts';
import { hour } from '../economics/stackFixture.ts';

const LIMIT = 6;
const PLAIN = { tokenRatio: ONE, thresholds: [] };

const cases = fc.record({
  series: arbitraryUsage,
  market: arbitraryPrices,
  capacity: fc
    .tuple(fc.bigInt({ min: 1n, max: 9_000n }), fc.bigInt({ min: 1n, max: 7n }))
    .map(([num, den]) => exact(num, den)),
  fee: fc.integer({ min: 0, max: 20 }).map((hundredths) => exact(BigInt(hundredths), 100n)),
});

/** One provider with a price from before the first interval on. */
function askedIn(market: ReturnType<typeof onePerMoment>): ResolvedPrices {
  const own = market.map((each, index) => ({
    ...each,
    host: 'x',
    validFromMs: index === 0 ? hour(-1) : each.validFromMs,
    perRequest: each.perRequest ?? each.inputPerMtok,
  }));
  const dated = onePerMoment(own as typeof market);
  return withoutConditions(dated.sort((a, b) => a.validFromMs - b.validFromMs));
}

interface Terms {
  readonly series: UsageSeries;
  readonly resolved: ResolvedPrices;
  readonly capacity: Exact;
  readonly fee: Exact;
}

/** max(0, T - k x C x L) / T of each interval's own cost, in exact fractions. */
function byDefinition({ series, resolved: asked, capacity, fee }: Terms, replicas: number): Exact {
  let whole = ZERO;
  for (let row = 0; row < series.length; row += 1) {
    const tokens = tokensAt(series, row);
    const price = asked.distinct.findLast(
      ({ validFromMs }) => validFromMs <= (series.startMs[row] ?? 0),
    );
    if (tokens === 0 || price === undefined) continue;
    const seconds = exactInteger(((series.endMs[row] ?? 0) - (series.startMs[row] ?? 0)) / 1000);
    const served = multiply(multiply(exactInteger(replicas), capacity), seconds);
    const over = larger(ZERO, subtract(exactInteger(tokens), served));
    const count = (value: number | undefined) => BigInt(Number.isNaN(value) ? 0 : (value ?? 0));
    const tab = toTab(price, {
      uncached: count(series.uncachedPromptTokens[row]),
      cached: count(series.cachedPromptTokens[row]),
      output: count(series.outputTokens[row]),
      requests: count(series.requests[row]),
    });
    const cost = tabUsd(tab, { tokenRatio: ONE, fee }).atOneUsd;
    whole = add(whole, multiply(cost, divide(over, exactInteger(tokens))));
  }
  return whole;
}

test('overflow equals the definition, for any number of replicas, to 10^-15 dollars', () => {
  fc.assert(
    fc.property(cases, ({ series, market, capacity, fee }) => {
      const asked = askedIn(onePerMoment(market));
      const terms = { series, resolved: asked, capacity, fee, ...PLAIN, limit: LIMIT };
      const over = overflowCost(terms);
      for (let replicas = 0; replicas <= LIMIT; replicas += 1) {
        const right = byDefinition(terms, replicas);
        expect(toDecimal(subtract(over(replicas).atOneUsd, right), 15)).toMatch(/^-?0\.0*$/);
      }
    }),
    { numRuns: 25 },
  );
});

test('without replicas everything is bought, and another replica never adds overflow', () => {
  fc.assert(
    fc.property(cases, ({ series, market, capacity, fee }) => {
      const asked = askedIn(onePerMoment(market));
      const terms = { series, resolved: asked, capacity, fee, ...PLAIN, limit: LIMIT };
      const over = overflowCost(terms);
      expect(over(0).atOneUsd).toEqual(byDefinition(terms, 0));
      for (let replicas = 1; replicas <= LIMIT; replicas += 1) {
        const [more, less] = [over(replicas - 1).atOneUsd, over(replicas).atOneUsd];
        expect(compare(add(more, ROUNDING), less) >= 0).toBe(true);
      }
    }),
    { numRuns: 25 },
  );
});

/** Fractions are cut below 2^-96; what that can sum to is far below any printed digit. */
const ROUNDING = exact(1n, 10n ** 15n);

test('an interval that a replica serves exactly has no overflow', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9_000 }),
      (k, perSecond) => {
        const tokens = k * perSecond * 3600;
        const column = (value: number) => Float64Array.of(value);
        const series: UsageSeries = {
          length: 1,
          startMs: column(hour(0)),
          endMs: column(hour(1)),
          uncachedPromptTokens: column(tokens),
          cachedPromptTokens: column(0),
          outputTokens: column(0),
          requests: column(0),
          busyMs: column(0),
          replicaMs: column(0),
          estimated: Uint8Array.of(0),
        };
        const [first] = fc.sample(arbitraryPrices, { numRuns: 1, seed: 7 });
        const asked = askedIn(onePerMoment(first ?? []));
        const capacity = exactInteger(perSecond);
        const over = overflowCost({
          series,
          resolved: asked,
          capacity,
          fee: ZERO,
          ...PLAIN,
          limit: 6,
        });
        expect(over(k).atZeroUsd).toEqual(ZERO);
        expect(compare(over(k - 1).atZeroUsd, ZERO)).toBe(1);
      },
    ),
  );
});
