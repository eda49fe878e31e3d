/** Tells whether an audit compares anything: a bill on one side, usage of its time on the other. */

import { isZero, parseExact } from '../domain/exact.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { Audit } from './audit.ts';

/** True where any deployment has both sides; what nothing has leaves no saving to tell. */
export function isCompared({ deployments }: Pick<StackEconomics, 'deployments'>): boolean {
  return deployments.some(({ lacks }) => lacks === undefined);
}

/** `none`: neither a bill nor usage; `one`: nothing has both. Audits of older versions too. */
export type Sides = 'both' | 'one' | 'none';

export function sidesOf({ stack, totals, deployments }: Audit): Sides {
  const isBoth = deployments.some(
    ({ effectiveUsdPerMtok, coverage }) => effectiveUsdPerMtok !== null || isSome(coverage),
  );
  if (isBoth && stack.savingUsd.base !== null) return 'both';
  // Absent in audits of older versions, where such tokens were counted with the others.
  const isServed = totals.tokens > 0 || totals.unbilledTokens > 0;
  const isSomething = isSome(totals.spendUsd) || isServed;
  return isSomething ? 'one' : 'none';
}

const SIDES: Readonly<Record<Sides, number>> = { none: 0, one: 1, both: 2 };

/** True where an audit compares less than the one before it did. */
export function hasLostSide(before: Audit, after: Audit): boolean {
  return SIDES[sidesOf(after)] < SIDES[sidesOf(before)];
}

/** Above or below zero: credits alone are a bill too. */
function isSome(text: string | null): boolean {
  const value = text === null ? undefined : parseExact(text);
  return value !== undefined && !isZero(value);
}
