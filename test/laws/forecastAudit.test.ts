/**
 * A law of a forecast plan: it costs what an audit finds for a quarter with the same load and
 * spend.
 */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { apportionExact } from '../../src/domain/apportion.ts';
import {
  add,
  decimal,
  type Exact,
  exact,
  exactInteger,
  multiply,
  ONE,
  subtract,
} from '../../src/domain/exact.ts';
import type { PlannedOptionCode } from '../../src/economics/planned/result.ts';
import { planNewStack } from '../../src/economics/planned/planNewStack.ts';
import { hourShares } from '../../src/economics/planned/plannedInput.ts';
import type { PlannedRequest } from '../../src/economics/planned/request.ts';
import type { StackInput } from '../../src/economics/input.ts';
import type { Choice } from '../../src/economics/offer.ts';
import { findOffer, optionCost } from '../../src/economics/options.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { A100, forecastRequest, forecastPrice } from '../economics/forecastFixture.ts';
import { charge, deployment, hour, series, stack } from '../economics/stackFixture.ts';

const QUARTER_DAYS = 92;
const MONTH_OF_QUARTER = exact(30n, BigInt(QUARTER_DAYS));

const cases = fc.record({
  mtok: fc.integer({ min: 5, max: 900 }),
  quarters: fc.integer({ min: 4, max: 96 }),
  speed: fc.integer({ min: 500, max: 6000 }),
  cents: fc.integer({ min: 1, max: 300 }),
  cached: fc.constantFrom('0', '0.25', '0.5'),
});

type Case = typeof cases extends fc.Arbitrary<infer Drawn> ? Drawn : never;

function requestOf({ mtok, quarters, speed, cents, cached }: Case): PlannedRequest {
  const usd = (cents / 100).toFixed(2);
  return forecastRequest({
    tokensPerDay: decimal(`${mtok}000000`),
    burstiness: exact(BigInt(quarters), 4n),
    cachedShare: decimal(cached),
    prices: [forecastPrice(usd, usd, (cents / 200).toFixed(3))],
    gpus: [{ ...A100, capacity: exact(BigInt(speed)) }],
  });
}

/** The same day 92 times, as a bill and a meter would report it. */
function quarterOf(
  request: PlannedRequest,
  pods: number,
  pricingClass: 'on-demand' | 'reserved',
): StackInput {
  const rate = pricingClass === 'reserved' ? 1 : 1.5;
  const hours = QUARTER_DAYS * 24;
  const charges = Array.from({ length: pods }, (_, at) => {
    const line = { usd: String(rate * hours), from: 0, to: hours, resourceId: `pod-${at}` };
    const time = { quantity: exactInteger(hours), unit: 'Hours', gpuCount: 1 };
    return { ...charge({ ...line, ...time }), pricingClass };
  });
  const [a100] = request.gpus;
  return stack({
    window: { startMs: hour(0), endMs: hour(hours) },
    charges,
    prices: request.prices,
    deployments: [
      deployment({
        gpu: { type: 'A100-80GB', count: 1 },
        resources: [{ sourceId: 'bill' }],
        usage: series(rowsOf(request, pods)),
        hosted: request.hosted,
        rightSize: { headroom: request.headroom, minReplicas: 1 },
        capacity: { tokensPerSecond: a100?.capacity ?? ONE },
        serverless: {
          usdPerSecond: decimal('0.0005'),
          coldStartMs: 0,
          idleTimeoutMs: 0,
          minWorkers: 0,
        },
      }),
    ],
  });
}

function rowsOf(options: PlannedRequest, pods: number) {
  const prompt = subtract(ONE, options.outputShare);
  const hits = multiply(prompt, options.cachedShare);
  const whole = apportionExact(options.tokensPerDay.num, [
    subtract(prompt, hits),
    hits,
    options.outputShare,
  ]);
  const shares = hourShares(options.burstiness);
  const [uncached, cached, output] = whole.map((tokens) => apportionExact(tokens, shares));
  return Array.from({ length: QUARTER_DAYS * 24 }, (_, at) => ({
    at,
    uncached: Number(uncached?.[at % 24] ?? 0n),
    cached: Number(cached?.[at % 24] ?? 0n),
    output: Number(output?.[at % 24] ?? 0n),
    replicaS: pods * 3600,
    busyS: null,
  }));
}

const SAME: readonly (readonly [PlannedOptionCode, Choice, 'on-demand' | 'reserved'])[] = [
  ['hosted-api', 'delete', 'on-demand'],
  ['serverless', 'serverless', 'on-demand'],
  ['pods', 'keep', 'on-demand'],
  ['hourly-pods', 'right-size', 'on-demand'],
  ['pods-with-overflow', 'hybrid', 'on-demand'],
  ['reserved-pods', 'keep', 'reserved'],
  ['reserved-pods-with-overflow', 'hybrid', 'reserved'],
];

test('each planned option costs what it costs in an audit of the same load, hybrids too', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(cases, (drawn) => {
      const request = requestOf(drawn);
      const { options } = planNewStack(request);
      const pods = options.find(({ code }) => code === 'pods')?.replicas ?? 0;
      const audits = {
        'on-demand': weighStack(quarterOf(request, pods, 'on-demand')).deployments[0],
        reserved: weighStack(quarterOf(request, pods, 'reserved')).deployments[0],
      };
      for (const [code, choice, pricingClass] of SAME) {
        const planned = options.find((option) => option.code === code);
        if (planned === undefined) continue;
        seen.add(code);
        const audited = audits[pricingClass];
        const cost = audited && optionCost(audited, choice);
        const month = cost && multiply(add(cost.infraUsd, cost.hostedUsd), MONTH_OF_QUARTER);
        expect([code, planned.usd]).toEqual([code, month]);
        if (choice !== 'hybrid') continue;
        expect(planned.replicas).toBe(audited && findOffer(audited, 'hybrid')?.detail.replicas);
        expect(planned.overflowUsd).toEqual(cost && times(cost.hostedUsd));
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
  expect(SAME.map(([code]) => code).filter((code) => !seen.has(code))).toEqual([]);
}, 120_000);

function times(usd: Exact): Exact {
  return multiply(usd, MONTH_OF_QUARTER);
}
