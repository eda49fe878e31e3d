/** Laws of serverless: it equals the definition, interval by interval. */

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
  subtract,
  sum,
  toDecimal,
  ZERO,
} from '../../src/domain/exact.ts';
import { tokensAt } from '../../src/domain/usage.ts';
import type { ServerlessInput } from '../../src/economics/input.ts';
import type { OptionFacts } from '../../src/economics/option/optionFacts.ts';
import { serverlessOffer } from '../../src/economics/option/serverless.ts';
import { optionFacts, pricedOffer } from '../economics/marketFixture.ts';
import {
  deployment,
  hour,
  type UsageInterval,
  POD,
  series,
  stack,
} from '../economics/stackFixture.ts';

const HOURS = 60;

const row = fc.record({
  hours: fc.constantFrom(0.25, 0.5, 1, 2),
  isKnown: fc.constantFrom(true, true, true, false),
  /** Tokens in thousands and busy seconds from a few round numbers often tie. */
  output: fc.oneof(fc.constantFrom(0, 0, 900_000, 1_800_000), fc.nat(20_000_000)),
  busyS: fc.oneof(fc.constantFrom(0, 0, 300, 600, null), fc.nat(9000)),
  requests: fc.constantFrom(0, null, 5),
});

const worlds = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 50 }),
  tokensPerSecond: fc.constantFrom(exact(3000n), exact(1500n), exact(2000n, 7n)),
  coldStartMs: fc.constantFrom(0, 4_321, 60_000),
  idleTimeoutMs: fc.constantFrom(0, 5_000, 900_000),
  minWorkers: fc.constantFrom(0, 0, 1, 3),
  usdPerSecond: fc.constantFrom(exact(1n, 2000n), exact(7n, 30_000n), ZERO),
});
type World = typeof worlds extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const scales = fc
  .tuple(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 1n, max: 7n }))
  .map(([num, den]) => exact(num, den));

function factsOfWorld({ rows, tokensPerSecond, ...serverless }: World): OptionFacts {
  const known: UsageInterval[] = [];
  let at = 0;
  for (const { isKnown, ...result } of rows) {
    if (isKnown) known.push({ at, ...result });
    at += result.hours;
  }
  const deployments = [deployment({ usage: series(known), serverless })];
  const window = { startMs: hour(0), endMs: hour(HOURS) };
  const facts = optionFacts(stack({ window, charges: [POD], deployments }));
  return { ...facts, capacity: { tokensPerSecond, basis: 'measured' } };
}

function millis(value: number | undefined): Exact {
  return value === undefined || Number.isNaN(value) ? ZERO : exactInteger(value);
}

/** max(max(T/C, B) + start, minimum workers x L) of each interval, in milliseconds. */
function byDefinition(facts: OptionFacts, price: ServerlessInput, scale: Exact) {
  const { series: usage } = facts.tally;
  const capacity = facts.capacity?.tokensPerSecond ?? ZERO;
  const intervals: Exact[] = [];
  let starts = 0;
  const isLoaded = (at: number) =>
    [tokensAt(usage, at), usage.busyMs[at] ?? 0, usage.requests[at] ?? 0].some((some) => some > 0);
  for (let at = 0; at < usage.length; at += 1) {
    const follows = at > 0 && usage.endMs[at - 1] === usage.startMs[at] && isLoaded(at - 1);
    const isStart = isLoaded(at) && !follows;
    starts += isStart ? 1 : 0;
    const added = isStart ? exactInteger(price.coldStartMs + price.idleTimeoutMs) : ZERO;
    const tokens = multiply(exactInteger(tokensAt(usage, at)), scale);
    const served = divide(multiply(tokens, exact(1000n)), capacity);
    const work = add(larger(served, millis(usage.busyMs[at])), added);
    const lengthMs = (usage.endMs[at] ?? 0) - (usage.startMs[at] ?? 0);
    intervals.push(larger(work, exactInteger(price.minWorkers * lengthMs)));
  }
  return { workMs: sum(intervals), starts };
}

const actual = worlds
  .map((world) => ({ world, facts: factsOfWorld(world) }))
  .filter(({ facts }) => facts.tally.series.length > 0);

test('serverless equals the definition, at any scale, to the last digit', () => {
  fc.assert(
    fc.property(actual, scales, ({ world, facts }, scale) => {
      const offer = pricedOffer(serverlessOffer(facts));
      const perMs = divide(world.usdPerSecond, exact(1000n));
      const now = byDefinition(facts, world, exact(1n));
      expect(offer.gpuUsd).toEqual(multiply(now.workMs, perMs));
      expect(offer.detail.starts).toBe(now.starts);
      expect(offer.detail.workerHours).toEqual(divide(now.workMs, exact(3_600_000n)));
      const then = byDefinition(facts, world, scale);
      expect(offer.atScale?.(scale).gpuUsd).toEqual(multiply(then.workMs, perMs));
    }),
    { numRuns: 100 },
  );
});

test('more tokens never cost less, and the slope never promises more than they will cost', () => {
  fc.assert(
    fc.property(actual, scales, scales, ({ facts }, one, other) => {
      const offer = pricedOffer(serverlessOffer(facts));
      const [less, more] = compare(one, other) <= 0 ? [one, other] : [other, one];
      const [low, high] = [offer.atScale?.(less), offer.atScale?.(more)];
      const [lowUsd, highUsd] = [low?.gpuUsd ?? ZERO, high?.gpuUsd ?? ZERO];
      const promised = multiply(low?.slope?.gpuUsd ?? ZERO, subtract(more, less));
      expect(compare(lowUsd, highUsd) <= 0).toBe(true);
      expect(compare(add(lowUsd, promised), highUsd) <= 0).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('a step along the slope is exact while no other interval becomes the deciding one', () => {
  fc.assert(
    fc.property(actual, scales, ({ facts }, scale) => {
      const offer = pricedOffer(serverlessOffer(facts));
      const hair = exact(1n, 10n ** 40n);
      const [at, above] = [offer.atScale?.(scale), offer.atScale?.(add(scale, hair))];
      const stepped = add(at?.gpuUsd ?? ZERO, multiply(at?.slope?.gpuUsd ?? ZERO, hair));
      expect(above?.gpuUsd).toEqual(stepped);
    }),
    { numRuns: 60 },
  );
});

test('the days of serverless sum to it', () => {
  fc.assert(
    fc.property(actual, ({ facts }) => {
      const { gpuUsd, days } = pricedOffer(serverlessOffer(facts));
      const whole = days.ownUsd.reduce((all, day) => all + day, 0);
      expect(Math.abs(whole - Number(toDecimal(gpuUsd, 12)))).toBeLessThan(1e-9);
    }),
    { numRuns: 40 },
  );
});
