/** Determines whether an audit can compare: it needs a bill and usage for the same time. */

import { isZero, parseExact } from '../domain/exact.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { Audit } from './audit.ts';

/** True if any deployment has both a bill and usage. Without one there is no saving. */
export function isCompared({ deployments }: Pick<StackEconomics, 'deployments'>): boolean {
  return deployments.some(({ lacks }) => lacks === undefined);
}

/** `none`: neither a bill nor usage. `one`: no deployment has both. */
export type ComparedSides = 'both' | 'one' | 'none';

export function findComparedSides({ stack, totals, deployments }: Audit): ComparedSides {
  const isBoth = deployments.some(
    ({ effectiveUsdPerMtok, coverage }) => effectiveUsdPerMtok !== null || isSome(coverage),
  );
  if (isBoth && stack.savingUsd.base !== null) return 'both';
  // `unbilledTokens` is absent in audits of older versions, which counted such tokens with the
  // others.
  const isServed = totals.tokens > 0 || totals.unbilledTokens > 0;
  const isSomething = isSome(totals.spendUsd) || isServed;
  return isSomething ? 'one' : 'none';
}

const SIDES: Readonly<Record<ComparedSides, number>> = { none: 0, one: 1, both: 2 };

/** True if an audit compares less than the previous one. */
export function hasLostSide(before: Audit, after: Audit): boolean {
  return SIDES[findComparedSides(after)] < SIDES[findComparedSides(before)];
}

/** True for any amount other than 0. Credits alone are a bill too. */
function isSome(text: string | null): boolean {
  const value = text === null ? undefined : parseExact(text);
  return value !== undefined && !isZero(value);
}
