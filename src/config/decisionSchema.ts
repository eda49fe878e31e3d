/**
 * Knows the sections that weigh: hours of people, standing commitments, and when advice is given.
 */

import { z } from 'zod';
import { decimal } from '../domain/exact.ts';
import type { RangeConfig } from './config.ts';
import { notNegative, positive, share } from './numbers.ts';
import { day, text } from './texts.ts';

/**
 * Defaults are assumptions, each marked so in the report; the configuration page tells their
 * grounds.
 */
function assumed(low: string, base: string, high: string): RangeConfig {
  return { low: decimal(low), base: decimal(base), high: decimal(high) };
}

function hours(fallback: RangeConfig) {
  const count = () => notNegative('hours a quarter');
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
  loadedUsdPerHour: positive('US dollars an hour').default(decimal('100')),
  selfHosted,
  hosted,
  serverlessShare: share().default(decimal('0.6')),
});

export const policySchema = z.strictObject({
  minProbability: share().default(decimal('0.9')),
  minSavingUsd: notNegative('US dollars a quarter').default(decimal('1000')),
  minSavingShare: share().default(decimal('0.15')),
  reversalSavingShare: share().default(decimal('0.3')),
  minCoverage: share().default(decimal('0.9')),
  maxUnattributedShare: share().default(decimal('0.1')),
  cacheRealization: z
    .strictObject({ low: share(), base: share(), high: share() })
    .default(assumed('0', '0.5', '1')),
});

export const commitmentSchema = z.strictObject({
  source: text('the id of a source, or the name of a provider'),
  usdPerMonth: positive('US dollars a month'),
  until: day(),
});
