/** Pairs the deployments of the previous audit with the same deployments now. */

import {
  compare,
  decimal,
  type Exact,
  exactInteger,
  multiply,
  subtract,
} from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { durationMs } from '../../domain/period.ts';
import type { Choice } from '../../economics/offer.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { Audit } from '../audit.ts';
import { parseFigure, parseWindow } from './stored.ts';
import type { DeploymentPair } from './taken.ts';

export interface ComparedWindows {
  readonly previous: Audit;
  readonly now: StackEconomics;
}

/** A deployment in both windows. `undefined` if the previous audit lacks it. */
export function pairDeployments(
  { previous, now }: ComparedWindows,
  id: string,
  advice: Choice,
): DeploymentPair | undefined {
  const past = previous.deployments.find((each) => each.id === id);
  const window = parseWindow(previous);
  if (past === undefined || window === undefined) return undefined;
  return {
    past,
    now: now.deployments.find((each) => each.id === id),
    advice,
    pastMs: durationMs(window),
    nowMs: durationMs(now.window),
    unattributedRiseUsd: rise(previous.totals.unattributedUsd, now.bill.unattributed),
  };
}

/** Rise of the hosted spend in dollars. */
export function hostedSpendRiseUsd({ previous, now }: ComparedWindows): Exact | undefined {
  return rise(previous.totals.hostedSpendUsd, now.bill.hosted);
}

function rise(past: string | null | undefined, now: bigint): Exact | undefined {
  const before = parseFigure(past);
  return before && subtract(usd(now), before);
}

/** A quarter has 90 to 92 days, so lengths within 5% count as equal. */
const ALIKE = decimal('0.05');

/**
 * True if both windows have about the same length. False if the previous audit was made before its
 * window was over.
 */
export function areSameLength({ previous, now }: ComparedWindows): boolean {
  const window = parseWindow(previous);
  if (window === undefined || previous.window.partial) return false;
  const [before, after] = [durationMs(window), durationMs(now.window)];
  const apart = exactInteger(Math.abs(after - before));
  return compare(apart, multiply(exactInteger(before), ALIKE)) <= 0;
}
