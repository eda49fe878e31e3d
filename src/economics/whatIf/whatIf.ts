/** Builds the input of a what-if: the measured input with some values changed. */

import {
  add,
  compare,
  divide,
  type Exact,
  isZero,
  larger,
  multiply,
  ONE,
  smaller,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import { sumTokens, type UsdPerMtok, usdPerMtok } from '../../domain/money.ts';
import { modelKey } from '../hosted/candidates.ts';
import type {
  AssumedRange,
  DeploymentInput,
  HostedInput,
  LaborInput,
  LaborSide,
  StackInput,
} from '../input.ts';
import { hostedCost } from '../options.ts';
import { OverrideRefused, type WhatIfOverrides } from './overrides.ts';
import type { DeploymentEconomics, StackEconomics } from '../result.ts';
import { weighStack } from '../stack.ts';
import { withLoad } from './load.ts';
import { withGpuRate } from './gpuRate.ts';

/**
 * The same stack with overrides, everything else as measured. An override for all deployments skips
 * those whose figure is unknown today. A caller that has already weighed this input can pass a
 * caching `weigh`.
 * @throws {OverrideRefused} for an unknown deployment, and for an override that is not possible.
 */
export function applyOverrides(
  input: StackInput,
  overrides: WhatIfOverrides,
  weigh: Weigh = weighStack,
): StackInput {
  refuseUnknown(input, overrides);
  const withPlainOverrides = withHours(applyPlain(input, overrides), overrides);
  return withHostedPrice(withRentAndLoad(withPlainOverrides, overrides, weigh), overrides, weigh);
}

/** Known figures are not computed again. */
type Weigh = typeof weighStack;

function refuseUnknown({ deployments }: StackInput, overrides: WhatIfOverrides): void {
  const { deployment, utilization, tokensPerDay } = overrides;
  if (utilization !== undefined && tokensPerDay !== undefined) {
    throw new OverrideRefused({ code: 'two-loads' });
  }
  if (deployment === undefined || deployments.some(({ id }) => id === deployment)) return;
  throw new OverrideRefused({
    code: 'unknown-deployment',
    deployment,
    known: deployments.map(({ id }) => id),
  });
}

/** Ids of the deployments that the overrides apply to. */
export function overrideTargets(
  { deployments }: StackInput,
  overrides: WhatIfOverrides,
): ReadonlySet<string> {
  const { deployment } = overrides;
  return new Set(deployment === undefined ? deployments.map(({ id }) => id) : [deployment]);
}

const PLAIN_OVERRIDES = ['cacheShare', 'laborRate', 'capacity', 'fee', 'host'] as const;

/** Overrides that are plain figures of the input. */
function applyPlain(input: StackInput, overrides: WhatIfOverrides): StackInput {
  if (!PLAIN_OVERRIDES.some((term) => overrides[term] !== undefined)) return input;
  const targets = overrideTargets(input, overrides);
  const { cacheRealization, labor } = input;
  const { cacheShare, laborRate } = overrides;
  return {
    ...input,
    deployments: input.deployments.map((each) =>
      targets.has(each.id) ? applyToDeployment(each, overrides, input) : each,
    ),
    ...(cacheShare === undefined
      ? {}
      : { cacheRealization: { ...extendRange(cacheRealization, cacheShare), base: cacheShare } }),
    ...(laborRate === undefined ? {} : { labor: { ...labor, loadedUsdPerHour: laborRate } }),
  };
}

/** Bounds of a range, extended to include a new base. */
function extendRange({ low, high }: { low: Exact; high: Exact }, base: Exact) {
  return { low: smaller(low, base), high: larger(high, base) };
}

/** An endpoint is pinned only if it sells the model; elsewhere the price would be unknown. */
function applyToDeployment(
  deployment: DeploymentInput,
  overrides: WhatIfOverrides,
  { prices }: StackInput,
): DeploymentInput {
  const { hosted } = deployment;
  const { capacity, fee } = overrides;
  const host = sellingHosts(hosted, prices).has(overrides.host ?? '') ? overrides.host : undefined;
  return {
    ...deployment,
    ...(capacity === undefined ? {} : { capacity: { tokensPerSecond: capacity } }),
    hosted: {
      ...hosted,
      ...(fee === undefined ? {} : { fee }),
      ...(host === undefined ? {} : { policy: 'pinned', pinned: host }),
    },
  };
}

/** Endpoints of its equivalents, by both of their names. */
function sellingHosts(
  { equivalents }: HostedInput,
  prices: StackInput['prices'],
): ReadonlySet<string> {
  const models = new Set(equivalents.map(({ sourceId, model }) => modelKey(sourceId, model)));
  const sold = prices.filter(({ sourceId, model }) => models.has(modelKey(sourceId, model)));
  return new Set(sold.flatMap(({ host, hostName = host }) => [host, hostName]));
}

function withRentAndLoad(input: StackInput, overrides: WhatIfOverrides, weigh: Weigh): StackInput {
  const { gpuRate, utilization, tokensPerDay } = overrides;
  const isLoad = utilization !== undefined || tokensPerDay !== undefined;
  if (gpuRate === undefined && !isLoad) return input;
  const asIs = weigh(input);
  const targets = overrideTargets(input, overrides);
  const withRate =
    gpuRate === undefined ? input : withGpuRate(input, { asIs, change: gpuRate, targets });
  if (withRate === undefined) throw new OverrideRefused({ code: 'no-gpu-hours' });
  const factor = findMarketFactor(overrides);
  const priced = factor === undefined ? withRate : { ...withRate, marketFactor: factor };
  if (!isLoad) return priced;
  const withNewLoad = withLoad(priced, overrides, chosen(asIs, targets));
  if (withNewLoad !== undefined) return withNewLoad;
  throw new OverrideRefused({ code: 'no-known-capacity' });
}

/**
 * The market factor: a relative change applies to all providers. A change in dollars, or for one
 * deployment, applies only to ours.
 */
export function findMarketFactor({ gpuRate, deployment }: WhatIfOverrides): Exact | undefined {
  if (gpuRate === undefined || deployment !== undefined) return undefined;
  return 'factor' in gpuRate ? gpuRate.factor : undefined;
}

function chosen({ deployments }: StackEconomics, targets: ReadonlySet<string>) {
  return deployments.filter(({ id }) => targets.has(id));
}

/**
 * Multiplies the hosted cost by one factor, requests and fee included. The factor is applied
 * through the fee, which is per deployment where prices are common to all: 30% less at a fee of
 * 5.5% is 1.055 x 0.7 - 1.
 */
function withHostedPrice(input: StackInput, overrides: WhatIfOverrides, weigh: Weigh): StackInput {
  const { hostedPrice } = overrides;
  if (hostedPrice === undefined) return input;
  const targets = overrideTargets(input, overrides);
  const factor =
    'factor' in hostedPrice
      ? hostedPrice.factor
      : factorFor(hostedPrice.usd, chosen(weigh(input), targets));
  if (factor === undefined) throw new OverrideRefused({ code: 'no-hosted-price' });
  const deployments = input.deployments.map((each) => {
    if (!targets.has(each.id)) return each;
    const fee = subtract(multiply(add(ONE, each.hosted.fee), factor), ONE);
    return { ...each, hosted: { ...each.hosted, fee } };
  });
  return { ...input, deployments };
}

/**
 * The factor to reach a price, based on the hosted cost of all of them over their tokens: $0.20
 * where it is $0.10 per million is 2.
 */
function factorFor(usd: Exact, deployments: readonly DeploymentEconomics[]): Exact | undefined {
  const today = meanHostedPrice(deployments);
  return today === undefined || compare(today, ZERO) <= 0 ? undefined : divide(usd, today);
}

/**
 * Dollars per million tokens at the chosen endpoints, for this mix, the base cache share and their
 * fees, over deployments with a known price.
 */
export function meanHostedPrice(
  deployments: readonly DeploymentEconomics[],
): UsdPerMtok | undefined {
  const priced = deployments.filter((each) => hostedCost(each) !== undefined);
  const tokens = sumTokens(priced.map(({ served }) => served.tokens));
  return usdPerMtok(sum(priced.flatMap((each) => hostedCost(each) ?? [])), tokens);
}

function withHours(input: StackInput, { opsHours, deployment }: WhatIfOverrides): StackInput {
  if (opsHours === undefined) return input;
  const { labor } = input;
  const selfHosted =
    deployment === undefined
      ? stackHours(input, opsHours)
      : { ...labor.selfHosted, measuredHours: withOwn(labor.selfHosted, deployment, opsHours) };
  return { ...input, labor: { ...labor, selfHosted } };
}

/** Own keys only, whatever a deployment is named. */
function withOwn({ measuredHours = {} }: LaborSide, deployment: string, hours: Exact) {
  return Object.fromEntries([...Object.entries(measuredHours), [deployment, hours]]);
}

/**
 * The stack's base hours: fixed hours and those of each deployment. 120 fixed and 15 each for four
 * deployments are 180.
 */
export function baseStackHours({ labor, deployments }: StackInput): Exact {
  const { fixedHours } = labor.selfHosted;
  return deployments.reduce((sum, { id }) => add(sum, baseHours(labor, id)), fixedHours.base);
}

/** A deployment's own base hours; measured ones first. */
export function baseHours({ selfHosted }: LaborInput, deployment: string): Exact {
  const measured = new Map(Object.entries(selfHosted.measuredHours ?? {}));
  return measured.get(deployment) ?? selfHosted.hoursPerDeployment.base;
}

/** Scales every part in proportion, without a range; if there are no hours today, all are fixed. */
function stackHours(input: StackInput, hours: Exact): LaborSide {
  const { labor, deployments } = input;
  const today = baseStackHours(input);
  if (isZero(today)) return { fixedHours: exactRange(hours), hoursPerDeployment: exactRange(ZERO) };
  const share = divide(hours, today);
  const { fixedHours, hoursPerDeployment } = labor.selfHosted;
  const own = deployments.map(({ id }) => [id, multiply(baseHours(labor, id), share)]);
  return {
    fixedHours: exactRange(multiply(fixedHours.base, share)),
    hoursPerDeployment: exactRange(multiply(hoursPerDeployment.base, share)),
    measuredHours: Object.fromEntries(own),
  };
}

function exactRange(hours: Exact): AssumedRange {
  return { low: hours, base: hours, high: hours };
}
