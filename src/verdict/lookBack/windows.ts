/** Two windows side by side: what was advised then, and the same deployments now. */

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
import { figure, windowOf } from './stored.ts';
import type { Pair } from './taken.ts';

export interface Windows {
  readonly previous: Audit;
  readonly now: StackEconomics;
}

/** A deployment then and now; `undefined` where it was not audited then. */
export function pairOf({ previous, now }: Windows, id: string, advice: Choice): Pair | undefined {
  const past = previous.deployments.find((each) => each.id === id);
  const window = windowOf(previous);
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

/** How many dollars more of tokens are on the bills than then. */
export function boughtRiseUsd({ previous, now }: Windows): Exact | undefined {
  return rise(previous.totals.hostedSpendUsd, now.bill.hosted);
}

function rise(past: string | null | undefined, now: bigint): Exact | undefined {
  const before = figure(past);
  return before && subtract(usd(now), before);
}

/** A quarter has 90 to 92 days: within a twentieth two windows are equally long. */
const ALIKE = decimal('0.05');

/** False too where the last audit was made before its window was over. */
export function areAlike({ previous, now }: Windows): boolean {
  const window = windowOf(previous);
  if (window === undefined || previous.window.partial) return false;
  const [before, after] = [durationMs(window), durationMs(now.window)];
  const apart = exactInteger(Math.abs(after - before));
  return compare(apart, multiply(exactInteger(before), ALIKE)) <= 0;
}
