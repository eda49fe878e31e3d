/**
 * Knows what people's hours cost: a part for having any of a side at all, and a part per
 * deployment.
 */

import { multiply, type Exact } from '../domain/exact.ts';
import type { LaborInput, LaborSide, Range } from './input.ts';
import type { StackLabor } from './result.ts';

export function stackLabor(labor: LaborInput): StackLabor {
  return {
    selfHosted: dollars(labor.selfHosted.fixedHours, labor.loadedUsdPerHour),
    hosted: dollars(labor.hosted.fixedHours, labor.loadedUsdPerHour),
    basis: labor.basis,
  };
}

/** A deployment's own parts: 30 hours at $100 are $3,000. Measured hours replace assumed ones. */
export function deploymentLabor(labor: LaborInput, deployment: string) {
  const of = (side: LaborSide) => dollars(hoursOf(side, deployment), labor.loadedUsdPerHour);
  return { selfHosted: of(labor.selfHosted), hosted: of(labor.hosted) };
}

function hoursOf(side: LaborSide, deployment: string): Range {
  const measured =
    side.measuredHours !== undefined && Object.hasOwn(side.measuredHours, deployment)
      ? side.measuredHours[deployment]
      : undefined;
  if (measured === undefined) return side.hoursPerDeployment;
  return { low: measured, base: measured, high: measured };
}

function dollars({ low, base, high }: Range, usdPerHour: Exact): Range {
  return {
    low: multiply(low, usdPerHour),
    base: multiply(base, usdPerHour),
    high: multiply(high, usdPerHour),
  };
}
