/**
 * Schemas of the sections behind decisions: labor, migration, policy, commitments, market and
 * prices.
 */

import { z } from 'zod';
import { DAYS_TO_ACT } from '../calendar/horizons.ts';
import { CHARGE_CATEGORIES } from '../domain/charge.ts';
import { decimal, type Exact, ZERO } from '../domain/exact.ts';
import { DAY_MS, parseMonth } from '../domain/period.ts';
import { PROVIDER_TIERS } from '../domain/providers.ts';
import { invariant } from '../domain/failure.ts';
import { nanoFromUsd } from '../domain/money.ts';
import { coversSchema } from './deploymentSchema.ts';
import {
  nonNegativeSchema,
  positiveSchema,
  rangeSchema,
  shareSchema,
  wholeNumberSchema,
} from './numbers.ts';
import { acrossKeys, daysInOrder, inMs, type Problem, renamed, type Root } from './rules.ts';
import { dateSchema, lastDaySchema, patternSchema, textSchema } from './texts.ts';

/**
 * A default range. The report marks it as an assumption; the configuration page gives its reasons.
 */
function assumed(low: string, base: string, high: string) {
  return { low: decimal(low), base: decimal(base), high: decimal(high) };
}

const hours = () => rangeSchema(() => nonNegativeSchema('hours per quarter'));

const labor = z.strictObject({
  loadedUsdPerHour: positiveSchema('US dollars per hour').default(decimal('100')),
  selfHosted: z
    .strictObject({
      fixedHours: hours().default(assumed('40', '120', '260')),
      hoursPerDeployment: hours().default(assumed('5', '15', '40')),
    })
    .prefault({}),
  hosted: z
    .strictObject({
      fixedHours: hours().default(assumed('5', '12', '30')),
      hoursPerDeployment: hours().default(assumed('0', '2', '5')),
    })
    .prefault({}),
  serverlessShare: shareSchema().default(decimal('0.6')),
});

/** `stated` is false if the file has no `labor`: every figure is then a default of rentcheck. */
export const laborSchema = labor
  .transform((given) => ({ ...given, stated: true }))
  .default(() => ({ ...labor.parse({}), stated: false }));

/** `{ EUR: { '2026-07': 1.0842 } }`: US dollars per unit, by month. */
export const currenciesSchema = z
  .record(
    z.string().regex(/^[A-Z]{3}$/),
    z.record(
      z.string().regex(/^20\d{2}-(?:0[1-9]|1[0-2])$/),
      positiveSchema('US dollars per unit'),
    ),
  )
  .default({})
  .transform((currencies) =>
    Object.entries(currencies).flatMap(([currency, months]) =>
      Object.entries(months).map(([month, usdPerUnit]) => {
        const monthMs = parseMonth(month);
        invariant(monthMs !== undefined, 'the pattern has read the month');
        return { currency, monthMs, usdPerUnit };
      }),
    ),
  );

export const policySchema = z.strictObject({
  minProbability: shareSchema().default(decimal('0.9')),
  /** Per quarter. */
  minSavingUsd: nonNegativeSchema('US dollars per quarter').default(decimal('1000')),
  minSavingShare: shareSchema().default(decimal('0.15')),
  reversalSavingShare: shareSchema().default(decimal('0.3')),
  minCoverage: shareSchema().default(decimal('0.9')),
  maxUnattributedShare: shareSchema().default(decimal('0.1')),
  /** By how much bills and the ledger may differ. */
  reconciliation: z
    .strictObject({
      toleranceUsd: nonNegativeSchema('US dollars').default(decimal('0.01')),
      toleranceShare: shareSchema().default(decimal('0.001')),
      estimatedShare: shareSchema().default(decimal('0.05')),
    })
    .prefault({}),
  cacheRealization: rangeSchema(shareSchema).default(assumed('0', '0.5', '1')),
  /** Resampled quarters behind every probability and interval. */
  draws: wholeNumberSchema(2000, 100_000).default(2000),
  /** Days after an audit by which an action without its own deadline is due. */
  actWithinDays: wholeNumberSchema(1, 3650).default(DAYS_TO_ACT),
});

/** A commitment needs an end and a price, and each kind of price needs its terms. */
const commitment = z
  .strictObject({
    source: textSchema('the id of a source, or the name of a provider'),
    id: textSchema('the name used on the bill').exactOptional(),
    /** The person or team that gives notice. */
    owner: textSchema('a person or a team').exactOptional(),
    usdPerMonth: positiveSchema('US dollars per month').transform(toNanoUsd).exactOptional(),
    /** Paid once for the time between the two days; both are set in that case. */
    usdUpfront: positiveSchema('US dollars, paid once').transform(toNanoUsd).exactOptional(),
    gpus: wholeNumberSchema(1, 1_000_000).exactOptional(),
    usdPerGpuHour: positiveSchema('US dollars per GPU hour').exactOptional(),
    /** Charges that the commitment covers; `source` defaults to that of the commitment. */
    covers: coversSchema.exactOptional(),
    from: dateSchema().exactOptional(),
    until: lastDaySchema().exactOptional(),
    /** Counted from the day of leaving. */
    noticeDays: wholeNumberSchema(0, 3650).transform(inMs(DAY_MS)).exactOptional(),
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
  })
  .check(acrossKeys(endlessCommitment), acrossKeys(unpricedCommitment), daysInOrder);

export const commitmentSchema = commitment.transform(
  renamed({ from: 'fromMs', until: 'untilMs', noticeDays: 'noticeMs' }),
);

/** A plain function, because `transform` passes a second argument. */
function toNanoUsd(usd: Exact) {
  return nanoFromUsd(usd);
}

/** A commitment with neither an end nor a notice period cannot be compared with anything. */
function endlessCommitment(section: Root): Problem[] {
  if ('until' in section || 'noticeDays' in section) return [];
  const problem =
    'found neither until nor noticeDays, expected at least one of them; add the last ' +
    'committed day or the days of notice';
  return [{ path: [], problem }];
}

function unpricedCommitment(section: Root): Problem[] {
  const has = (key: string) => key in section;
  const found = (problem: string) => [{ path: [], problem }];
  if (has('usdUpfront') && !(has('from') && has('until'))) {
    return found(
      'found usdUpfront without its term, expected from and until as well; add both days',
    );
  }
  if (has('usdPerGpuHour') && !has('gpus')) {
    return found(
      'found usdPerGpuHour without gpus, expected both; add how many GPUs are committed',
    );
  }
  if (['usdPerMonth', 'usdUpfront', 'usdPerGpuHour'].some(has)) return [];
  return found(
    'found no price, expected usdPerMonth, usdUpfront, or gpus with usdPerGpuHour; add the ' +
      'committed amount',
  );
}

/** Valid from midnight UTC at the start of the first day to the end of the last day. */
export const creditSchema = z
  .strictObject({
    source: textSchema('the id of a source'),
    id: textSchema('a name of your choice').exactOptional(),
    usd: positiveSchema('US dollars').transform(toNanoUsd),
    from: dateSchema(),
    until: lastDaySchema(),
  })
  .check(daysInOrder)
  .transform(renamed({ from: 'fromMs', until: 'untilMs' }));

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

/** Providers whose GPUs are options for a move. A filter that is absent allows all. */
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

const migration = z.strictObject({
  /** One-off engineering hours of a change, by its target. */
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
  /** Hours to return to self-hosting; unknown if absent. */
  reentryHours: nonNegativeSchema('hours, one-off').exactOptional(),
  /** Quarters over which the hours of a change are spread. */
  amortizationQuarters: wholeNumberSchema(1, 40).default(4),
});

/** `stated` is false if the file has no `migration`: the hours are then 0 by default. */
export const migrationSchema = migration
  .transform((given) => ({ ...given, stated: true }))
  .default(() => ({ ...migration.parse({}), stated: false }));

/** The name of a service or team, with `*` as a wildcard, to the deployment. */
export const opsSchema = z.strictObject({
  services: z.record(z.string(), textSchema('the id of a deployment')).default({}),
});
