/**
 * Arbitraries of random stacks: two days, a few resources, hourly usage, providers with dated
 * prices.
 */

import * as fc from 'fast-check';
import { CHARGE_CATEGORIES } from '../../src/domain/charge.ts';
import { exact } from '../../src/domain/exact.ts';
import { type NanoUsd, nanoUsd, nanoUsdPerMtok } from '../../src/domain/money.ts';
import type { HostedPrice } from '../../src/domain/price.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { charge, deployment, hour, series, stack } from './stackFixture.ts';

export const STACK_HOURS = 48;

const count = (max: number) => fc.integer({ min: 0, max });

const charges = fc.array(
  fc
    .record({
      resourceId: fc.constantFrom('a-1', 'a-2', 'both-1', 'b-1', 'nobody'),
      category: fc.constantFrom(...CHARGE_CATEGORIES),
      nano: fc.bigInt({ min: -1_000_000_000n, max: 50_000_000_000n }),
      from: fc.integer({ min: -12, max: STACK_HOURS - 1 }),
      hours: fc.integer({ min: 1, max: 60 }),
      unit: fc.constantFrom('Hours', 'GPU-Hours', 'GB-Months', undefined),
      quantity: count(200),
    })
    .map(({ nano, from, hours, unit, quantity, ...rest }) => {
      const line = charge({ usd: '0', from, to: from + hours, ...rest });
      const billed: NanoUsd = nanoUsd(nano);
      const timed = unit === undefined ? {} : { unit, quantity: exact(BigInt(quantity), 4n) };
      return { ...line, billed, ...timed };
    }),
  { maxLength: 25 },
);

const hourly = fc.record({
  uncached: count(9_000_000),
  cached: fc.option(count(2_000_000)),
  output: count(2_000_000),
  requests: count(5_000),
  busyS: fc.option(count(3600)),
  replicaS: fc.option(count(3 * 3600)),
});

export const arbitraryUsage = fc
  .array(fc.option(hourly), { minLength: STACK_HOURS, maxLength: STACK_HOURS })
  .map((rows) => series(rows.flatMap((row, at) => (row === null ? [] : [{ ...row, at }]))));

const perMtok = fc.bigInt({ min: 1n, max: 5_000_000_000n }).map(nanoUsdPerMtok);

export const arbitraryPrices: fc.Arbitrary<HostedPrice[]> = fc.array(
  fc.record({
    sourceId: fc.constant('market'),
    model: fc.constant('open/model'),
    host: fc.constantFrom('x', 'y', 'z'),
    quantization: fc.constant('fp8'),
    validFromMs: fc.integer({ min: -24, max: STACK_HOURS }).map(hour),
    inputPerMtok: perMtok,
    cachedInputPerMtok: perMtok,
    outputPerMtok: perMtok,
    free: fc.constant(false),
    offered: fc.constant(true),
  }),
  { minLength: 1, maxLength: 10 },
);

function own(id: string, pattern: string) {
  return (rows: ReturnType<typeof series>) =>
    deployment({
      id,
      usage: rows,
      resources: [
        { sourceId: 'bill', id: pattern },
        { sourceId: 'bill', id: 'both-*' },
      ],
    });
}

/** Two deployments that share one resource, and one unattributed resource. */
export const arbitraryStack: fc.Arbitrary<StackInput> = fc
  .record({
    charges,
    prices: arbitraryPrices,
    deployments: fc.tuple(arbitraryUsage.map(own('a', 'a-*')), arbitraryUsage.map(own('b', 'b-*'))),
    sharing: fc.constantFrom('gpu-time' as const, 'tokens' as const),
  })
  .map((parts) =>
    stack({
      ...parts,
      prices: onePerMoment(parts.prices),
      window: { startMs: hour(0), endMs: hour(STACK_HOURS) },
    }),
  );

/** A provider has one price at a time, as the ledger keeps them. */
export function onePerMoment(drawn: readonly HostedPrice[]): HostedPrice[] {
  const byMoment = new Map(drawn.map((each) => [`${each.host} ${each.validFromMs}`, each]));
  return [...byMoment.values()];
}
