/** Computes the price per million tokens of the changed deployments, self-hosted and hosted. */

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

export interface ChangedPrices {
  readonly selfHosted: Exact;
  readonly hosted: Exact;
}

/**
 * Dollars are summed, then divided: $54,120 and $31,400 of covered spend over 140 and 61.2 billion
 * tokens are $0.425 per million. `undefined` if all or none change, because the stack's prices are
 * then the same. Also `undefined` if one has no price.
 */
export function computeChangedPrices(audit: Audit): ChangedPrices | undefined {
  const changed = plannedChanges(audit).map(({ deployment }) => deployment);
  if (changed.length === 0 || changed.length === audit.deployments.length) return undefined;
  const serving = changed.filter(({ tokens }) => tokens > 0);
  const isPriced = serving.every(
    (each) => each.effectiveUsdPerMtok !== null && each.hosted !== null,
  );
  const tokens = exactInteger(serving.reduce((total, each) => total + each.tokens, 0));
  if (!isPriced || serving.length === 0) return undefined;
  const spend = changed.map((each) => subtract(decimal(each.spendUsd), decimal(each.uncoveredUsd)));
  const hosted = serving.map((each) => decimal(each.hosted?.costUsd ?? '0'));
  const [selfHosted, api] = [spend, hosted].map((usd) => divide(multiply(sum(usd), MTOK), tokens));
  return selfHosted === undefined || api === undefined ? undefined : { selfHosted, hosted: api };
}

const MTOK = decimal('1000000');
