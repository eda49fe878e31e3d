/**
 * Schemas of the sections behind decisions: labor, migration, policy, commitments, market and
 * prices.
 */

import { DAYS_TO_ACT } from '../calendar/horizons.ts';
import { z } from 'zod';
import { CHARGE_CATEGORIES } from '../domain/charge.ts';
import { decimal, ZERO } from '../domain/exact.ts';
import { PROVIDER_TIERS } from '../domain/providers.ts';
import type { RangeConfig } from './config.ts';
import { coversSchema } from './deploymentSchema.ts';
import { nonNegativeSchema, positiveSchema, shareSchema, wholeNumberSchema } from './numbers.ts';
import { dateSchema, patternSchema, textSchema } from './texts.ts';

/**
 * A default range. The report marks it as an assumption; the configuration page gives its reasons.
 */
function assumed(low: string, base: string, high: string): RangeConfig {
  return { low: decimal(low), base: decimal(base), high: decimal(high) };
}

function hours(fallback: RangeConfig) {
  const count = () => nonNegativeSchema('hours per quarter');
  return z.strictObject({ low: count(), base: count(), high: count() }).default(fallback);
}

const selfHosted = z
  .strictObject({
    fixedHours: hours(assumed('40', '120', '260')),
    hoursPerDeployment: hours(assumed('5', '15', '40')),
  })
  .prefault({});

const hosted = z
  .strictObject({
    fixedHours: hours(assumed('5', '12', '30')),
    hoursPerDeployment: hours(assumed('0', '2', '5')),
  })
  .prefault({});

export const laborSchema = z.strictObject({
  loadedUsdPerHour: positiveSchema('US dollars per hour').default(decimal('100')),
  selfHosted,
  hosted,
  serverlessShare: shareSchema().default(decimal('0.6')),
});

/** `{ EUR: { '2026-07': 1.0842 } }`: US dollars per unit, by month. */
export const currenciesSchema = z.record(
  z.string().regex(/^[A-Z]{3}$/),
  z.record(z.string().regex(/^20\d{2}-(?:0[1-9]|1[0-2])$/), positiveSchema('US dollars per unit')),
);

export const policySchema = z.strictObject({
  minProbability: shareSchema().default(decimal('0.9')),
  minSavingUsd: nonNegativeSchema('US dollars per quarter').default(decimal('1000')),
  minSavingShare: shareSchema().default(decimal('0.15')),
  reversalSavingShare: shareSchema().default(decimal('0.3')),
  minCoverage: shareSchema().default(decimal('0.9')),
  maxUnattributedShare: shareSchema().default(decimal('0.1')),
  reconciliation: z
    .strictObject({
      toleranceUsd: nonNegativeSchema('US dollars').default(decimal('0.01')),
      toleranceShare: shareSchema().default(decimal('0.001')),
      estimatedShare: shareSchema().default(decimal('0.05')),
    })
    .prefault({}),
  cacheRealization: z
    .strictObject({ low: shareSchema(), base: shareSchema(), high: shareSchema() })
    .default(assumed('0', '0.5', '1')),
  draws: wholeNumberSchema(2000, 100_000).default(2000),
  actWithinDays: wholeNumberSchema(1, 3650).default(DAYS_TO_ACT),
});

/** A separate check reports keys that must be set together. */
export const commitmentSchema = z
  .strictObject({
    source: textSchema('the id of a source, or the name of a provider'),
    id: textSchema('the name used on the bill').exactOptional(),
    owner: textSchema('a person or a team').exactOptional(),
    usdPerMonth: positiveSchema('US dollars per month').exactOptional(),
    usdUpfront: positiveSchema('US dollars, paid once').exactOptional(),
    gpus: wholeNumberSchema(1, 1_000_000).exactOptional(),
    usdPerGpuHour: positiveSchema('US dollars per GPU hour').exactOptional(),
    covers: coversSchema.exactOptional(),
    from: dateSchema().exactOptional(),
    until: dateSchema().exactOptional(),
    noticeDays: wholeNumberSchema(0, 3650).exactOptional(),
  })
  .meta({
    allOf: [
      { anyOf: [{ required: ['until'] }, { required: ['noticeDays'] }] },
      {
        anyOf: [
          { required: ['usdPerMonth'] },
          { required: ['usdUpfront', 'from', 'until'] },
          { required: ['gpus', 'usdPerGpuHour'] },
        ],
      },
    ],
  });

export const creditSchema = z.strictObject({
  source: textSchema('the id of a source'),
  id: textSchema('a name of your choice').exactOptional(),
  usd: positiveSchema('US dollars'),
  from: dateSchema(),
  until: dateSchema(),
});

/** Which of two sources counts if both bill the same purchase. */
export const recordSchema = z.strictObject({
  source: textSchema('the id of a source'),
  insteadOf: textSchema('the id of a source'),
  match: z
    .strictObject({
      id: patternSchema('the id of a resource or a model, with * as a wildcard').exactOptional(),
      category: z.enum(CHARGE_CATEGORIES).exactOptional(),
      tags: z.record(z.string(), z.string()).exactOptional(),
    })
    .default({}),
});

const providers = z.array(textSchema('the name of a provider')).min(1);

export const marketSchema = z.strictObject({
  tiers: z.array(z.enum(PROVIDER_TIERS)).min(1).exactOptional(),
  providers: providers.exactOptional(),
  excludeProviders: providers.exactOptional(),
});

export const pricesSchema = z.strictObject({
  trust: z
    .array(
      z.strictObject({
        source: textSchema('the id of a source'),
        model: textSchema('the name of a model, with * as a wildcard').exactOptional(),
        host: textSchema('the name of a provider, with * as a wildcard').exactOptional(),
      }),
    )
    .min(1),
});

const once = () => nonNegativeSchema('hours, one-off').default(ZERO);

export const migrationSchema = z.strictObject({
  hours: z
    .strictObject({
      delete: once(),
      hybrid: once(),
      serverless: once(),
      move: once(),
      spot: once(),
      'right-size': once(),
      'bring-back': once(),
    })
    .prefault({}),
  reentryHours: nonNegativeSchema('hours, one-off').exactOptional(),
  amortizationQuarters: wholeNumberSchema(1, 40).default(4),
});

export const opsSchema = z.strictObject({
  services: z.record(z.string(), textSchema('the id of a deployment')).default({}),
});
