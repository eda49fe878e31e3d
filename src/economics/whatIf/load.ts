/** Changes the usage of a what-if to another utilization or tokens per day. */

import { apportion } from '../../domain/apportion.ts';
import {
  add,
  compare,
  type Exact,
  exact,
  exactInteger,
  multiply,
  ONE,
  sum,
  toInteger,
  ZERO,
} from '../../domain/exact.ts';
import { DAY_MS, durationMs } from '../../domain/period.ts';
import { shareOfCapacity } from '../breakEven/breakEven.ts';
import type { DeploymentInput, StackInput } from '../input.ts';
import { OverrideRefused, type WhatIfOverrides } from './overrides.ts';
import type { Capacity, DeploymentEconomics, StackEconomics } from '../result.ts';
import { scaleTokens } from './traffic.ts';

const NS_IN_SECOND = 1_000_000_000n;

/** A deployment whose load can be changed: it served tokens at a known capacity. */
interface Loadable extends DeploymentEconomics {
  readonly capacity: Capacity;
}

/**
 * The targets' intervals with the requested tokens. Deployments without tokens, capacity or paid
 * time stay unchanged. `undefined` if no target can be changed.
 * @throws {Failure} `usage` if the paid replicas cannot serve the tokens.
 */
export function withLoad(
  input: StackInput,
  overrides: WhatIfOverrides,
  targets: readonly DeploymentEconomics[],
): StackInput | undefined {
  const loadable = targets.flatMap((each): Loadable[] => {
    const { capacity, served, time } = each;
    const isKnown = capacity !== undefined && served.tokens > 0 && time.coveredNs > 0n;
    return isKnown ? [{ ...each, capacity }] : [];
  });
  if (loadable.length === 0) return undefined;
  const totals = newTotals(input, overrides, loadable);
  for (const [at, each] of loadable.entries()) requireCapacity(each, totals[at] ?? 0n);
  const byId = new Map(loadable.map((each, at) => [each.id, { each, total: totals[at] ?? 0n }]));
  const deployments = input.deployments.map((deployment) => {
    const found = byId.get(deployment.id);
    return found === undefined ? deployment : withNewLoad(deployment, found.each, found.total);
  });
  return { ...input, deployments };
}

/** New token totals, divided by today's shares if several deployments change together. */
function newTotals(
  { window }: StackInput,
  { utilization, tokensPerDay }: WhatIfOverrides,
  loadable: readonly Loadable[],
): bigint[] {
  const days = exact(BigInt(durationMs(window)), BigInt(DAY_MS));
  const total =
    utilization === undefined
      ? multiply(tokensPerDay ?? ZERO, days)
      : multiply(sum(loadable.map(mostTokens)), utilization);
  return apportion(
    toInteger(total),
    loadable.map(({ served }) => BigInt(served.tokens)),
  );
}

/** Tokens that the paid replicas of a deployment could serve at full capacity. */
function mostTokens({ capacity, time }: Loadable): Exact {
  return multiply(capacity.tokensPerSecond, exact(time.coveredNs, NS_IN_SECOND));
}

function requireCapacity({ id, capacity, time }: Loadable, total: bigint): void {
  const share = shareOfCapacity(total, capacity, time);
  // Half a token more is the rounding of a utilization of 1.
  if (compare(share, ONE) <= 0 || isWithinOne(total, capacity, time)) return;
  throw new OverrideRefused({ code: 'above-capacity', deployment: id, share });
}

function isWithinOne(total: bigint, capacity: Capacity, time: { coveredNs: bigint }): boolean {
  return compare(shareOfCapacity(total - 1n, capacity, time), ONE) < 0;
}

/**
 * Capacity and doubts of today also apply to the new load: with fewer tokens an observed capacity
 * would no longer be reached, and implausible intervals would become plausible at half their rate.
 */
function withNewLoad(
  deployment: DeploymentInput,
  { capacity, time, unbilled, doubts }: Loadable,
  total: bigint,
): DeploymentInput {
  const { tokensPerSecond, basis } = capacity;
  const untouched = unbilled?.periods ?? [];
  const limits = { perSecond: tokensPerSecond, replicas: time.mostReplicas, untouched };
  const usage = scaleTokens(deployment.usage, total, limits);
  const stated = basis === 'measured' ? deployment.capacity : { evidence: basis };
  const sharedBy = deployment.sharedBy ?? deployment.usage;
  const found = { ...stated, tokensPerSecond, isFromUsage: true };
  // The part of the new tokens that may wait is unknown.
  const { batchUsage: _batch, ...rest } = deployment;
  return { ...rest, usage, sharedBy, capacity: found, ...(doubts && { doubts }) };
}

/** Tokens per day of several deployments: 15,600,000 in four hours are 93,600,000. */
export function meanTokensPerDay(
  { window }: StackEconomics,
  of: readonly DeploymentEconomics[],
): Exact {
  const tokens = of.reduce((sum, { served }) => add(sum, exactInteger(served.tokens)), ZERO);
  return multiply(tokens, exact(BigInt(DAY_MS), BigInt(durationMs(window))));
}
