/** Applies other self-hosting hours in a what-if. */

import { add, divide, type Exact, isZero, multiply, ZERO } from '../../domain/exact.ts';
import type { LaborInput, LaborSide, AssumedRange, StackInput } from '../input.ts';
import type { WhatIfOverrides } from './overrides.ts';

export function withHours(
  input: StackInput,
  { opsHours, deployment }: WhatIfOverrides,
): StackInput {
  if (opsHours === undefined) return input;
  const { labor } = input;
  const selfHosted =
    deployment === undefined
      ? stackHours(input, opsHours)
      : { ...labor.selfHosted, measuredHours: withOwn(labor.selfHosted, deployment, opsHours) };
  return { ...input, labor: { ...labor, selfHosted } };
}

/** Own keys only, whatever a deployment is named. */
function withOwn({ measuredHours = {} }: LaborSide, deployment: string, hours: Exact) {
  return Object.fromEntries([...Object.entries(measuredHours), [deployment, hours]]);
}

/**
 * The stack's base hours: fixed hours and those of each deployment. 120 fixed and 15 each for four
 * deployments are 180.
 */
export function baseStackHours({ labor, deployments }: StackInput): Exact {
  const { fixedHours } = labor.selfHosted;
  return deployments.reduce((sum, { id }) => add(sum, baseHours(labor, id)), fixedHours.base);
}

/** A deployment's own base hours; measured ones first. */
export function baseHours({ selfHosted }: LaborInput, deployment: string): Exact {
  const measured = new Map(Object.entries(selfHosted.measuredHours ?? {}));
  return measured.get(deployment) ?? selfHosted.hoursPerDeployment.base;
}

/** Scales every part in proportion, without a range; if there are no hours today, all are fixed. */
function stackHours(input: StackInput, hours: Exact): LaborSide {
  const { labor, deployments } = input;
  const today = baseStackHours(input);
  if (isZero(today)) return { fixedHours: exactRange(hours), hoursPerDeployment: exactRange(ZERO) };
  const share = divide(hours, today);
  const { fixedHours, hoursPerDeployment } = labor.selfHosted;
  const own = deployments.map(({ id }) => [id, multiply(baseHours(labor, id), share)]);
  return {
    fixedHours: exactRange(multiply(fixedHours.base, share)),
    hoursPerDeployment: exactRange(multiply(hoursPerDeployment.base, share)),
    measuredHours: Object.fromEntries(own),
  };
}

function exactRange(hours: Exact): AssumedRange {
  return { low: hours, base: hours, high: hours };
}
