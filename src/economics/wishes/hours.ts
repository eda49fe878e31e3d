/** Engineering time in a what-if: other hours for self-hosting, or another rate. */

import { add, divide, type Exact, isZero, multiply, ZERO } from '../../domain/exact.ts';
import type { LaborInput, LaborSide, Range, StackInput } from '../input.ts';
import type { Wishes } from './wishes.ts';

export function withHours(input: StackInput, { opsHours, deployment }: Wishes): StackInput {
  if (opsHours === undefined) return input;
  const { labor } = input;
  const selfHosted =
    deployment === undefined
      ? stackHours(input, opsHours)
      : { ...labor.selfHosted, measuredHours: withOwn(labor.selfHosted, deployment, opsHours) };
  return { ...input, labor: { ...labor, selfHosted } };
}

/** Own keys only, whatever a deployment is called. */
function withOwn({ measuredHours = {} }: LaborSide, deployment: string, hours: Exact) {
  return Object.fromEntries([...Object.entries(measuredHours), [deployment, hours]]);
}

/**
 * What the stack's hours are at the base: fixed, and each deployment's own. 120 fixed and 15 each
 * for four deployments are 180.
 */
export function stackHoursOf({ labor, deployments }: StackInput): Exact {
  const { fixedHours } = labor.selfHosted;
  return deployments.reduce((sum, { id }) => add(sum, ownHours(labor, id)), fixedHours.base);
}

/** A deployment's own hours at the base, measured ones first. */
export function ownHours({ selfHosted }: LaborInput, deployment: string): Exact {
  const measured = new Map(Object.entries(selfHosted.measuredHours ?? {}));
  return measured.get(deployment) ?? selfHosted.hoursPerDeployment.base;
}

/** Every part in proportion, all of them certain; where there are none, all are fixed. */
function stackHours(input: StackInput, hours: Exact): LaborSide {
  const { labor, deployments } = input;
  const today = stackHoursOf(input);
  if (isZero(today)) return { fixedHours: certain(hours), hoursPerDeployment: certain(ZERO) };
  const share = divide(hours, today);
  const { fixedHours, hoursPerDeployment } = labor.selfHosted;
  const own = deployments.map(({ id }) => [id, multiply(ownHours(labor, id), share)]);
  return {
    fixedHours: certain(multiply(fixedHours.base, share)),
    hoursPerDeployment: certain(multiply(hoursPerDeployment.base, share)),
    measuredHours: Object.fromEntries(own),
  };
}

function certain(hours: Exact): Range {
  return { low: hours, base: hours, high: hours };
}
