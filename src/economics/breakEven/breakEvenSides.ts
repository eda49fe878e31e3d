/** Computes the two sides of a break-even: keeping a deployment, and buying its tokens. */

import type { Exact } from '../../domain/exact.ts';
import type { CacheLinear } from '../hosted/host.ts';
import {
  BASE_ASSUMPTIONS,
  type OptionCost,
  findOffer,
  pricedOption,
  type Assumptions,
} from '../options.ts';
import type { DeploymentEconomics } from '../result.ts';
import type { Contract } from '../stackParts.ts';

export interface TwoSides {
  readonly keep: OptionCost;
  readonly hosting: OptionCost;
}

export interface BreakEvenSides extends TwoSides {
  readonly contract: Contract | undefined;
  /** Both sides once no contract is in force. */
  readonly afterContract: TwoSides;
  /** The hosted cost in `hosting`, at any share of cache hits. */
  readonly hosted: CacheLinear;
  readonly tokens: number;
  readonly laborUsdPerHour: Exact;
}

/** The two sides; `undefined` if the hosted price is unknown. */
export function findBreakEvenSides(
  deployment: DeploymentEconomics,
  laborUsdPerHour: Exact,
): BreakEvenSides | undefined {
  const hosted = findOffer(deployment, 'delete')?.hosted;
  if (hosted === undefined) return undefined;
  const over: Assumptions = { ...BASE_ASSUMPTIONS, contracts: 'over' };
  const sidesIn = (world: Assumptions): TwoSides => ({
    keep: pricedOption(deployment, 'keep', world),
    hosting: pricedOption(deployment, 'delete', world),
  });
  const { served, contract } = deployment;
  const sides = { ...sidesIn(BASE_ASSUMPTIONS), contract, afterContract: sidesIn(over) };
  return { ...sides, hosted, tokens: served.tokens, laborUsdPerHour };
}
