import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compare,
  decimal,
  exact,
  multiply,
  subtract,
  toInteger,
  sumWhole,
} from '../../src/domain/exact.ts';
import type { PlannedResult } from '../../src/economics/planned/result.ts';
import { planNewStack } from '../../src/economics/planned/planNewStack.ts';
import { distributeWithin } from '../../src/economics/whatIf/traffic.ts';
import { forecastRequest, forecastPrice } from '../economics/forecastFixture.ts';

const whole = (least: number, most: number) => fc.integer({ min: least, max: most });

const rooms = fc
  .array(fc.tuple(fc.bigInt(0n, 1000n), fc.bigInt(0n, 1000n)), { minLength: 1, maxLength: 30 })
  .map((rows) => ({
    has: rows.map(([has]) => has),
    most: rows.map(([has, more]) => has + more),
  }));

describe('filling', () => {
  it('sums to the whole, and nobody holds more than fits', () => {
    fc.assert(
      fc.property(rooms, fc.double({ min: 0, max: 1, noNaN: true }), (room, share) => {
        const total = BigInt(Math.floor(Number(sumWhole(room.most)) * share));
        const parts = distributeWithin(total, room);
        expect(sumWhole(parts)).toBe(total);
        expect(parts.every((part, at) => part >= 0n && part <= (room.most[at] ?? 0n))).toBe(true);
      }),
    );
  });

  it('with its current load changes nothing', () => {
    fc.assert(
      fc.property(rooms, (room) => {
        expect(distributeWithin(sumWhole(room.has), room)).toEqual(room.has);
      }),
    );
  });
});

const cases = fc.record({
  hostedCents: whole(5, 400),
  hours: whole(0, 60),
  speed: whole(500, 5000),
  quarters: whole(4, 20),
});

describe('the tokens from which pods pay', () => {
  it('put back into the economics, let pods and the API cost the same', () => {
    fc.assert(
      fc.property(cases, ({ hostedCents, hours, speed, quarters }) => {
        const hostedUsd = exact(BigInt(hostedCents), 100n);
        const at = (tokens: bigint) =>
          planNewStack(wishOf({ hostedCents, hours, speed, quarters }, tokens));
        const [found] = at(10_000_000n).gpus;
        const pay = found?.podsPay?.withPeople;
        if (pay === undefined || pay === 'never') return;
        const tokens = toInteger(pay.tokensPerDay, 'ceiling');
        const answer = at(tokens);
        const difference = subtract(cost(answer, 'hosted-api'), cost(answer, 'pods'));
        // Whole tokens: less than 31 of them a month, at the provider's price.
        const rounding = multiply(hostedUsd, decimal('31e-6'));
        expect(compare(difference, rounding)).toBeLessThanOrEqual(0);
        expect(compare(difference, multiply(rounding, exact(-1n)))).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 40 },
    );
  });
});

interface Case {
  readonly hostedCents: number;
  readonly hours: number;
  readonly speed: number;
  readonly quarters: number;
}

function wishOf({ hostedCents, hours, speed, quarters }: Case, tokens: bigint) {
  const usd = (hostedCents / 100).toFixed(2);
  const base = exact(BigInt(hours));
  const side = (own: typeof base) => ({
    fixedHours: { low: own, base: own, high: own },
    hoursPerDeployment: { low: exact(0n), base: exact(0n), high: exact(0n) },
  });
  return forecastRequest({
    tokensPerDay: exact(tokens),
    burstiness: exact(BigInt(quarters), 4n),
    prices: [forecastPrice(usd, usd)],
    gpus: [
      {
        type: 'A100-80GB',
        count: 1,
        capacity: exact(BigInt(speed)),
        onDemand: { usdPerGpuHour: decimal('1.5'), from: 'list' },
      },
    ],
    labor: {
      loadedUsdPerHour: decimal('100'),
      selfHosted: side(base),
      hosted: side(exact(0n)),
      serverlessShare: decimal('0.6'),
      basis: 'assumed',
    },
  });
}

function cost({ options }: PlannedResult, code: string) {
  const found = options.find((option) => option.code === code);
  if (found?.withEngineeringUsd === undefined) throw new Error(`no cost of ${code}`);
  return found.withEngineeringUsd;
}
