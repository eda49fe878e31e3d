/** Applies another GPU rate in a what-if: a factor on every price without contract. */

import { type Exact, multiply, ONE, ZERO } from '../../domain/exact.ts';
import {
  gpuFactorAt,
  gpuUsdPerHour,
  latestContractEnd,
  leastUsdPerHour,
  sumGpuSpend,
} from '../bill/contract.ts';
import type { StackInput } from '../input.ts';
import { type OverrideChange, OverrideRefused } from './overrides.ts';
import type { DeploymentEconomics, StackEconomics } from '../result.ts';
import { toChargeBook } from '../bill/booking.ts';

export interface GpuRateTerms {
  readonly asIs: StackEconomics;
  readonly change: OverrideChange;
  /** Ids of the deployments it applies to. */
  readonly targets: ReadonlySet<string>;
}

/**
 * One factor for all targets and for deployments that share GPUs with them. A rate in dollars makes
 * their covered compute spend over covered GPU-hours equal to it. `undefined` without GPU-hours. At
 * $1.20 instead of $1.50 the worked example's $6.00 are $4.80.
 * @throws {OverrideRefused} `price-fixed` for a rate below what contracts fix.
 */
export function withGpuRate(
  input: StackInput,
  { asIs, change, targets }: GpuRateTerms,
): StackInput | undefined {
  const groups = gpuSharingGroups(input).filter((group) =>
    [...group].some((id) => targets.has(id)),
  );
  const affected = new Set(groups.flatMap((group) => [...group]));
  const weighed = asIs.deployments.filter(({ id }) => affected.has(id));
  const factor = 'factor' in change ? change.factor : factorFor(change.usd, weighed);
  if (factor === undefined) return undefined;
  const deployments = input.deployments.map((each) =>
    affected.has(each.id) ? { ...each, gpuFactor: multiply(each.gpuFactor ?? ONE, factor) } : each,
  );
  return { ...input, deployments };
}

function factorFor(usd: Exact, weighed: readonly DeploymentEconomics[]): Exact | undefined {
  const rent = sumGpuSpend(weighed);
  const today = gpuUsdPerHour(rent);
  if (today === undefined || today.num <= 0n) return undefined;
  const factor = gpuFactorAt(rent, usd);
  if (factor === undefined || factor.num < 0n) {
    const untilMs = latestContractEnd(weighed.flatMap(({ contract }) => contract ?? []));
    throw new OverrideRefused({
      code: 'price-fixed',
      leastUsd: leastUsdPerHour(rent) ?? ZERO,
      ...(untilMs === undefined ? {} : { untilMs }),
    });
  }
  return factor;
}

/** Groups of deployment ids that share compute charges; each deployment is in one group. */
export function gpuSharingGroups(input: StackInput): readonly ReadonlySet<string>[] {
  const ids = input.deployments.map(({ id }) => id);
  let groups = ids.map((id) => new Set([id]));
  for (const { category, sharers } of toChargeBook(input).accounts) {
    if (category !== 'compute' || sharers.length < 2) continue;
    groups = joined(
      groups,
      sharers.flatMap((index) => ids[index] ?? []),
    );
  }
  return groups;
}

function joined(groups: Set<string>[], sharers: readonly string[]): Set<string>[] {
  const touched = groups.filter((group) => sharers.some((id) => group.has(id)));
  if (touched.length < 2) return groups;
  const one = new Set(touched.flatMap((group) => [...group]));
  return [...groups.filter((group) => !touched.includes(group)), one];
}
