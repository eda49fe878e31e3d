/** Small worlds for scenarios: a quarter of pods around the clock, and its load by hour. */

import type { Charge } from '../../src/domain/charge.ts';
import { decimal, exact } from '../../src/domain/exact.ts';
import { type Period, period } from '../../src/domain/period.ts';
import type { UsageSeries } from '../../src/domain/usage.ts';
import type { DeploymentInput, HostedInput, LaborInput } from '../../src/economics/input.ts';
import type { Choice, OptionName } from '../../src/economics/offer.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import {
  type ChargeOptions,
  charge,
  deployment,
  hosted,
  hour,
  type UsageInterval,
  NO_LABOR,
  price,
  series,
  type stack,
} from '../economics/stackFixture.ts';
import { computeVerdict, type VerdictOptions } from '../verdict/verdictFixture.ts';

/** July to September 2026: 92 days from a Wednesday on, 66 of them weekdays. */
export const QUARTER_DAYS = 92;
export const QUARTER_HOURS = QUARTER_DAYS * 24;
export const QUARTER: Period = period(hour(0), hour(QUARTER_HOURS));
export const MTOK = 1_000_000;

/** Day of the quarter from 0, hour of the day, and whether the day is a Saturday or a Sunday. */
export interface HourOfQuarter {
  readonly day: number;
  readonly hour: number;
  readonly isWeekend: boolean;
}

/** Hourly intervals; an hour without a value is unknown. */
export function usageByHour(
  load: (moment: HourOfQuarter) => Omit<UsageInterval, 'at'> | undefined,
  { pods = 1, days = QUARTER_DAYS }: { readonly pods?: number; readonly days?: number } = {},
): UsageSeries {
  const rows = Array.from({ length: days * 24 }, (_, at): UsageInterval | undefined => {
    const day = Math.floor(at / 24);
    const result = load({ day, hour: at % 24, isWeekend: [3, 4].includes(day % 7) });
    return result && { at, replicaS: pods * 3600, busyS: pods * 3600, ...result };
  });
  return series(rows.filter((row) => row !== undefined));
}

/** A pod that is paid for around the clock, as one charge. */
export function podCharge(
  usdPerHour: number,
  options: Partial<ChargeOptions> & { to?: number } = {},
): Charge {
  const { from = 0, to = QUARTER_HOURS } = options;
  const quantity = exact(BigInt(to - from));
  const usd = String(usdPerHour * (to - from));
  return charge({ usd, quantity, unit: 'Hours', ...options, from, to });
}

/** An H100 that does 1,000 tokens a second; its provider takes no fee. */
export function chatDeployment(overrides: Partial<DeploymentInput> = {}): DeploymentInput {
  return deployment({
    gpu: { type: 'H100-80GB', count: 1 },
    capacity: { tokensPerSecond: decimal('1000') },
    hosted: noFee(),
    ...overrides,
  });
}

export function noFee(overrides: Partial<HostedInput> = {}): HostedInput {
  return hosted({ fee: exact(0n), ...overrides });
}

/** One price for every token. */
export function flatPrice(usd: string, more: Partial<Parameters<typeof price>[0]> = {}) {
  return price({ host: 'host', input: usd, output: usd, ...more });
}

/**
 * Engineering hours at $100: low, base and high of the fixed hours and of each deployment's own.
 */
export function engineeringHours(hours: {
  readonly fixed?: readonly [number, number, number];
  readonly own?: readonly [number, number, number];
  readonly hostedFixed?: number;
  readonly hostedOwn?: number;
}): LaborInput {
  const range = ([low, base, high]: readonly [number, number, number]) => ({
    low: exact(BigInt(low)),
    base: exact(BigInt(base)),
    high: exact(BigInt(high)),
  });
  const { fixed = [0, 0, 0], own = [0, 0, 0], hostedFixed = 0, hostedOwn = 0 } = hours;
  const sure = (value: number) => range([value, value, value]);
  return {
    ...NO_LABOR,
    loadedUsdPerHour: exact(100n),
    selfHosted: { fixedHours: range(fixed), hoursPerDeployment: range(own) },
    hosted: { fixedHours: sure(hostedFixed), hoursPerDeployment: sure(hostedOwn) },
  };
}

type StackOptions = NonNullable<Parameters<typeof stack>[0]>;

/** The verdict at the default thresholds of the config, without labor by default. */
export function quarterVerdict(parts: StackOptions, grounds: Omit<VerdictOptions, 'stack'> = {}) {
  const { policy, ...rest } = grounds;
  const found = computeVerdict({
    ...rest,
    policy: { minSavingUsd: decimal('1000'), ...policy },
    stack: { window: QUARTER, labor: NO_LABOR, ...parts },
  });
  return { ...found, costs: (at = 0) => costsOf(found.audit, at), printed: printedOf(found.audit) };
}

/** Dollars by option, as they are printed; unknown ones are null. */
function costsOf(audit: Audit, at: number): Record<OptionName, string | null> {
  const options = audit.deployments[at]?.options ?? [];
  return Object.fromEntries(options.map(({ option, costUsd }) => [option, costUsd])) as Record<
    OptionName,
    string | null
  >;
}

function printedOf({ deployments: [first] }: Audit) {
  if (first === undefined) throw new Error('one deployment is printed');
  return first;
}

/** How an option of the first deployment is printed. */
export function optionOf(audit: Audit, name: OptionName) {
  const found = printedOf(audit).options.find(({ option }) => option === name);
  if (found === undefined) throw new Error(`${name} is not printed`);
  return found;
}

export function picksOf({ stack: { bestPlan } }: Audit): Choice[] {
  return bestPlan.map(({ option }) => option as Choice);
}
