/** Laws of moving: each hour at the rate then in force, using nothing that was not known then. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, type Exact, exact, multiply, toNumber } from '../../src/domain/exact.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, period } from '../../src/domain/period.ts';
import type { GpuRate } from '../../src/domain/price.ts';
import type { NoOffer } from '../../src/economics/offer.ts';
import { moveOffer, spotOffer } from '../../src/economics/option/market.ts';
import type { BareOffer } from '../../src/economics/option/optionFacts.ts';
import { marketFacts, rate } from '../economics/marketFixture.ts';
import { charge, deployment, hour, series, stack } from '../economics/stackFixture.ts';

const HOURS = 48;
const MINUTES = 60;

interface Case {
  readonly paid: readonly boolean[];
  readonly gpus: number;
  readonly rates: readonly GpuRate[];
}

const rates = fc.uniqueArray(
  fc
    .record({
      provider: fc.constantFrom('a', 'b', 'c'),
      pricingClass: fc.constantFrom('on-demand', 'spot'),
      atMinute: fc.oneof(fc.constant(-60), fc.integer({ min: 0, max: (HOURS + 12) * MINUTES })),
      nano: fc.bigInt({ min: 1n, max: 9_000_000_000n }).map(nanoUsd),
    })
    .map(({ atMinute, nano, ...options }) => ({
      ...rate({ ...options, usd: '0' }),
      validFromMs: hour(0) + atMinute * 60_000,
      usdPerGpuHour: nano,
    })),
  {
    maxLength: 12,
    selector: ({ provider, pricingClass, validFromMs }) =>
      [provider, pricingClass, validFromMs].join(' '),
  },
);

const cases: fc.Arbitrary<Case> = fc.record({
  paid: fc.array(fc.boolean(), { minLength: HOURS, maxLength: HOURS }),
  gpus: fc.integer({ min: 1, max: 8 }),
  rates,
});

/** One replica in the paid hours, each a separate charge, all of them seen. */
function facts({ paid, gpus, rates: of }: Case) {
  const hours = paid.flatMap((isPaid, at) => (isPaid ? [at] : []));
  return marketFacts(
    stack({
      window: period(hour(0), hour(HOURS)),
      charges: hours.map((at) =>
        charge({
          usd: '2',
          from: at,
          to: at + 1,
          quantity: decimal(String(gpus)),
          unit: 'GPU-Hours',
        }),
      ),
      deployments: [
        deployment({
          gpu: { type: 'A100-80GB', count: gpus },
          usage: series(hours.map((at) => ({ at }))),
        }),
      ],
      rates: of,
    }),
  );
}

/** Minute by minute: the newest rate that had begun. */
function byMinute({ paid, gpus, rates: of }: Case, provider: string): Exact | undefined {
  let nano = 0n;
  for (const [at, isPaid] of paid.entries()) {
    if (!isPaid) continue;
    for (let minute = 0; minute < MINUTES; minute += 1) {
      const nowMs = hour(at) + minute * 60_000;
      let newest: GpuRate | undefined;
      for (const each of of) {
        const isTheirs = each.provider === provider && each.pricingClass === 'on-demand';
        if (!isTheirs || each.validFromMs > nowMs) continue;
        if (newest === undefined || each.validFromMs > newest.validFromMs) newest = each;
      }
      if (newest === undefined) return undefined;
      nano += newest.usdPerGpuHour;
    }
  }
  return exact(nano * BigInt(gpus), 60_000_000_000n);
}

function gpuUsd(offer: BareOffer | NoOffer): Exact | undefined {
  return 'reason' in offer ? undefined : offer.gpuUsd;
}

test('a move costs the least of all providers, summed minute by minute', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const costs = ['a', 'b', 'c'].flatMap((provider) => byMinute(drawn, provider) ?? []);
      const [least] = costs.sort((a, b) => (a.num * b.den < b.num * a.den ? -1 : 1));
      const isPaid = drawn.paid.includes(true);
      expect(gpuUsd(moveOffer(facts(drawn)))).toEqual(isPaid ? least : undefined);
    }),
  );
});

test('the cost is linear in the rates, and spot in its overhead', () => {
  const factor = fc.bigInt({ min: 2n, max: 1000n });
  fc.assert(
    fc.property(cases, factor, (drawn, times) => {
      const pricier = drawn.rates.map((each) => ({
        ...each,
        usdPerGpuHour: nanoUsd(each.usdPerGpuHour * times),
      }));
      const [before, after] = [facts(drawn), facts({ ...drawn, rates: pricier })];
      for (const offerOf of [moveOffer, spotOffer]) {
        const [one, other] = [offerOf(before), offerOf(after)].map(gpuUsd);
        expect(other).toEqual(one && multiply(one, exact(times)));
      }
      const atSpot = drawn.rates.map((each) => ({ ...each, pricingClass: 'spot' as const }));
      const onDemand = drawn.rates.map((each) => ({ ...each, pricingClass: 'on-demand' as const }));
      const moved = gpuUsd(moveOffer(facts({ ...drawn, rates: onDemand })));
      const taken = gpuUsd(spotOffer(facts({ ...drawn, rates: atSpot })));
      expect(taken).toEqual(moved && multiply(moved, decimal('1.1')));
    }),
  );
});

test('rates that begin after the last paid hour, and the order of all, change nothing', () => {
  fc.assert(
    fc.property(cases, fc.array(fc.double({ noNaN: true })), (drawn, keys) => {
      const lastMs = hour(drawn.paid.lastIndexOf(true) + 1);
      const known = drawn.rates.filter(({ validFromMs }) => validFromMs < lastMs);
      const shuffled = known
        .map((each, at) => ({ each, key: keys[at] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ each }) => each);
      const whole = moveOffer(facts(drawn));
      const past = moveOffer(facts({ ...drawn, rates: shuffled }));
      const figures = (offer: BareOffer | NoOffer) => ('reason' in offer ? 'none' : offer);
      expect(figures(past)).toEqual(figures(whole));
    }),
  );
});

test('each day is what its own hours cost', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const offer = moveOffer(facts(drawn));
      if ('reason' in offer) return;
      for (const [day, usd] of offer.days.ownUsd.entries()) {
        const paid = drawn.paid.map(
          (isPaid, at) => isPaid && Math.floor((at * 3.6e6) / DAY_MS) === day,
        );
        const alone = byMinute({ ...drawn, paid }, offer.detail.provider ?? '');
        expect(Math.abs(usd - (alone ? toNumber(alone) : Number.NaN))).toBeLessThan(1e-9);
      }
    }),
  );
});
