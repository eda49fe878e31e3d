/** Knows the two sides of a deployment's break-even: keeping it, and buying its tokens. */

import type { Exact } from '../../domain/exact.ts';
import type { CacheLinear } from '../hosted/host.ts';
import { type OptionCost, offerOf, optionCost, pricedOption } from '../options.ts';
import type { DeploymentEconomics } from '../result.ts';

export interface BreakEvenSides {
  readonly keep: OptionCost;
  readonly hosting: OptionCost;
  /** The hosted dollars of `hosting`, at any share of cache hits. */
  readonly hosted: CacheLinear;
  readonly tokens: number;
  readonly laborUsdPerHour: Exact;
}

/** `undefined` where the price of hosting is unknown. */
export function breakEvenSides(
  deployment: DeploymentEconomics,
  laborUsdPerHour: Exact,
): BreakEvenSides | undefined {
  const hosting = optionCost(deployment, 'delete');
  const hosted = offerOf(deployment, 'delete')?.hosted;
  if (hosting === undefined || hosted === undefined) return undefined;
  const keep = pricedOption(deployment, 'keep');
  return { keep, hosting, hosted, tokens: deployment.served.tokens, laborUsdPerHour };
}
