/** Computes the cost of engineering time: a fixed part for each side, and a part per deployment. */

import { type Exact, multiply } from '../domain/exact.ts';
import type { LaborInput, LaborSide, AssumedRange } from './input.ts';
import type { StackLabor } from './stackParts.ts';
import type { Warning } from './warning.ts';

export function stackLabor(labor: LaborInput): StackLabor {
  return {
    selfHosted: dollars(labor.selfHosted.fixedHours, labor.loadedUsdPerHour),
    hosted: dollars(labor.hosted.fixedHours, labor.loadedUsdPerHour),
    basis: labor.basis,
  };
}

/**
 * Engineering cost of one deployment: 30 hours at $100 are $3,000. Measured hours replace assumed
 * ones.
 */
export function deploymentLabor(labor: LaborInput, deployment: string) {
  const of = (side: LaborSide) => dollars(hoursOf(side, deployment), labor.loadedUsdPerHour);
  const { serverlessShare } = labor;
  return { selfHosted: of(labor.selfHosted), hosted: of(labor.hosted), serverlessShare };
}

/** An ops log with other deployments but not this one may be incomplete. */
export function unloggedWarnings({ basis, selfHosted }: LaborInput, deployment: string): Warning[] {
  const isLogged = loggedHours(selfHosted, deployment) !== undefined;
  return basis === 'assumed' || isLogged ? [] : [{ code: 'ops-hours-not-logged' }];
}

/** Only its own key: a deployment may be named `constructor`. */
function loggedHours({ measuredHours }: LaborSide, deployment: string): Exact | undefined {
  if (measuredHours === undefined || !Object.hasOwn(measuredHours, deployment)) return undefined;
  return measuredHours[deployment];
}

function hoursOf(side: LaborSide, deployment: string): AssumedRange {
  const measured = loggedHours(side, deployment);
  if (measured === undefined) return side.hoursPerDeployment;
  return { low: measured, base: measured, high: measured };
}

function dollars({ low, base, high }: AssumedRange, usdPerHour: Exact): AssumedRange {
  return {
    low: multiply(low, usdPerHour),
    base: multiply(base, usdPerHour),
    high: multiply(high, usdPerHour),
  };
}
