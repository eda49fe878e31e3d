/** Knows the bill at another price of a GPU-hour: the same hours, other dollars. */

import { divide, type Exact, exact, exactInteger, multiply, sum } from '../../domain/exact.ts';
import { type NanoUsd, nanoFromUsd, usd } from '../../domain/money.ts';
import { resourceKey } from '../bill/inventory.ts';
import type { StackInput } from '../input.ts';
import type { DeploymentEconomics, StackEconomics } from '../result.ts';
import { machinesOf } from './machines.ts';
import type { Change } from './wishes.ts';

const NS_IN_HOUR = 3_600_000_000_000n;

export interface RentTerms {
  readonly asIs: StackEconomics;
  readonly change: Change;
  /** Ids of the deployments for which it is wished. */
  readonly targets: ReadonlySet<string>;
}

/**
 * Every compute charge of the targets times one factor, each to the nearest nano-dollar, so that
 * covered compute over covered GPU-hours becomes what is wished; deployments that share machines
 * change together. `undefined` where no target has GPU-hours. At $1.20 instead of $1.50 the worked
 * example's $6.00 are $4.80.
 */
export function withGpuRate(input: StackInput, terms: RentTerms): StackInput | undefined {
  const { groups, servedBy } = machinesOf(input);
  const factors = new Map<string, Exact>();
  for (const group of groups) {
    if (![...group].some((id) => terms.targets.has(id))) continue;
    const factor = factorOf(input, terms, group);
    if (factor !== undefined) for (const id of group) factors.set(id, factor);
  }
  if (factors.size === 0) return undefined;
  const byResource = new Map<string, Exact>();
  const charges = input.charges.map((charge) => {
    const [factor] = servedBy(charge).flatMap((id) => factors.get(id) ?? []);
    if (charge.category !== 'compute' || factor === undefined) return charge;
    byResource.set(resourceKey(charge.sourceId, charge.resourceId), factor);
    const { billed, list, effective } = charge;
    return {
      ...charge,
      billed: times(billed, factor),
      ...(list === undefined ? {} : { list: times(list, factor) }),
      ...(effective === undefined ? {} : { effective: times(effective, factor) }),
    };
  });
  return { ...input, charges, resources: ratedAnew(input, byResource) };
}

/** Hours that are read off an amount and a rate must stay the same. */
function ratedAnew({ resources }: StackInput, factors: ReadonlyMap<string, Exact>) {
  return resources.map((resource) => {
    const factor = factors.get(resourceKey(resource.sourceId, resource.resourceId));
    const { usdPerHour } = resource;
    if (factor === undefined || usdPerHour === undefined) return resource;
    return { ...resource, usdPerHour: times(usdPerHour, factor) };
  });
}

function times(amount: NanoUsd, factor: Exact): NanoUsd {
  return nanoFromUsd(multiply(usd(amount), factor));
}

function factorOf(
  input: StackInput,
  { asIs, change }: RentTerms,
  group: ReadonlySet<string>,
): Exact | undefined {
  if ('factor' in change) return change.factor;
  const rate = rateOf(
    input,
    asIs.deployments.filter(({ id }) => group.has(id)),
  );
  return rate === undefined || rate.num <= 0n ? undefined : divide(change.usd, rate);
}

/** Dollars a GPU-hour over covered time; `undefined` where no GPU-hour is known. */
export function rateOf(
  { deployments }: StackInput,
  weighed: readonly DeploymentEconomics[],
): Exact | undefined {
  const gpus = new Map(deployments.map(({ id, gpu }) => [id, Math.max(1, gpu.count)]));
  const hours = sum(
    weighed.map(({ id, time }) =>
      multiply(exact(time.coveredNs, NS_IN_HOUR), exactInteger(gpus.get(id) ?? 1)),
    ),
  );
  if (hours.num === 0n) return undefined;
  return divide(sum(weighed.map(({ spend }) => spend.coveredComputeUsd)), hours);
}
