/** The input of a what-if: what was measured, with some values changed. */

import {
  add,
  compare,
  divide,
  type Exact,
  larger,
  multiply,
  ONE,
  smaller,
  subtract,
  sum,
  ZERO,
} from '../domain/exact.ts';
import { sumTokens, type UsdPerMtok, usdPerMtok } from '../domain/money.ts';
import { modelKey } from './hosted/priceBook.ts';
import type { DeploymentInput, HostedInput, StackInput } from './input.ts';
import { hostedCost } from './options.ts';
import { OverrideRefused } from './overrideRefusal.ts';
import type { DeploymentEconomics, StackEconomics } from './result.ts';
import { weighStack } from './stack.ts';
import { withHours } from './wishes/hours.ts';
import { withLoad } from './wishes/load.ts';
import { withGpuRate } from './wishes/rent.ts';
import type { Wishes } from './wishes/wishes.ts';

/**
 * The same stack with the wishes come true, all else as measured. A wish for all deployments leaves
 * those alone of which the figure is not known today. Who has weighed the very input already may
 * hand in a `weigh` that remembers.
 * @throws {OverrideRefused} for an unknown deployment, and for an override that is not possible.
 */
export function whatIf(input: StackInput, wishes: Wishes, weigh: Weigh = weighStack): StackInput {
  refuseUnknown(input, wishes);
  const termed = withHours(withTerms(input, wishes), wishes);
  return withHostedPrice(withRentAndLoad(termed, wishes, weigh), wishes, weigh);
}

/** Figures that are known are not weighed again. */
type Weigh = typeof weighStack;

function refuseUnknown({ deployments }: StackInput, wishes: Wishes): void {
  const { deployment, utilization, tokensPerDay } = wishes;
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

/** Ids of the deployments that a wish is about. */
export function targetsOf({ deployments }: StackInput, wishes: Wishes): ReadonlySet<string> {
  const { deployment } = wishes;
  return new Set(deployment === undefined ? deployments.map(({ id }) => id) : [deployment]);
}

const TERMS = ['cacheShare', 'laborRate', 'capacity', 'fee', 'host'] as const;

/** What is a plain figure of the input. */
function withTerms(input: StackInput, wishes: Wishes): StackInput {
  if (!TERMS.some((term) => wishes[term] !== undefined)) return input;
  const targets = targetsOf(input, wishes);
  const { cacheRealization, labor } = input;
  const { cacheShare, laborRate } = wishes;
  return {
    ...input,
    deployments: input.deployments.map((each) =>
      targets.has(each.id) ? withOwnTerms(each, wishes, input) : each,
    ),
    ...(cacheShare === undefined
      ? {}
      : { cacheRealization: { ...around(cacheRealization, cacheShare), base: cacheShare } }),
    ...(laborRate === undefined ? {} : { labor: { ...labor, loadedUsdPerHour: laborRate } }),
  };
}

/** Ends of a range that hold a new base. */
function around({ low, high }: { low: Exact; high: Exact }, base: Exact) {
  return { low: smaller(low, base), high: larger(high, base) };
}

/** A host is pinned only where it sells the model: elsewhere the price would be unknown. */
function withOwnTerms(
  deployment: DeploymentInput,
  wishes: Wishes,
  { prices }: StackInput,
): DeploymentInput {
  const { hosted } = deployment;
  const { capacity, fee } = wishes;
  const host = sellers(hosted, prices).has(wishes.host ?? '') ? wishes.host : undefined;
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

/** Hosts of its equivalents, by both their names. */
function sellers({ equivalents }: HostedInput, prices: StackInput['prices']): ReadonlySet<string> {
  const models = new Set(equivalents.map(({ sourceId, model }) => modelKey(sourceId, model)));
  const sold = prices.filter(({ sourceId, model }) => models.has(modelKey(sourceId, model)));
  return new Set(sold.flatMap(({ host, hostName = host }) => [host, hostName]));
}

function withRentAndLoad(input: StackInput, wishes: Wishes, weigh: Weigh): StackInput {
  const { gpuRate, utilization, tokensPerDay } = wishes;
  const isLoad = utilization !== undefined || tokensPerDay !== undefined;
  if (gpuRate === undefined && !isLoad) return input;
  const asIs = weigh(input);
  const targets = targetsOf(input, wishes);
  const rented =
    gpuRate === undefined ? input : withGpuRate(input, { asIs, change: gpuRate, targets });
  if (rented === undefined) throw new OverrideRefused({ code: 'no-gpu-hours' });
  const factor = marketFactorOf(wishes);
  const priced = factor === undefined ? rented : { ...rented, marketFactor: factor };
  if (!isLoad) return priced;
  const loaded = withLoad(priced, wishes, chosen(asIs, targets));
  if (loaded !== undefined) return loaded;
  throw new OverrideRefused({ code: 'no-known-capacity' });
}

/** By a share GPUs cost more everywhere; in dollars, or for one deployment, it is ours alone. */
export function marketFactorOf({ gpuRate, deployment }: Wishes): Exact | undefined {
  if (gpuRate === undefined || deployment !== undefined) return undefined;
  return 'factor' in gpuRate ? gpuRate.factor : undefined;
}

function chosen({ deployments }: StackEconomics, targets: ReadonlySet<string>) {
  return deployments.filter(({ id }) => targets.has(id));
}

/**
 * All that a host asks times one factor, requests and fee included; it is carried by the fee, which
 * is the deployment's own where the prices are everybody's: 30% less at a fee of 5.5% is 1.055 x
 * 0.7 - 1.
 */
function withHostedPrice(input: StackInput, wishes: Wishes, weigh: Weigh): StackInput {
  const { hostedPrice } = wishes;
  if (hostedPrice === undefined) return input;
  const targets = targetsOf(input, wishes);
  const factor =
    'factor' in hostedPrice
      ? hostedPrice.factor
      : toReach(hostedPrice.usd, chosen(weigh(input), targets));
  if (factor === undefined) throw new OverrideRefused({ code: 'no-hosted-price' });
  const deployments = input.deployments.map((each) => {
    if (!targets.has(each.id)) return each;
    const fee = subtract(multiply(add(ONE, each.hosted.fee), factor), ONE);
    return { ...each, hosted: { ...each.hosted, fee } };
  });
  return { ...input, deployments };
}

/** On what all of them would cost over their tokens: $0.20 where it is $0.10 a million is 2. */
function toReach(usd: Exact, deployments: readonly DeploymentEconomics[]): Exact | undefined {
  const today = hostedPriceOf(deployments);
  return today === undefined || compare(today, ZERO) <= 0 ? undefined : divide(usd, today);
}

/**
 * Dollars for a million tokens at the chosen hosts: this mix, the base cache share, their fees; of
 * those deployments whose price is known.
 */
export function hostedPriceOf(deployments: readonly DeploymentEconomics[]): UsdPerMtok | undefined {
  const priced = deployments.filter((each) => hostedCost(each) !== undefined);
  const tokens = sumTokens(priced.map(({ served }) => served.tokens));
  return usdPerMtok(sum(priced.flatMap((each) => hostedCost(each) ?? [])), tokens);
}
