/** Engineering hours of a plan: as given, otherwise a third of the config's quarter. */

import type { LaborConfig, LaborSideConfig } from '../config/config.ts';
import { type Exact, exact, multiply, ZERO } from '../domain/exact.ts';
import type { LaborInput, LaborSide } from '../economics/input.ts';
import type { HoursBasis } from './planDocument.ts';
import type { PlanRequest } from './planRequest.ts';

const MONTH_OF_QUARTER = exact(1n, 3n);
const SERVERLESS_SHARE = exact(3n, 5n);
const NONE: LaborSide = side(ZERO, ZERO);

/** Returns nothing if no hours are known: an unknown hour is not zero. */
export function findPlanLabor(
  { opsHours, hostedHours, laborRate }: PlanRequest,
  config: LaborConfig | undefined,
): { labor?: LaborInput; basis?: HoursBasis } {
  const rate = laborRate ?? config?.loadedUsdPerHour;
  const selfHosted = givenSide(opsHours) ?? monthlySide(config?.selfHosted);
  if (rate === undefined || selfHosted === undefined) return {};
  const isGiven = opsHours !== undefined && laborRate !== undefined;
  const basis = isGiven ? 'given' : config?.stated === true ? 'config' : 'assumed';
  const labor: LaborInput = {
    loadedUsdPerHour: rate,
    selfHosted,
    hosted: givenSide(hostedHours) ?? monthlySide(config?.hosted) ?? NONE,
    serverlessShare: config?.serverlessShare ?? SERVERLESS_SHARE,
    basis: 'assumed',
  };
  return { labor, basis };
}

/** Hours for this one model. */
function givenSide(hours: Exact | undefined): LaborSide | undefined {
  return hours && side(ZERO, hours);
}

function monthlySide(config: LaborSideConfig | undefined): LaborSide | undefined {
  if (config === undefined) return undefined;
  const month = (hours: Exact) => multiply(hours, MONTH_OF_QUARTER);
  return side(month(config.fixedHours.base), month(config.hoursPerDeployment.base));
}

function side(fixed: Exact, own: Exact): LaborSide {
  return { fixedHours: exactRange(fixed), hoursPerDeployment: exactRange(own) };
}

function exactRange(hours: Exact) {
  return { low: hours, base: hours, high: hours };
}
