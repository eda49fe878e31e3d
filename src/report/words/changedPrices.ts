/** The price of a million tokens, self-hosted and hosted, over the changed deployments alone. */

import {
  decimal,
  divide,
  type Exact,
  exactInteger,
  multiply,
  subtract,
  sum,
} from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { plannedChanges } from './reading.ts';

export interface Prices {
  readonly owned: Exact;
  readonly hosted: Exact;
}

/**
 * Dollars are summed, then divided: $54,120 and $31,400 of covered spend over 140 and 61.2 billion
 * tokens are $0.425 a million. None where all is changed, or nothing, or one has no price: then the
 * prices of the stack are the same, or all there is.
 */
export function changedPrices(audit: Audit): Prices | undefined {
  const changed = plannedChanges(audit).map(({ deployment }) => deployment);
  if (changed.length === 0 || changed.length === audit.deployments.length) return undefined;
  const serving = changed.filter(({ tokens }) => tokens > 0);
  const isPriced = serving.every(
    (each) => each.effectiveUsdPerMtok !== null && each.hosted !== null,
  );
  const tokens = exactInteger(serving.reduce((total, each) => total + each.tokens, 0));
  if (!isPriced || serving.length === 0) return undefined;
  const rent = changed.map((each) => subtract(decimal(each.spendUsd), decimal(each.uncoveredUsd)));
  const hosted = serving.map((each) => decimal(each.hosted?.costUsd ?? '0'));
  const [owned, other] = [rent, hosted].map((usd) => divide(multiply(sum(usd), MTOK), tokens));
  return owned === undefined || other === undefined ? undefined : { owned, hosted: other };
}

const MTOK = decimal('1000000');
