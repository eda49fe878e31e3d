/** What each option of a deployment costs, as the world is or as it is wished to be. */

import { add, compare, type Exact, multiply, ONE, subtract, sum, ZERO } from '../domain/exact.ts';
import { invariant } from '../domain/invariant.ts';
import { movedGpuUsd } from './bill/contract.ts';
import { stayingUsd } from './bill/sharedRent.ts';
import { atCacheShare } from './hosted/hostedCost.ts';
import type { Range } from './input.ts';
import type { Offer, OptionName, ScaledOffer } from './offer.ts';
import type { DeploymentEconomics } from './result.ts';

/** Which figure of a range holds. */
export type Reading = (range: Range) => Exact;

/** A world in which what is assumed and what is asked may differ from what was measured. */
export interface World {
  readonly selfHosted: Reading;
  readonly hosted: Reading;
  readonly cacheShare: Reading;
  /**
   * Factors on what is paid today: 1 is as measured. Our own rate moves only what no contract
   * fixes.
   */
  readonly ownGpu: Exact;
  readonly marketGpu: Exact;
  readonly hostedPrice: Exact;
  /** On the tokens of every interval. */
  readonly tokens: Exact;
  /** Whether contracts fix prices and are owed, or have ended: all, or those of deployments. */
  readonly contracts: 'in force' | 'over' | ReadonlySet<string>;
}

/** `at('low')` reads the low end of any range. */
export function at(end: keyof Range): Reading {
  return (range) => range[end];
}

export const AT_BASE: World = {
  selfHosted: at('base'),
  hosted: at('base'),
  cacheShare: at('base'),
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

/** The option's figures; `undefined` where one that it needs is unknown. */
export function offerOf(deployment: DeploymentEconomics, option: OptionName): Offer | undefined {
  const offer = deployment.offers[option];
  return offer === undefined || 'reason' in offer ? undefined : offer;
}

/**
 * The cost over covered time with the deployment's own labor; `undefined` where a price it needs is
 * unknown. In the worked example keep is $6.00 + $3.00 and delete $2.125825 + $0.50.
 */
export function optionCost(
  deployment: DeploymentEconomics,
  option: OptionName,
  world: World = AT_BASE,
): OptionCost | undefined {
  const offer = offerOf(deployment, option);
  if (offer === undefined) return undefined;
  const { hosted, ...atScale } = scaled(offer, world.tokens);
  const rent = { ...offer, option, gpuUsd: atScale.gpuUsd, stayingUsd: stayingUsd(offer, 'gpu') };
  const { gpuUsd, ...beside } = rentIn(world, deployment, rent);
  const otherUsd = add(beside.otherUsd, stayingUsd(offer, 'other'));
  const strandedUsd = isOver(world, deployment) ? ZERO : (atScale.strandedUsd ?? offer.strandedUsd);
  const { migrationUsd } = offer;
  const storageUsd = add(offer.storageUsd, stayingUsd(offer, 'storage'));
  const infraUsd = sum([gpuUsd, storageUsd, otherUsd]);
  const cacheShare = world.cacheShare(deployment.cacheRealization);
  const hostedUsd = multiply(atCacheShare(hosted, cacheShare), world.hostedPrice);
  const laborUsd = laborOf(deployment, option, world);
  const usd = sum([infraUsd, hostedUsd, laborUsd, strandedUsd, migrationUsd]);
  const own = { gpuUsd, storageUsd, otherUsd, infraUsd };
  return { ...own, hostedUsd, laborUsd, strandedUsd, migrationUsd, usd };
}

interface Rent extends Pick<Offer, 'gpuUsd' | 'otherUsd' | 'rate'> {
  readonly option: OptionName;
  /** GPU dollars that go on at our own rate, whatever the rate of the option is. */
  readonly stayingUsd: Exact;
}

function isOver({ contracts }: World, { id }: DeploymentEconomics): boolean {
  return typeof contracts === 'string' ? contracts === 'over' : contracts.has(id);
}

/**
 * What the GPUs of an offer cost in a world, and what is neither GPU nor storage. When its contract
 * has ended nothing is fixed, and its own charges are rent like any other: whoever left pays none.
 */
function rentIn(world: World, deployment: DeploymentEconomics, offer: Rent) {
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
    return { gpuUsd: add(rentedUsd, movedGpuUsd(left, fixedUsd, factor)), otherUsd: restUsd };
  }
  const ownUsd = sum([gpuUsd, chargesUsd, left]);
  return { gpuUsd: movedGpuUsd(ownUsd, fixedUsd, factor), otherUsd: restUsd };
}

function scaled(offer: Offer, scale: Exact): ScaledOffer {
  const { atScale } = offer;
  return atScale === undefined || compare(scale, ONE) === 0 ? offer : atScale(scale);
}

/** GPU and hosted dollars of an offer with other tokens, at the rates of today, and their slope. */
export function scaledCost(
  deployment: DeploymentEconomics,
  option: OptionName,
  scale: Exact,
): ScaledOffer | undefined {
  const offer = offerOf(deployment, option);
  if (offer?.atScale === undefined) return undefined;
  const { gpuUsd, slope, ...rest } = offer.atScale(scale);
  const moved = (usd: Exact, left = ZERO) =>
    rentIn(AT_BASE, deployment, { ...offer, option, gpuUsd: usd, stayingUsd: left }).gpuUsd;
  return {
    ...rest,
    gpuUsd: moved(gpuUsd, stayingUsd(offer, 'gpu')),
    // Only what others rent out follows the tokens without steps, and no contract of ours fixes it.
    ...(slope && { slope: { ...slope, gpuUsd: moved(slope.gpuUsd) } }),
  };
}

/** {@link optionCost} of a choice that was made; who made it knew its price, so no $0 stands in. */
export function pricedOption(
  deployment: DeploymentEconomics,
  option: OptionName,
  world: World = AT_BASE,
): OptionCost {
  const cost = optionCost(deployment, option, world);
  invariant(cost !== undefined, `no price is known of a choice that was made: ${option}`);
  return cost;
}

/** What the chosen host asks for all tokens. */
export function hostedCost(
  { hosted, cacheRealization }: DeploymentEconomics,
  world: World = AT_BASE,
): Exact | undefined {
  const cost = hosted.chosen?.cost;
  return cost && atCacheShare(cost, world.cacheShare(cacheRealization));
}

/** Shares of the deployment's own labor that an option carries: keep has all of the self-hosted. */
export function laborShares(
  { labor }: DeploymentEconomics,
  option: OptionName,
): { readonly selfHosted: Exact; readonly hosted: Exact } {
  if (option === 'delete') return { selfHosted: ZERO, hosted: ONE };
  if (option === 'hybrid') return { selfHosted: ONE, hosted: ONE };
  return { selfHosted: option === 'serverless' ? labor.serverlessShare : ONE, hosted: ZERO };
}

function laborOf(deployment: DeploymentEconomics, option: OptionName, world: World): Exact {
  const shares = laborShares(deployment, option);
  const { selfHosted, hosted } = deployment.labor;
  return add(
    multiply(world.selfHosted(selfHosted), shares.selfHosted),
    multiply(world.hosted(hosted), shares.hosted),
  );
}
