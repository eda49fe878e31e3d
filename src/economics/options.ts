/** Prices the options of a deployment, as measured or under other assumptions. */

import { add, compare, type Exact, multiply, ONE, subtract, sum, ZERO } from '../domain/exact.ts';
import { invariant } from '../domain/failure.ts';
import { repriceGpuUsd } from './bill/contract.ts';
import { sumStaying } from './bill/sharedCost.ts';
import { atCacheShare } from './hosted/hostedCost.ts';
import type { AssumedRange } from './input.ts';
import type { OptionOffer, OptionName, ScaledOffer } from './offer.ts';
import type { DeploymentEconomics } from './result.ts';

/** Picks one figure of a range. */
export type RangeReader = (range: AssumedRange) => Exact;

/** Assumptions and prices that may differ from the measured ones. */
export interface Assumptions {
  readonly selfHosted: RangeReader;
  readonly hosted: RangeReader;
  readonly cacheShare: RangeReader;
  /**
   * Factors on today's rates: 1 is as measured. Our own rate changes only what no contract fixes.
   */
  readonly ownGpu: Exact;
  readonly marketGpu: Exact;
  readonly hostedPrice: Exact;
  /** Factor on the tokens of every interval. */
  readonly tokens: Exact;
  /** Whether contracts are in force or have ended: all, or those of some deployments. */
  readonly contracts: 'in force' | 'over' | ReadonlySet<string>;
}

/** `at('low')` reads the low end of any range. */
export function readRangeEnd(end: keyof AssumedRange): RangeReader {
  return (range) => range[end];
}

export const BASE_ASSUMPTIONS: Assumptions = {
  selfHosted: readRangeEnd('base'),
  hosted: readRangeEnd('base'),
  cacheShare: readRangeEnd('base'),
  ownGpu: ONE,
  marketGpu: ONE,
  hostedPrice: ONE,
  tokens: ONE,
  contracts: 'in force',
};

export interface OptionCost {
  readonly gpuUsd: Exact;
  readonly storageUsd: Exact;
  readonly otherUsd: Exact;
  /** GPU, storage and other together. */
  readonly infraUsd: Exact;
  readonly hostedUsd: Exact;
  readonly laborUsd: Exact;
  readonly strandedUsd: Exact;
  readonly migrationUsd: Exact;
  readonly usd: Exact;
}

/** The option's offer; `undefined` if an input it needs is unknown. */
export function findOffer(
  deployment: DeploymentEconomics,
  option: OptionName,
): OptionOffer | undefined {
  const offer = deployment.offers[option];
  return offer === undefined || 'reason' in offer ? undefined : offer;
}

/**
 * The cost over covered time with the deployment's engineering time; `undefined` if a price it
 * needs is unknown. In the worked example keep is $6.00 + $3.00 and delete $2.125825 + $0.50.
 */
export function optionCost(
  deployment: DeploymentEconomics,
  option: OptionName,
  world: Assumptions = BASE_ASSUMPTIONS,
): OptionCost | undefined {
  const offer = findOffer(deployment, option);
  if (offer === undefined) return undefined;
  const { hosted, ...atScale } = scaled(offer, world.tokens);
  const repricedOffer = {
    ...offer,
    option,
    gpuUsd: atScale.gpuUsd,
    stayingUsd: sumStaying(offer, 'gpu'),
  };
  const { gpuUsd, ...beside } = gpuCostIn(world, deployment, repricedOffer);
  const otherUsd = add(beside.otherUsd, sumStaying(offer, 'other'));
  const strandedUsd = isOver(world, deployment) ? ZERO : (atScale.strandedUsd ?? offer.strandedUsd);
  const { migrationUsd } = offer;
  const storageUsd = add(offer.storageUsd, sumStaying(offer, 'storage'));
  const infraUsd = sum([gpuUsd, storageUsd, otherUsd]);
  const cacheShare = world.cacheShare(deployment.cacheRealization);
  const hostedUsd = multiply(atCacheShare(hosted, cacheShare), world.hostedPrice);
  const laborUsd = laborCost(deployment, option, world);
  const usd = sum([infraUsd, hostedUsd, laborUsd, strandedUsd, migrationUsd]);
  const own = { gpuUsd, storageUsd, otherUsd, infraUsd };
  return { ...own, hostedUsd, laborUsd, strandedUsd, migrationUsd, usd };
}

interface RepricedOffer extends Pick<OptionOffer, 'gpuUsd' | 'otherUsd' | 'rate'> {
  readonly option: OptionName;
  /** GPU spend that continues at our own rate, whatever the option's rate. */
  readonly stayingUsd: Exact;
}

function isOver({ contracts }: Assumptions, { id }: DeploymentEconomics): boolean {
  return typeof contracts === 'string' ? contracts === 'over' : contracts.has(id);
}

/**
 * GPU cost of an offer under given assumptions, and what is neither GPU nor storage. After its
 * contract has ended nothing is fixed, and its charges become ordinary GPU spend. A deployment that
 * left pays none.
 */
function gpuCostIn(world: Assumptions, deployment: DeploymentEconomics, offer: RepricedOffer) {
  const { contract, gpuRates } = deployment;
  const { gpuUsd, otherUsd, rate, option, stayingUsd: left } = offer;
  const isEnded = isOver(world, deployment);
  const hasCharges = isEnded && option !== 'delete' && option !== 'serverless';
  const chargesUsd = hasCharges ? (contract?.chargesUsd ?? ZERO) : ZERO;
  const restUsd = subtract(otherUsd, chargesUsd);
  const fixedUsd = isEnded ? ZERO : (contract?.fixedGpuUsd ?? ZERO);
  const factor = multiply(world.ownGpu, gpuRates.own);
  if (rate === 'market') {
    const rentedUsd = multiply(gpuUsd, multiply(world.marketGpu, gpuRates.market));
    return { gpuUsd: add(rentedUsd, repriceGpuUsd(left, fixedUsd, factor)), otherUsd: restUsd };
  }
  const ownUsd = sum([gpuUsd, chargesUsd, left]);
  return { gpuUsd: repriceGpuUsd(ownUsd, fixedUsd, factor), otherUsd: restUsd };
}

function scaled(offer: OptionOffer, scale: Exact): ScaledOffer {
  const { atScale } = offer;
  return atScale === undefined || compare(scale, ONE) === 0 ? offer : atScale(scale);
}

/**
 * GPU and hosted cost of an offer at other numbers of tokens and today's rates, with their slope.
 */
export function scaledCost(
  deployment: DeploymentEconomics,
  option: OptionName,
  scale: Exact,
): ScaledOffer | undefined {
  const offer = findOffer(deployment, option);
  if (offer?.atScale === undefined) return undefined;
  const { gpuUsd, slope, ...rest } = offer.atScale(scale);
  const repriced = (usd: Exact, left = ZERO) =>
    gpuCostIn(BASE_ASSUMPTIONS, deployment, { ...offer, option, gpuUsd: usd, stayingUsd: left })
      .gpuUsd;
  return {
    ...rest,
    gpuUsd: repriced(gpuUsd, sumStaying(offer, 'gpu')),
    // Only GPUs at other providers scale without steps, and no contract of ours fixes their price.
    ...(slope && { slope: { ...slope, gpuUsd: repriced(slope.gpuUsd) } }),
  };
}

/** {@link optionCost} of a choice in a plan, whose price is known, so no $0 is substituted. */
export function pricedOption(
  deployment: DeploymentEconomics,
  option: OptionName,
  world: Assumptions = BASE_ASSUMPTIONS,
): OptionCost {
  const cost = optionCost(deployment, option, world);
  invariant(cost !== undefined, `no price is known of a choice that was made: ${option}`);
  return cost;
}

/** The chosen endpoint's cost of all tokens. */
export function hostedCost(
  { hosted, cacheRealization }: DeploymentEconomics,
  world: Assumptions = BASE_ASSUMPTIONS,
): Exact | undefined {
  const cost = hosted.chosen?.cost;
  return cost && atCacheShare(cost, world.cacheShare(cacheRealization));
}

/**
 * Shares of the deployment's engineering time in an option: keep has all of the self-hosted part.
 */
export function laborShares(
  { labor }: DeploymentEconomics,
  option: OptionName,
): { readonly selfHosted: Exact; readonly hosted: Exact } {
  if (option === 'delete') return { selfHosted: ZERO, hosted: ONE };
  if (option === 'hybrid') return { selfHosted: ONE, hosted: ONE };
  return { selfHosted: option === 'serverless' ? labor.serverlessShare : ONE, hosted: ZERO };
}

function laborCost(deployment: DeploymentEconomics, option: OptionName, world: Assumptions): Exact {
  const shares = laborShares(deployment, option);
  const { selfHosted, hosted } = deployment.labor;
  return add(
    multiply(world.selfHosted(selfHosted), shares.selfHosted),
    multiply(world.hosted(hosted), shares.hosted),
  );
}
